#include <cmath>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/model/config.h"
#include "core/model/json_reader.h"

// Rotary positions in their two dialects: rope_theta, rope_scaling and a share that turns, at the root; or
// all of them in rope_parameters, which may hold one object a layer type.
namespace qkv::model {
namespace {

constexpr std::int64_t kMaxPositions = 1 << 30;

RopeType type_of(const std::string& name, const Family& family, const Fields& fields) {
  if (name.empty() || name == "default") return RopeType::standard;
  if (name == "linear") return RopeType::linear;
  if (name == "dynamic") return RopeType::dynamic;
  if (name == "llama3") return RopeType::llama3;
  // Phi-3's first configurations call its longrope by other names.
  if (name == "longrope" || (family.name == "phi3" && (name == "su" || name == "yarn")))
    return RopeType::longrope;
  if (name == "yarn") return RopeType::yarn;
  throw Error(fields.where() + "rotary positions of the type " + files::in_quotes(name) +
              " are not supported; those that are: default, linear, dynamic, llama3, yarn, longrope");
}

/// The object that holds the parameters for this layer type, wherever it lies.
std::optional<Fields> parameters_for(const Fields& config, const std::string& layer_type) {
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    auto parameters = config.object(key);
    if (!parameters) continue;
    if (!parameters->is_nested()) return parameters;
    if (auto own = parameters->object(layer_type.c_str())) return own;
    throw Error(config.where(key) + "has no parameters for layers of the type " +
                files::in_quotes(layer_type));
  }
  return {};
}

double yarn_attention_factor(const Fields& parameters, double factor) {
  if (const auto given = parameters.number("attention_factor")) return *given;
  const auto mscale = [&](double share) { return factor <= 1 ? 1 : 0.1 * share * std::log(factor) + 1; };
  const double numerator = parameters.number("mscale").value_or(0);
  const double denominator = parameters.number("mscale_all_dim").value_or(0);
  if (numerator != 0 && denominator != 0) return mscale(numerator) / mscale(denominator);
  return mscale(1);
}

double longrope_attention_factor(const Fields& parameters, double factor, double original) {
  if (const auto given = parameters.number("attention_factor")) return *given;
  return factor <= 1 ? 1 : std::sqrt(1 + std::log(factor) / std::log(original));
}

std::vector<double> factors(const Fields& parameters, const char* key, int dims) {
  auto list = parameters.numbers(key);
  if (!list || std::ssize(*list) != dims / 2)
    parameters.must_be(key, "a list of " + std::to_string(dims / 2) + " numbers");
  for (const double each : *list)
    if (each <= 0) parameters.must_be(key, "a list of numbers greater than 0");
  return std::move(*list);
}

double required(const Fields& parameters, const char* key) {
  const auto value = parameters.positive_number(key);
  if (!value) parameters.must_be(key, "a number greater than 0");
  return *value;
}

void read_yarn(Rope& rope, const Fields& parameters) {
  rope.factor = parameters.positive_number("factor").value_or(rope.positions / rope.original_positions);
  rope.beta_fast = parameters.number("beta_fast").value_or(0);
  if (rope.beta_fast == 0) rope.beta_fast = 32;
  rope.beta_slow = parameters.number("beta_slow").value_or(0);
  if (rope.beta_slow == 0) rope.beta_slow = 1;
  if (rope.beta_fast < 0) parameters.must_be("beta_fast", "a number greater than 0");
  if (rope.beta_slow < 0) parameters.must_be("beta_slow", "a number greater than 0");
  rope.truncate = parameters.boolean("truncate").value_or(true);
  rope.attention_factor = yarn_attention_factor(parameters, rope.factor);
}

void read_stretching(Rope& rope, const Fields& parameters) {
  switch (rope.type) {
    case RopeType::standard:
      return;
    case RopeType::linear:
    case RopeType::dynamic:
      rope.factor = required(parameters, "factor");
      return;
    case RopeType::llama3:
      rope.factor = required(parameters, "factor");
      rope.low_frequency = required(parameters, "low_freq_factor");
      rope.high_frequency = required(parameters, "high_freq_factor");
      if (rope.high_frequency == rope.low_frequency)
        parameters.must_be("high_freq_factor", "another number than low_freq_factor");
      return;
    case RopeType::yarn:
      read_yarn(rope, parameters);
      return;
    case RopeType::longrope:
      rope.factor = parameters.positive_number("factor").value_or(rope.positions / rope.original_positions);
      rope.attention_factor = longrope_attention_factor(parameters, rope.factor, rope.original_positions);
      rope.short_factors = factors(parameters, "short_factor", rope.dims);
      rope.long_factors = factors(parameters, "long_factor", rope.dims);
  }
}

std::string type_name(const Fields& parameters) {
  std::string type = parameters.text("rope_type").value_or("");
  return type.empty() ? parameters.text("type").value_or("") : type;
}

/// A file that has both dialects must say the same in both: nobody knows which one its weights were trained with.
void refuse_disagreement(const Fields& config, const Family& family, const Fields& used) {
  const auto older = config.object("rope_scaling");
  if (!config.has("rope_parameters") || !older || older->is_empty() || older->is_nested()) return;
  std::string differs;
  if (type_of(type_name(*older), family, *older) != type_of(type_name(used), family, used)) differs = "rope_type";
  for (const char* key : {"factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"}) {
    const auto old_number = older->number(key), number = used.number(key);
    if (differs.empty() && old_number && number && *old_number != *number) differs = key;
  }
  if (!differs.empty())
    throw Error(config.where("rope_scaling") + "disagrees with 'rope_parameters' in '" + differs + "'; keep the one that is right");
}

}  // namespace

Rope parse_rope(const Fields& config, const Family& family, int head_dim, const std::string& layer_type) {
  auto parameters = parameters_for(config, layer_type);
  // In the older dialect Gemma 3's layers with a window have a base of their own and are not stretched.
  const bool local =
      layer_type == "sliding_attention" && family.local_rope_theta > 0 && !config.has("rope_parameters");
  if (local) parameters.reset();
  const auto either = [&](const char* key) {
    const auto inner = parameters ? parameters->positive_number(key) : std::nullopt;
    return inner ? inner : config.positive_number(key);
  };

  Rope rope;
  rope.theta =
      either("rope_theta").value_or(config.positive_number("rotary_emb_base").value_or(family.rope_theta));
  if (local) rope.theta = config.positive_number("rope_local_base_freq").value_or(family.local_rope_theta);
  if (rope.theta == 1) config.must_be("rope_theta", "a number greater than 1");
  const double share = either("partial_rotary_factor")
                           .value_or(config.positive_number("rotary_pct").value_or(family.partial_rotary));
  if (share > 1) config.must_be("partial_rotary_factor", "at most 1");
  rope.dims = static_cast<int>(head_dim * share);
  if (rope.dims < 2 || rope.dims % 2 != 0)
    throw Error(config.where() + "rotary positions would turn " + std::to_string(rope.dims) + " of the " +
                std::to_string(head_dim) + " dimensions of a head, expected an even number");
  rope.positions =
      static_cast<double>(config.integer("max_position_embeddings", 1, kMaxPositions).value_or(2048));
  rope.original_positions = either("original_max_position_embeddings").value_or(rope.positions);
  if (!parameters) return rope;
  // A layer with a window is not what Gemma 3's rope_scaling is about.
  if (layer_type != "sliding_attention" || family.local_rope_theta <= 0) refuse_disagreement(config, family, *parameters);
  rope.type = type_of(type_name(*parameters), family, *parameters);
  read_stretching(rope, *parameters);
  return rope;
}

}  // namespace qkv::model
