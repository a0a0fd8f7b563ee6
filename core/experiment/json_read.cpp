#include <utility>

#include <algorithm>

#include "core/experiment/json.h"
#include "core/experiment/json_field.h"
#include "core/experiment/json_names.h"
#include "core/experiment/operations.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

constexpr std::size_t kMaxTextBytes = 65536, kMaxNameBytes = 1024, kMaxSentences = 1000, kMaxWords = 100'000;
constexpr std::size_t kMaxRows = static_cast<std::size_t>(kMaxHeads) * kMaxWidth;  // those of w_o
constexpr std::size_t kMaxColumns = std::max(kMaxTokens, kMaxWidth);  // those of score_bias and of w_o

void read_origin(const Field& field, Origin& origin) {
  origin = static_cast<Origin>(field.at("origin").one_of(kOriginNames));
}

float read_deviation(const Field& field) {
  const float deviation = field.number();
  if (!(deviation >= 0 && deviation <= 1e30F)) field.must_be("a number from 0 to 1e30");
  return deviation;
}

Parameter read_parameter(const Field& field) {
  field.check_keys({"origin", "values", "seed", "deviation"});
  Parameter parameter;
  read_origin(field, parameter.origin);
  if (field.has("values")) parameter.values = field.at("values").matrix(kMaxRows, kMaxColumns);
  if (field.has("seed")) parameter.seed = field.at("seed").seed();
  if (field.has("deviation")) parameter.deviation = read_deviation(field.at("deviation"));
  return parameter;
}

void read_parameter(const Field& field, std::string_view name, std::optional<Parameter>& parameter) {
  if (field.has(name)) parameter = read_parameter(field.at(name));
}

std::map<std::string, std::vector<float>> read_words(const Field& field) {
  if (!field.json().is_object() || field.json().size() > kMaxWords)
    field.must_be("an object of at most " + std::to_string(kMaxWords) + " words");
  std::map<std::string, std::vector<float>> words;
  for (const auto& [word, row] : field.json().items())
    if (!words.emplace(folded(word), field.at(word).numbers(kMaxWidth)).second)
      field.at(word).refuse("is the same word as another key but for its case; keep one of them");
  return words;
}

Embedding read_embedding(const Field& field) {
  field.check_keys({"origin", "words", "values", "seed", "deviation"});
  Embedding embedding;
  if (field.has("origin")) read_origin(field, embedding.origin);
  if (field.has("words")) embedding.words = read_words(field.at("words"));
  if (field.has("values")) embedding.values = field.at("values").matrix(kMaxTokens, kMaxColumns);
  if (field.has("seed")) embedding.seed = field.at("seed").seed();
  if (field.has("deviation")) embedding.deviation = read_deviation(field.at("deviation"));
  return embedding;
}

void read_columns(const Field& field, std::string_view name, std::vector<std::string>& columns) {
  if (field.has(name)) columns = field.at(name).texts(kMaxWidth, kMaxNameBytes);
}

void read_norm(const Field& owner, std::string_view name, std::optional<Norm>& norm) {
  if (!owner.has(name)) return;
  const Field field = owner.at(name);
  field.check_keys({"kind", "epsilon", "gain", "bias", "factors"});
  norm.emplace();
  norm->kind =
      field.at("kind").one_of(kNormNames) == 0 ? attention::NormKind::layer : attention::NormKind::rms;
  if (field.has("epsilon")) {
    norm->epsilon = field.at("epsilon").number();
    if (!(norm->epsilon >= 0 && norm->epsilon <= 1e30F))
      field.at("epsilon").must_be("a number from 0 to 1e30");
  }
  read_parameter(field, "gain", norm->gain);
  read_parameter(field, "bias", norm->bias);
  if (!field.has("factors")) return;
  norm->factors = field.at("factors").matrix(kMaxTokens, 1);
  if (norm->kind == attention::NormKind::layer)
    field.refuse("has factors, which only an \"rms\" norm can have");
}

// Either the projection or its result must be there.
void read_projection(const Field& field, std::string_view weight, Parameter& parameter,
                     std::string_view result, std::shared_ptr<const Matrix>& given) {
  if (field.has(result)) given = field.at(result).matrix(kMaxTokens, kMaxColumns);
  if (!given || field.has(weight)) parameter = read_parameter(field.at(weight));
}

Head read_head(const Field& field) {
  field.check_keys({"w_q", "w_k", "w_v", "b_q", "b_k", "b_v", "q", "k", "v", "name", "q_columns", "k_columns",
                    "v_columns", "q_norm", "k_norm"});
  Head head;
  if (field.has("name")) head.name = field.at("name").text(kMaxNameBytes);
  read_columns(field, "q_columns", head.q_columns);
  read_columns(field, "k_columns", head.k_columns);
  read_columns(field, "v_columns", head.v_columns);
  read_projection(field, "w_q", head.w_q, "q", head.q);
  read_projection(field, "w_k", head.w_k, "k", head.k);
  read_projection(field, "w_v", head.w_v, "v", head.v);
  read_parameter(field, "b_q", head.b_q);
  read_parameter(field, "b_k", head.b_k);
  read_parameter(field, "b_v", head.b_v);
  read_norm(field, "q_norm", head.q_norm);
  read_norm(field, "k_norm", head.k_norm);
  return head;
}

Layer read_layer(const Field& field) {
  field.check_keys({"heads", "w_o", "b_o"});
  Layer layer;
  const Field heads = field.at("heads");
  const std::size_t count = heads.list_size(1, kMaxHeads);
  for (std::size_t i = 0; i < count; ++i) layer.heads.push_back(read_head(heads.element(i)));
  read_parameter(field, "w_o", layer.w_o);
  read_parameter(field, "b_o", layer.b_o);
  if (layer.b_o && !layer.w_o) field.refuse("has a b_o without a w_o; remove it or add w_o");
  return layer;
}

void read_layers(const Field& field, Experiment& e) {
  const std::size_t count = field.list_size(1, kMaxLayers);
  for (std::size_t i = 0; i < count; ++i) {
    e.layers.push_back(read_layer(field.element(i)));
    const Layer& layer = e.layers.back();
    const std::size_t width = layer.heads.size() * static_cast<std::size_t>(e.d_v);
    if (count > 1 && !layer.w_o && width != static_cast<std::size_t>(e.d_model))
      field.element(i).refuse("must give d_model = " + std::to_string(e.d_model) +
                              " columns to the residual stream, but its heads give " + std::to_string(width) +
                              "; add a w_o");
  }
}

void read_custom_mask(const Field& field, bool allowed, Experiment& e) {
  const std::size_t count = field.list_size(0, static_cast<std::size_t>(kMaxTokens) * kMaxTokens);
  for (std::size_t i = 0; i < count; ++i) {
    const Field pair = field.element(i);
    pair.list_size(2, 2);
    const std::pair cell{pair.element(0).integer(0, kMaxTokens - 1),
                         pair.element(1).integer(0, kMaxTokens - 1)};
    if (!e.custom_mask.emplace(cell, allowed).second) pair.refuse("names a cell that was named before");
  }
}

void read_options(const Field& field, Experiment& e) {
  field.check_keys({"scale", "temperature", "softcap", "mask", "window", "positions", "custom_mask",
                    "rope_base", "rope_frequencies", "rope_factor", "score_bias"});
  if (field.has("scale")) e.scale = field.at("scale").boolean();
  if (field.has("temperature")) e.temperature = field.at("temperature").positive_number();
  if (field.has("softcap")) e.softcap = field.at("softcap").positive_number();
  if (field.has("mask")) e.mask = static_cast<attention::MaskKind>(field.at("mask").one_of(kMaskNames));
  if (field.has("window")) e.window = field.at("window").integer(1, kMaxTokens);
  if (field.has("custom_mask")) {
    const Field custom = field.at("custom_mask");
    custom.check_keys({"allow", "forbid"});
    if (custom.has("allow")) read_custom_mask(custom.at("allow"), true, e);
    if (custom.has("forbid")) read_custom_mask(custom.at("forbid"), false, e);
  }
  if (field.has("positions"))
    e.positions = static_cast<attention::Positions>(field.at("positions").one_of(kPositionNames));
  if (field.has("rope_base")) e.rope_base = field.at("rope_base").positive_number();
  if (field.has("rope_frequencies")) e.rope_frequencies = field.at("rope_frequencies").numbers(kMaxWidth / 2);
  if (field.has("rope_factor")) e.rope_factor = field.at("rope_factor").positive_number();
  if (field.has("score_bias")) e.score_bias = field.at("score_bias").matrix(kMaxTokens, kMaxTokens);
}

void read_tokens(const Field& root, Experiment& e) {
  const Field tokens = root.at("tokens");
  tokens.list_size(1, kMaxTokens);
  for (std::string& text : tokens.texts(kMaxTokens, kMaxTokenBytes)) e.tokens.push_back({std::move(text)});
  if (!root.has("padding")) return;
  const Field padding = root.at("padding");
  const std::size_t count = padding.list_size(0, e.tokens.size());
  for (std::size_t i = 0; i < count; ++i) {
    const int position = padding.element(i).integer(0, static_cast<int>(e.tokens.size()) - 1);
    e.tokens[static_cast<std::size_t>(position)].padding = true;
  }
}

bool is_inside_limits(const Cell& cell) {
  const int most = static_cast<int>(kMaxRows);
  return cell.layer < kMaxLayers && cell.head < kMaxHeads && cell.row < most && cell.column < most;
}

// `suffix` completes the key to a cell; `read` turns the value's field into the value.
template <class Value, class Allows, class Read>
void read_cells(const Field& field, std::string_view suffix, std::map<Cell, Value>& cells,
                std::string_view expected, Allows allows, Read read) {
  if (!field.json().is_object()) field.must_be("an object");
  for (const auto& [key, json] : field.json().items()) {
    Cell cell;
    const bool fits = parse_cell(key + std::string(suffix), cell) && is_inside_limits(cell) && allows(cell);
    if (!fits)
      field.refuse("has the key \"" + shortened(key, 40) + "\", which is not " + std::string(expected));
    if (!cells.emplace(cell, read(field.at(key))).second)
      field.refuse("names " + format_cell(cell) + " twice; keep one of them");
  }
}

void read_all_cells(const Field& root, Experiment& e) {
  if (root.has("edits"))
    read_cells(
        root.at("edits"), "", e.edits, "a cell that can be changed, such as \"0.1:w_q[2,3]\"",
        [](const Cell& cell) { return cell.row >= 0 && is_editable(cell.stage); },
        [](const Field& field) { return field.number(); });
  if (root.has("gains"))
    read_cells(
        root.at("gains"), "[0,0]", e.gains, "a weight matrix, such as \"0.1:w_q\"",
        [](const Cell& cell) { return takes_gain(cell.stage); },
        [](const Field& field) { return field.number(); });
  if (root.has("explanations"))
    read_cells(
        root.at("explanations"), "", e.explanations,
        "a cell or a column, such as \"0.1:w_q[2,3]\" or \"w_q[*,3]\"", [](const Cell&) { return true; },
        [](const Field& field) { return field.text(kMaxTextBytes); });
}

void read_place(const Field& field, int& layer, int& head) {
  if (field.has("layer")) layer = field.at("layer").integer(0, kMaxLayers - 1);
  if (field.has("head")) head = field.at("head").integer(0, kMaxHeads - 1);
}

Target read_target(const Field& field) {
  field.check_keys({"query", "key", "sentence", "because", "layer", "head"});
  Target target;
  read_place(field, target.layer, target.head);
  target.query = field.at("query").integer(0, kMaxTokens - 1);
  target.key = field.at("key").integer(0, kMaxTokens - 1);
  target.sentence = field.at("sentence").text(kMaxTextBytes);
  if (field.has("because")) target.because = field.at("because").text(kMaxTextBytes);
  return target;
}

Expected read_expected(const Field& field) {
  field.check_keys({"stage", "values", "layer", "head"});
  Expected expected;
  if (!attention::stage_from_name(field.at("stage").text(kMaxTextBytes), expected.stage))
    field.at("stage").must_be("the name of a stage, such as \"weights\"");
  read_place(field, expected.layer, expected.head);
  expected.values = field.at("values").matrix(kMaxRows, kMaxColumns);
  return expected;
}

void read_lists(const Field& root, Experiment& e) {
  if (root.has("targets")) {
    const Field targets = root.at("targets");
    const std::size_t count = targets.list_size(0, kMaxSentences);
    for (std::size_t i = 0; i < count; ++i) e.targets.push_back(read_target(targets.element(i)));
  }
  if (root.has("expected")) {
    const Field expected = root.at("expected");
    const std::size_t count = expected.list_size(0, kMaxSentences);
    for (std::size_t i = 0; i < count; ++i) e.expected.push_back(read_expected(expected.element(i)));
  }
}

void check_format(const Field& root) {
  if (!root.json().is_object()) root.must_be("an object with \"format\": \"qkvlab-experiment\"");
  if (root.at("format").json() != kFormat) root.at("format").must_be("\"qkvlab-experiment\"");
  const Field version = root.at("version");
  if (version.json() != 1 && version.json() != kVersion)
    version.must_be("1 or 2, the versions this program reads");
}

}  // namespace

Experiment from_json(std::string_view text, const std::string& name) {
  const Json json = parse_json(text, name);
  const Field root(json, name);
  check_format(root);
  root.check_keys({"tokens",     "d_model",   "d_k",         "d_v",    "layers",  "format",
                   "version",    "title",     "description", "source", "padding", "sentences",
                   "dimensions", "embedding", "options",     "edits",  "gains",   "explanations",
                   "targets",    "expected",  "written_for", "norm"});
  Experiment e;
  if (root.has("title")) e.title = root.at("title").text(kMaxTextBytes);
  if (root.has("description")) e.description = root.at("description").text(kMaxTextBytes);
  if (root.has("source")) e.source = root.at("source").text(kMaxTextBytes);
  read_tokens(root, e);
  if (root.has("written_for")) e.written_for = root.at("written_for").text(kMaxTextBytes);
  if (root.has("sentences")) e.sentences = root.at("sentences").texts(kMaxSentences, kMaxTextBytes);
  read_columns(root, "dimensions", e.dimensions);
  e.d_model = root.at("d_model").integer(1, kMaxWidth);
  e.d_k = root.at("d_k").integer(1, kMaxWidth);
  e.d_v = root.at("d_v").integer(1, kMaxWidth);
  if (root.has("embedding")) e.embedding = read_embedding(root.at("embedding"));
  read_norm(root, "norm", e.norm);
  read_layers(root.at("layers"), e);
  if (root.has("options")) read_options(root.at("options"), e);
  read_all_cells(root, e);
  read_lists(root, e);
  return e;
}

}  // namespace qkv::experiment
