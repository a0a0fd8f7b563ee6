#include "app/workspaces/lab/symbols.h"

#include "app/figures/numbers.h"
#include "core/experiment/place_names.h"
#include "core/experiment/sources.h"

namespace qkv::workspaces {

namespace {
std::string named(const std::vector<std::string>& names, int i) {
  return i >= 0 && i < static_cast<int>(names.size()) && !names[static_cast<std::size_t>(i)].empty()
             ? names[static_cast<std::size_t>(i)]
             : std::to_string(i);
}
const experiment::Head* head_of(const experiment::Experiment& e, const Cell& c) {
  if (c.layer < 0 || c.layer >= static_cast<int>(e.layers.size())) return nullptr;
  const auto& heads = e.layers[static_cast<std::size_t>(c.layer)].heads;
  return c.head >= 0 && c.head < static_cast<int>(heads.size()) ? &heads[static_cast<std::size_t>(c.head)]
                                                                : nullptr;
}
std::string shown(std::string name) { return name.empty() ? "∅" : name; }
}  // namespace

std::string token_text(const experiment::Experiment& e, int i) {
  if (i < 0 || i >= static_cast<int>(e.tokens.size())) return std::to_string(i);
  return shown(e.tokens[static_cast<std::size_t>(i)].text);
}

std::string token_label(const experiment::Experiment& e, int i) {
  if (i < 0 || i >= static_cast<int>(e.tokens.size())) return std::to_string(i);
  return shown(experiment::told_apart(e.tokens, i));
}

std::vector<std::string> token_labels(const experiment::Experiment& e) {
  constexpr std::size_t kMostNumbered = 24;
  std::vector<std::string> labels;
  if (e.tokens.size() <= kMostNumbered) labels = experiment::told_apart(e.tokens);
  else
    for (const experiment::Token& token : e.tokens) labels.push_back(token.text);
  for (std::string& label : labels) label = shown(std::move(label));
  return labels;
}

std::string row_name(const experiment::Experiment& e, const Cell& c) {
  switch (c.stage) {
    case Stage::w_q:
    case Stage::w_k:
    case Stage::w_v:
      return named(e.dimensions, c.row);
    case Stage::b_q:
    case Stage::b_k:
    case Stage::b_v:
    case Stage::b_o:
    case Stage::norm_gain:
    case Stage::norm_bias:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
      return "";
    case Stage::w_o: {
      const int d = std::max(1, e.d_v);
      const experiment::Head* h = head_of(e, {c.stage, c.layer, c.row / d, 0, 0});
      return "head " + std::to_string(c.row / d) + " " +
             (h ? named(h->v_columns, c.row % d) : std::to_string(c.row % d));
    }
    default:
      return token_label(e, c.row);
  }
}

std::string column_name(const experiment::Experiment& e, const Cell& c) {
  const experiment::Head* h = head_of(e, c);
  switch (c.stage) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::norm_gain:
    case Stage::norm_bias:
    case Stage::x:
    case Stage::w_o:
    case Stage::b_o:
      return named(e.dimensions, c.column);
    case Stage::layer_output: {
      const auto& layer =
          e.layers[static_cast<std::size_t>(std::min<int>(c.layer, static_cast<int>(e.layers.size()) - 1))];
      if (layer.w_o) return named(e.dimensions, c.column);
      const experiment::Head* of = head_of(e, {c.stage, c.layer, c.column / std::max(1, e.d_v), 0, 0});
      return of ? named(of->v_columns, c.column % std::max(1, e.d_v)) : std::to_string(c.column);
    }
    case Stage::w_q:
    case Stage::b_q:
    case Stage::q:
    case Stage::q_rotated:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::q_normalised:
      return h ? named(h->q_columns, c.column) : std::to_string(c.column);
    case Stage::w_k:
    case Stage::b_k:
    case Stage::k:
    case Stage::k_rotated:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
    case Stage::k_normalised:
      return h ? named(h->k_columns, c.column) : std::to_string(c.column);
    case Stage::w_v:
    case Stage::b_v:
    case Stage::v:
    case Stage::output:
      return h ? named(h->v_columns, c.column) : std::to_string(c.column);
    default:
      return token_label(e, c.column);
  }
}

bool x_is_embedding(const experiment::Experiment& e) {
  return e.positions != attention::Positions::sinusoidal && !e.norm;
}

Cell stored_cell(const Cell& c) {
  return c.stage == Stage::x && c.layer == 0 ? Cell{Stage::embedding, 0, 0, c.row, c.column} : c;
}

namespace {
/// As a sentence among others: a capital first (of ASCII letters), a full stop last.
std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}
}  // namespace

std::string explanation_of(const experiment::Experiment& e, const Cell& cell) {
  const Cell c = stored_cell(cell);
  const auto own = e.explanations.find(c),
             column = e.explanations.find({c.stage, c.layer, c.head, -1, c.column});
  std::string text = own == e.explanations.end() ? "" : sentence(own->second);
  if (column != e.explanations.end()) text += (text.empty() ? "" : " ") + sentence(column->second);
  return text;
}

std::string given_words(const experiment::Experiment& e, const Cell& cell) {
  if (cell.stage == Stage::x && !x_is_embedding(e)) return "";  // computed
  const auto source = experiment::source_of(e, stored_cell(cell));
  return source ? "Given: " + experiment::words_of(*source) + "." : "";
}

std::string words_of(const experiment::Experiment& e, const attention::Explanation& why) {
  const std::string given = given_words(e, why.cell);
  if (given.empty()) return why.words;
  if (why.operation != attention::Operation::given) return why.words + ". " + given;
  const auto source = experiment::source_of(e, stored_cell(why.cell));
  return plain_symbol(why.cell.stage) + " is given, not computed: " + experiment::words_of(*source) + ".";
}

std::string question_of(const experiment::Experiment& e, const attention::Explanation& why) {
  const bool given = why.operation == attention::Operation::given || !given_words(e, why.cell).empty();
  return (given ? "What is " : "Why ") + figures::telling_number(why.value, 2) + "?";
}

std::string cell_name(const experiment::Experiment& e, const Cell& c) {
  const std::string row = row_name(e, c), column = column_name(e, c);
  return plain_symbol(c.stage) + "[" + (row.empty() ? "" : row + ", ") + column + "]";
}

}  // namespace qkv::workspaces
