#include <algorithm>

#include "core/experiment/json.h"
#include "core/experiment/json_names.h"
#include "core/experiment/json_writer.h"

namespace qkv::experiment {
namespace {

void write_matrix(JsonWriter& out, std::string_view name, const std::shared_ptr<const Matrix>& matrix) {
  if (matrix && matrix->size() > 0) out.member(name, *matrix);
}

void write_text(JsonWriter& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.member(name, text);
}

template <class T>
void write_list(JsonWriter& out, std::string_view name, const std::vector<T>& list) {
  if (!list.empty()) out.member(name, list);
}

void write(JsonWriter& out, std::string_view name, const Parameter& parameter) {
  out.key(name);
  out.open('{');
  out.member("origin", name_in(kOriginNames, parameter.origin));
  if (parameter.origin == Origin::random || parameter.seed != 0) out.member("seed", parameter.seed);
  if (parameter.origin == Origin::random || parameter.deviation != 0)
    out.member("deviation", parameter.deviation);
  write_matrix(out, "values", parameter.values);
  out.close('}');
}

void write(JsonWriter& out, std::string_view name, const std::optional<Parameter>& parameter) {
  if (parameter) write(out, name, *parameter);
}

void write(JsonWriter& out, std::string_view name, const std::optional<Norm>& norm) {
  if (!norm) return;
  out.key(name);
  out.open('{');
  out.member("kind", kNormNames[norm->kind == attention::NormKind::layer ? 0 : 1]);
  out.member("epsilon", norm->epsilon);
  write(out, "gain", norm->gain);
  write(out, "bias", norm->bias);
  write_matrix(out, "factors", norm->factors);
  out.close('}');
}

void write(JsonWriter& out, const Embedding& embedding) {
  out.key("embedding");
  out.open('{');
  out.member("origin", name_in(kOriginNames, embedding.origin));
  if (!embedding.words.empty()) {
    out.key("words");
    out.open('{');
    for (const auto& [word, row] : embedding.words) out.member(word, row);
    out.close('}');
  }
  write_matrix(out, "values", embedding.values);
  out.member("seed", embedding.seed);
  out.member("deviation", embedding.deviation);
  out.close('}');
}

void write(JsonWriter& out, const Head& head) {
  out.item();
  out.open('{');
  write_text(out, "name", head.name);
  write_list(out, "q_columns", head.q_columns);
  write_list(out, "k_columns", head.k_columns);
  write_list(out, "v_columns", head.v_columns);
  write(out, "w_q", head.w_q);
  write(out, "w_k", head.w_k);
  write(out, "w_v", head.w_v);
  write(out, "b_q", head.b_q);
  write(out, "b_k", head.b_k);
  write(out, "b_v", head.b_v);
  write_matrix(out, "q", head.q);
  write_matrix(out, "k", head.k);
  write_matrix(out, "v", head.v);
  write(out, "q_norm", head.q_norm);
  write(out, "k_norm", head.k_norm);
  out.close('}');
}

void write(JsonWriter& out, const Layer& layer) {
  out.item();
  out.open('{');
  out.key("heads");
  out.open('[');
  for (const Head& head : layer.heads) write(out, head);
  out.close(']');
  write(out, "w_o", layer.w_o);
  write(out, "b_o", layer.b_o);
  out.close('}');
}

void write_custom_mask(JsonWriter& out, const Experiment& e) {
  if (e.custom_mask.empty()) return;
  out.key("custom_mask");
  out.open('{');
  for (const bool allowed : {true, false}) {
    out.key(allowed ? "allow" : "forbid");
    out.open('[');
    for (const auto& [cell, allows] : e.custom_mask) {
      if (allows != allowed) continue;
      out.item();
      out.value(std::vector<int>{cell.first, cell.second});
    }
    out.close(']');
  }
  out.close('}');
}

void write_options(JsonWriter& out, const Experiment& e) {
  out.key("options");
  out.open('{');
  out.member("scale", e.scale);
  out.member("temperature", e.temperature);
  if (e.softcap > 0) out.member("softcap", e.softcap);
  out.member("mask", name_in(kMaskNames, e.mask));
  out.member("window", e.window);
  write_custom_mask(out, e);
  out.member("positions", name_in(kPositionNames, e.positions));
  out.member("rope_base", e.rope_base);
  write_list(out, "rope_frequencies", e.rope_frequencies);
  if (e.rope_factor != 1) out.member("rope_factor", e.rope_factor);
  write_matrix(out, "score_bias", e.score_bias);
  out.close('}');
}

// A gain belongs to a matrix: its cell without "[0,0]".
std::string gain_key(const Cell& cell) {
  const std::string text = format_cell(cell);
  return text.substr(0, text.find('['));
}

template <class Value, class Key>
void write_cells(JsonWriter& out, std::string_view name, const std::map<Cell, Value>& cells, Key key) {
  if (cells.empty()) return;
  out.key(name);
  out.open('{');
  for (const auto& [cell, value] : cells) out.member(key(cell), value);
  out.close('}');
}

void write(JsonWriter& out, const Target& target) {
  out.item();
  out.open('{');
  if (target.layer != 0) out.member("layer", target.layer);
  if (target.head != 0) out.member("head", target.head);
  out.member("query", target.query);
  out.member("key", target.key);
  out.member("sentence", target.sentence);
  write_text(out, "because", target.because);
  out.close('}');
}

void write(JsonWriter& out, const Expected& expected) {
  out.item();
  out.open('{');
  out.member("stage", attention::name_of(expected.stage));
  if (expected.layer != 0) out.member("layer", expected.layer);
  if (expected.head != 0) out.member("head", expected.head);
  write_matrix(out, "values", expected.values);
  out.close('}');
}

template <class T>
void write_objects(JsonWriter& out, std::string_view name, const std::vector<T>& objects) {
  if (objects.empty()) return;
  out.key(name);
  out.open('[');
  for (const T& object : objects) write(out, object);
  out.close(']');
}

void write_tokens(JsonWriter& out, const std::vector<Token>& tokens) {
  std::vector<std::string> texts;
  std::vector<int> padding;
  for (const Token& token : tokens) {
    if (token.padding) padding.push_back(static_cast<int>(texts.size()));
    texts.push_back(token.text);
  }
  out.member("tokens", texts);
  write_list(out, "padding", padding);
}

bool needs_version_2(const Experiment& e) {
  const auto has_norm = [](const Head& head) { return head.q_norm || head.k_norm; };
  return e.norm || e.softcap > 0 || !e.rope_frequencies.empty() || e.rope_factor != 1 ||
         std::ranges::any_of(e.layers,
                             [&](const Layer& layer) { return std::ranges::any_of(layer.heads, has_norm); });
}

}  // namespace

std::string to_json(const Experiment& e) {
  JsonWriter out;
  out.open('{');
  out.member("format", kFormat);
  out.member("version", needs_version_2(e) ? kVersion : 1);
  write_text(out, "title", e.title);
  write_text(out, "description", e.description);
  write_text(out, "source", e.source);
  write_tokens(out, e.tokens);
  write_text(out, "written_for", e.written_for);
  write_list(out, "sentences", e.sentences);
  write_list(out, "dimensions", e.dimensions);
  out.member("d_model", e.d_model);
  out.member("d_k", e.d_k);
  out.member("d_v", e.d_v);
  write_options(out, e);
  write(out, e.embedding);
  write(out, "norm", e.norm);
  write_objects(out, "layers", e.layers);
  write_cells(out, "edits", e.edits, format_cell);
  write_cells(out, "gains", e.gains, gain_key);
  write_cells(out, "explanations", e.explanations, format_cell);
  write_objects(out, "targets", e.targets);
  write_objects(out, "expected", e.expected);
  out.close('}');
  return out.take();
}

}  // namespace qkv::experiment
