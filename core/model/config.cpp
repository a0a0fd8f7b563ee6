#include "core/model/config.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/model/json_reader.h"

namespace qkv::model {
namespace {

constexpr const char* kAnother = "; choose another model";

constexpr std::int64_t kMaxLayers = 10'000, kMaxWidth = 1 << 24, kMaxVocabulary = 1 << 30,
                       kMaxWindow = 1 << 30;
constexpr const char* kSliding = "sliding_attention";
constexpr const char* kFull = "full_attention";

int whole(const Fields& fields, const char* key, std::int64_t most, std::int64_t otherwise = 0) {
  const auto value = fields.integer(key, 1, most);
  if (!value && otherwise == 0) fields.must_be(key, "a whole number from 1 to " + std::to_string(most));
  return static_cast<int>(value.value_or(otherwise));
}

bool says(const Fields& fields, const Bias& bias) {
  return bias.key ? fields.boolean(bias.key).value_or(bias.otherwise) : bias.otherwise;
}

/// What would change the numbers and is not computed here.
void refuse_unsupported(const Fields& fields) {
  const std::string where = fields.where();
  if (fields.has("quantization_config"))
    throw Error(where + "the weights are quantised (quantization_config), which is not supported; " +
                "use the folder with float weights (F32, F16 or BF16)");
  const std::string positions = fields.text("position_embedding_type").value_or("absolute");
  if (positions != "absolute" && positions != "rotary" && positions != "rope")
    throw Error(where + "position_embedding_type " + files::in_quotes(positions) +
                " is not supported, only 'absolute'" + kAnother);
  if (fields.boolean("use_bidirectional_attention").value_or(false))
    throw Error(where + "use_bidirectional_attention is not supported for this family" + kAnother);
  if (fields.boolean("is_encoder_decoder").value_or(false))
    throw Error(where + "models of an encoder and a decoder are not supported" + kAnother);
  const auto pruned = fields.object("pruned_heads");
  if (pruned && !pruned->is_empty()) throw Error(where + "pruned_heads is not supported, only whole layers" + kAnother);
}

void read_sizes(Config& c, const Fields& fields) {
  const Family& family = *c.family;
  const Keys& keys = *family.keys;
  c.width = whole(fields, keys.width, kMaxWidth);
  c.layers = whole(fields, keys.layers, kMaxLayers);
  c.heads = whole(fields, keys.heads, kMaxWidth);
  c.kv_heads = c.heads;
  if (keys.kv_heads)
    c.kv_heads = whole(fields, keys.kv_heads, kMaxWidth, family.kv_heads ? family.kv_heads : c.heads);
  if (c.heads % c.kv_heads != 0)
    fields.must_be(keys.kv_heads, "a divisor of the " + std::to_string(c.heads) + " heads");
  const bool divides = c.width % c.heads == 0;
  const int otherwise = family.head_dim ? family.head_dim : divides ? c.width / c.heads : 0;
  if (!otherwise && !(keys.kv_heads && fields.has("head_dim")))
    fields.must_be(keys.heads, "a divisor of the width " + std::to_string(c.width));
  c.head_dim = keys.kv_heads ? whole(fields, "head_dim", kMaxWidth, otherwise) : otherwise;
  if (std::int64_t{c.heads} * c.head_dim > kMaxWidth)
    throw Error(fields.where() + std::to_string(c.heads) + " heads of " + std::to_string(c.head_dim) +
                " dimensions are more than the " + std::to_string(kMaxWidth) + " that can be opened" + kAnother);
  c.mlp_width =
      whole(fields, keys.mlp_width, 4 * kMaxWidth, family.name == "gpt2" ? 4 * std::int64_t{c.width} : 0);
  c.vocabulary = whole(fields, "vocab_size", kMaxVocabulary, family.vocabulary);
  c.embedding_width = c.width;
  if (family.names.project_in) c.embedding_width = whole(fields, "word_embed_proj_dim", kMaxWidth, c.width);
  if (family.names.types) c.types = whole(fields, "type_vocab_size", kMaxVocabulary, 2);
}

void read_biases_and_norms(Config& c, const Fields& fields) {
  const Family& family = *c.family;
  c.qkv_bias = says(fields, family.qkv_bias);
  c.o_bias = says(fields, family.o_bias);
  c.mlp_bias = says(fields, family.mlp_bias);
  c.norm_bias = says(fields, family.norm_bias);
  c.norm_gain = fields.boolean("layer_norm_elementwise_affine").value_or(true);
  c.norm_bias = c.norm_bias && c.norm_gain;
  const char* key = family.keys->norm_epsilon;
  const auto epsilon = key ? fields.number(key) : std::nullopt;
  if (epsilon && *epsilon < 0) fields.must_be(key, "a number that is not negative");
  c.norm_epsilon = epsilon ? static_cast<float>(*epsilon) : family.norm_epsilon;
  c.qk_norm = family.names.in_layer.q_norm != nullptr &&
              (!family.qk_norm_key || fields.boolean(family.qk_norm_key).value_or(false));
  c.placement = family.placement;
  c.final_norm = family.names.final_norm != nullptr;
  if (!fields.boolean("do_layer_norm_before").value_or(true)) {  // OPT-350M
    c.placement = Placement::after;
    c.final_norm = false;
  }
  if (fields.boolean("_remove_final_layer_norm").value_or(false)) c.final_norm = false;
  c.residual = family.residual;
  if (c.residual == Residual::parallel && !fields.boolean("use_parallel_residual").value_or(true))
    c.residual = Residual::serial;
}

void read_factors(Config& c, const Fields& fields) {
  const Family& family = *c.family;
  const std::string where = fields.where();
  c.activation =
      activation_of(fields.text(family.keys->activation).value_or(family.default_activation), where);
  c.head_activation = c.activation;
  if (family.embedding_times_root_width) c.embedding_scale = std::sqrt(static_cast<float>(c.width));
  if (family.scale == Scale::multiplier) {  // Granite
    c.embedding_scale = static_cast<float>(fields.number("embedding_multiplier").value_or(1));
    c.residual_scale = static_cast<float>(fields.number("residual_multiplier").value_or(1));
    c.logit_divisor = static_cast<float>(fields.number("logits_scaling").value_or(1));
    if (c.logit_divisor == 0) fields.must_be("logits_scaling", "a number other than 0");
  }
}

double scale_of(const Config& c, const Fields& fields, int layer) {
  const double usual = 1 / std::sqrt(static_cast<double>(c.head_dim));
  switch (c.family->scale) {
    case Scale::head_dim:
      return usual;
    case Scale::gpt2: {
      const double scale = fields.boolean("scale_attn_weights").value_or(true) ? usual : 1;
      return fields.boolean("scale_attn_by_inverse_layer_idx").value_or(false) ? scale / (layer + 1) : scale;
    }
    case Scale::query_scalar:
      return 1 / std::sqrt(fields.positive_number("query_pre_attn_scalar").value_or(c.family->query_scalar));
    case Scale::multiplier:
      return fields.number("attention_multiplier").value_or(1);
  }
  return usual;
}

/// Whether each layer turns q and k (SmolLM 3 leaves some out).
std::vector<bool> layers_with_rope(const Config& c, const Fields& fields) {
  std::vector<bool> out(static_cast<std::size_t>(c.layers), c.family->positions == Positions::rotary);
  if (c.family->windows != Windows::without_rope) return out;
  const auto list = fields.numbers("no_rope_layers");
  if (list && std::ssize(*list) != c.layers)
    fields.must_be("no_rope_layers", "a list of " + std::to_string(c.layers) + " numbers");
  const auto interval = fields.integer("no_rope_layer_interval", 1, kMaxLayers).value_or(4);
  for (int l = 0; l < c.layers; ++l) {
    const auto at = static_cast<std::size_t>(l);
    out[at] = list ? (*list)[at] != 0 : (l + 1) % interval != 0;
  }
  return out;
}

/// Of each layer, whether it is a "sliding_attention" one.
std::vector<bool> sliding_layers(const Config& c, const Fields& fields, const std::vector<bool>& with_rope) {
  std::vector<bool> out(static_cast<std::size_t>(c.layers));
  const Windows windows = c.family->windows;
  const auto list = fields.texts("layer_types");
  if (list && windows != Windows::none && windows != Windows::all) {
    if (std::ssize(*list) != c.layers)
      fields.must_be("layer_types", "a list of " + std::to_string(c.layers) + " layer types");
    for (std::size_t l = 0; l < out.size(); ++l) {
      if ((*list)[l] != kSliding && (*list)[l] != kFull)
        throw Error(fields.where("layer_types") + "names " + files::in_quotes((*list)[l]) +
                    ", which is not supported; those that are: " + kFull + ", " + kSliding);
      out[l] = (*list)[l] == kSliding;
    }
    return out;
  }
  const auto from = fields.integer("max_window_layers", 0, kMaxLayers).value_or(28);
  const char* key =
      fields.has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern";
  const auto pattern = fields.integer(key, 1, kMaxLayers).value_or(6);
  for (int l = 0; l < c.layers; ++l) {
    const auto at = static_cast<std::size_t>(l);
    switch (windows) {
      case Windows::none:
        break;
      case Windows::all:
        out[at] = true;
        break;
      case Windows::even_layers:
        out[at] = l % 2 == 0;
        break;
      case Windows::pattern:
        out[at] = (l + 1) % pattern != 0;
        break;
      case Windows::from_layer:
        out[at] = l >= from;
        break;
      case Windows::without_rope:
        out[at] = !with_rope[at];
        break;
    }
  }
  return out;
}

void read_attention(Config& c, const Fields& fields) {
  const Family& family = *c.family;
  c.causal = family.causal || fields.boolean("is_decoder").value_or(false);
  const auto with_rope = layers_with_rope(c, fields);
  const auto sliding = sliding_layers(c, fields, with_rope);
  const bool optional_window =
      family.windows == Windows::from_layer || family.windows == Windows::without_rope;
  const bool use_window = !optional_window || fields.boolean("use_sliding_window").value_or(false);
  const auto window = fields.integer("sliding_window", 1, kMaxWindow).value_or(family.window);
  const double softcap = fields.number("attn_logit_softcapping")
                             .value_or(fields.is_null("attn_logit_softcapping") ? 0 : family.softcap);
  const bool has_softcap = family.scale == Scale::query_scalar;
  const double cap = fields.number("final_logit_softcapping")
                         .value_or(fields.is_null("final_logit_softcapping") ? 0 : family.logit_softcap);
  if (has_softcap && softcap < 0) fields.must_be("attn_logit_softcapping", "a number greater than 0");
  if (has_softcap && cap < 0) fields.must_be("final_logit_softcapping", "a number greater than 0");
  c.logit_softcap = has_softcap ? static_cast<float>(cap) : 0;
  c.scoring.resize(static_cast<std::size_t>(c.layers));
  c.rope_of.assign(static_cast<std::size_t>(c.layers), -1);
  for (int l = 0; l < c.layers; ++l) {
    const auto at = static_cast<std::size_t>(l);
    c.scoring[at] = {static_cast<float>(scale_of(c, fields, l)),
                     has_softcap ? static_cast<float>(softcap) : 0, c.causal,
                     use_window && sliding[at] ? static_cast<int>(window) : 0};
  }
  if (family.positions != Positions::rotary) return;
  // Layers of the two types differ in their rotary positions only where the configuration can say so.
  const auto parameters = fields.object(fields.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
  const bool two = family.local_rope_theta > 0 || (parameters && parameters->is_nested());
  c.ropes.push_back(parse_rope(fields, family, c.head_dim, kFull));
  if (two && std::ranges::find(sliding, true) != sliding.end())
    c.ropes.push_back(parse_rope(fields, family, c.head_dim, kSliding));
  for (std::size_t l = 0; l < sliding.size(); ++l)
    if (with_rope[l]) c.rope_of[l] = c.ropes.size() > 1 && sliding[l] ? 1 : 0;
}

void read_positions(Config& c, const Fields& fields) {
  const char* key = c.family->keys->positions;
  if (c.family->positions == Positions::rotary) {
    const double given = static_cast<double>(fields.integer(key, 1, kMaxWindow).value_or(0));
    const Rope& rope = c.ropes.front();
    double most = given;
    if (given > 0 && rope.type == RopeType::dynamic) most = given * std::max(rope.factor, 1.0);
    if (given > 0 && rope.type == RopeType::yarn)
      most = std::max(given, rope.original_positions * rope.factor);
    c.max_positions = static_cast<int>(std::min(most, static_cast<double>(kMaxWindow)));
    return;
  }
  const int positions = whole(fields, key, kMaxWindow);
  c.position_rows = positions + c.family->position_offset;
  c.max_positions = positions;
  if (c.family->positions != Positions::learned_pads) return;
  c.padding = static_cast<int>(fields.integer("pad_token_id", 0, kMaxWindow).value_or(1));
  c.max_positions = positions - c.padding - 1;
  if (c.max_positions < 1)
    fields.must_be(key, "more than pad_token_id + 1 = " + std::to_string(c.padding + 1));
}

Config::Head head_of(const Fields& root) {
  const auto architectures = root.texts("architectures");
  if (!architectures || architectures->empty()) return Config::Head::unknown;
  for (const std::string& name : *architectures)
    for (const char* part : {"LMHead", "ForCausalLM", "ForMaskedLM", "ForPreTraining", "DoubleHeads",
                             "ForConditionalGeneration"})
      if (name.find(part) != std::string::npos) return Config::Head::required;
  return Config::Head::absent;
}

/// Gemma 3 with pictures: the text model's own object, where only what differs from the class's defaults is
/// written.
nlohmann::json text_config_of(const Fields& root, const nlohmann::json& json) {
  if (!root.object("text_config")) root.must_be("text_config", "an object");
  nlohmann::json inner = json.at("text_config");
  for (const auto& [key, value] : {std::pair{"hidden_size", 2304},
                                   {"intermediate_size", 9216},
                                   {"num_hidden_layers", 26},
                                   {"num_attention_heads", 8},
                                   {"num_key_value_heads", 4}})
    if (!inner.contains(key)) inner[key] = value;
  return inner;
}

}  // namespace

Config parse_config(std::string_view text, const std::string& file) {
  const nlohmann::json json = parse_object(text, file);
  const Fields root(json, file);
  const auto type = root.text("model_type");
  if (!type) root.must_be("model_type", "the name of a family such as gpt2 or llama");
  const bool multimodal = *type == "gemma3";  // its text model lies in text_config
  Config c;
  c.family = find_family(multimodal ? "gemma3_text" : *type);
  if (!c.family) {
    std::string known;
    for (const Family& row : families()) known += (known.empty() ? "" : ", ") + std::string(row.name);
    throw Error(file + ": models of the family " + files::in_quotes(*type) +
                " are not supported; those that are: " + known);
  }
  nlohmann::json inner = json;
  if (multimodal) inner = text_config_of(root, json);
  const Fields fields(inner, file, multimodal ? "text_config." : "");
  refuse_unsupported(root);
  refuse_unsupported(fields);
  read_sizes(c, fields);
  read_biases_and_norms(c, fields);
  read_factors(c, fields);
  read_attention(c, fields);
  read_positions(c, fields);
  c.tied = fields.boolean("tie_word_embeddings")
               .value_or(root.boolean("tie_word_embeddings").value_or(c.family->tied));
  c.head = head_of(root);
  return c;
}

}  // namespace qkv::model
