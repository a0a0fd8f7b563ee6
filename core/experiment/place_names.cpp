#include "core/experiment/place_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "core/experiment/json_field.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

constexpr std::size_t kShownNames = 5, kShownBytes = 80;

bool is_whole_number(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string> token_texts(const Experiment& e) {
  std::vector<std::string> texts;
  for (const Token& token : e.tokens) texts.push_back(token.text);
  return texts;
}

const Head* head_of(const Experiment& e, int layer, int head) {
  if (layer < 0 || head < 0 || layer >= std::ssize(e.layers)) return nullptr;
  const auto& heads = e.layers[static_cast<std::size_t>(layer)].heads;
  return head < std::ssize(heads) ? &heads[static_cast<std::size_t>(head)] : nullptr;
}

/// The n-th name (from 1) that is this word; −1 when there are not as many.
int nth_of(const Axis& axis, const std::string& word, int n) {
  const auto count = std::min(std::ssize(axis.names), static_cast<std::ptrdiff_t>(axis.size));
  for (std::ptrdiff_t i = 0; i < count; ++i)
    if (folded(axis.names[static_cast<std::size_t>(i)]) == word && --n == 0) return static_cast<int>(i);
  return -1;
}

bool has_words(const std::string& name, const std::string& words) {
  return (" " + folded(name) + " ").find(" " + words + " ") != std::string::npos;
}

/// As a reader sees it: without the space before a word.
std::string_view seen(const std::string& name) { return std::string_view(name).substr(name.starts_with(' ') ? 1 : 0); }
std::string_view seen(const Token& token) { return seen(token.text); }
const std::string& text_of(const std::string& name) { return name; }
const std::string& text_of(const Token& token) { return token.text; }

/// The name with its number among those alike.
std::string numbered(const std::string& name, std::ptrdiff_t number) {
  constexpr std::array<const char*, 10> kSubscripts = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string told = name;
  for (const char digit : std::to_string(number)) told += kSubscripts[static_cast<std::size_t>(digit - '0')];
  return told;
}

template <class Names>
std::string one_told_apart(const Names& names, int index) {
  const auto& own = names[static_cast<std::size_t>(index)];
  const auto alike = [&own](const auto& other) { return seen(own) == seen(other); };
  if (std::ranges::count_if(names, alike) < 2) return text_of(own);
  return numbered(text_of(own), 1 + std::count_if(names.begin(), names.begin() + index, alike));
}

template <class Names>
std::vector<std::string> all_told_apart(const Names& names) {
  std::unordered_map<std::string_view, std::pair<int, int>> counts;  // how many there are, and how many were told
  for (const auto& name : names) ++counts[seen(name)].first;
  std::vector<std::string> told;
  for (const auto& name : names) {
    auto& [all, before] = counts[seen(name)];
    told.push_back(all < 2 ? text_of(name) : numbered(text_of(name), ++before));
  }
  return told;
}

[[noreturn]] void refuse_name(const Axis& axis, const std::string& name) {
  const std::string what(axis.what);
  if (axis.names.empty())
    throw Error("there is no " + what + " " + in_quotes(name) + "; the " + what + "s have no names here, only numbers from 0 to " +
                std::to_string(axis.size - 1));
  throw Error("there is no " + what + " " + in_quotes(name) + "; the " + what + "s are " + listed(axis.names));
}

int named_index(const Axis& axis, const std::string& name) {
  const std::string word = folded(name);
  if (const int found = nth_of(axis, word, 1); found >= 0) return found;
  int nth = 0;
  if (const auto mark = word.rfind('#'); mark != std::string::npos && is_whole_number(word.substr(mark + 1), nth) && nth > 0)
    if (const int found = nth_of(axis, word.substr(0, mark), nth); found >= 0) return found;
  if (axis.what == "token") refuse_name(axis, name);
  // "noun" stands for "is a noun" where no other name has that word.
  std::vector<std::string> likely;
  int found = -1;
  for (int i = 0; i < std::min(static_cast<int>(axis.names.size()), axis.size); ++i)
    if (const std::string& full = axis.names[static_cast<std::size_t>(i)]; has_words(full, word)) {
      likely.push_back(full);
      found = i;
    }
  if (likely.size() > 1) throw Error(in_quotes(name) + " could be any of the " + std::string(axis.what) + "s " + listed(likely) + "; write the whole name");
  if (likely.empty()) refuse_name(axis, name);
  return found;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  const std::size_t shown = names.size() > kShownNames + 1 ? kShownNames : names.size();
  for (std::size_t i = 0; i < shown; ++i) list += (i == 0 ? "" : ", ") + shortened(names[i], kShownBytes / 2);
  return shown < names.size() ? list + " and " + std::to_string(names.size() - shown) + " more" : list;
}

std::string in_quotes(std::string_view text) { return "'" + shortened(valid_utf8(text), kShownBytes) + "'"; }

std::string told_apart(const std::vector<std::string>& names, int index) { return one_told_apart(names, index); }
std::string told_apart(const std::vector<Token>& tokens, int index) { return one_told_apart(tokens, index); }
std::vector<std::string> told_apart(const std::vector<std::string>& names) { return all_told_apart(names); }
std::vector<std::string> told_apart(const std::vector<Token>& tokens) { return all_told_apart(tokens); }

std::string Axis::label(int index) const {
  if (index < 0 || index >= std::ssize(names)) return std::to_string(index);
  const std::string& name = names[static_cast<std::size_t>(index)];
  const std::string word = folded(name);
  const auto before = std::count_if(names.begin(), names.begin() + index, [&](const auto& other) { return folded(other) == word; });
  return before == 0 ? name : name + "#" + std::to_string(before + 1);
}

Axes axes_of(const Experiment& e, Stage stage, int layer, int head, attention::Shape shape) {
  using enum Stage;
  const Axis tokens{"token", token_texts(e), shape.rows}, dimensions{"dimension", e.dimensions, shape.columns};
  const Head* owner = head_of(e, layer, head);
  const auto columns = [&](std::vector<std::string> Head::* names) {
    return Axis{"column", owner ? owner->*names : std::vector<std::string>{}, shape.columns};
  };
  const Axis row{"row", {}, shape.rows}, column{"column", {}, shape.columns};
  const bool single = owner && e.layers[static_cast<std::size_t>(layer)].heads.size() == 1;
  const auto on_rows = [&](Axis axis) {
    axis.size = shape.rows;
    return axis;
  };
  switch (stage) {
    case embedding:
    case positions:
    case x:
      return {tokens, dimensions};
    case norm_gain:
    case norm_bias:
    case b_o:
      return {row, dimensions};
    case w_q:
      return {on_rows(dimensions), columns(&Head::q_columns)};
    case w_k:
      return {on_rows(dimensions), columns(&Head::k_columns)};
    case w_v:
      return {on_rows(dimensions), columns(&Head::v_columns)};
    case b_q:
    case q_norm_gain:
    case q_norm_bias:
      return {row, columns(&Head::q_columns)};
    case b_k:
    case k_norm_gain:
    case k_norm_bias:
      return {row, columns(&Head::k_columns)};
    case b_v:
      return {row, columns(&Head::v_columns)};
    case q:
    case q_normalised:
    case q_rotated:
      return {tokens, columns(&Head::q_columns)};
    case k:
    case k_normalised:
    case k_rotated:
      return {tokens, columns(&Head::k_columns)};
    case v:
    case output:
      return {tokens, columns(&Head::v_columns)};
    case score_bias:
    case scores:
    case scaled:
    case weights:
      return {tokens, Axis{"token", tokens.names, shape.columns}};
    case w_o:
      return {single ? on_rows(columns(&Head::v_columns)) : row, dimensions};
    case layer_output:
      if (owner && e.layers[static_cast<std::size_t>(layer)].w_o) return {tokens, dimensions};
      return {tokens, single ? columns(&Head::v_columns) : column};
  }
  return {row, column};
}

int index_on(const Axis& axis, const IndexName& index) {
  if (index.kind == IndexName::Kind::all) return -1;
  if (index.kind == IndexName::Kind::name) return named_index(axis, index.name);
  if (index.number >= axis.size)
    throw Error("there is no " + std::string(axis.what) + " " + std::to_string(index.number) + "; they are counted from 0 to " +
                std::to_string(axis.size - 1));
  return index.number;
}

Place resolve(const PlaceName& name, const Experiment& e, attention::Shape shape) {
  const std::string stage(attention::name_of(name.stage));
  const auto layers = std::ssize(e.layers);
  if (name.layer >= layers && !(name.stage == Stage::x && name.layer == layers))
    throw Error("there is no layer " + std::to_string(name.layer) + "; the experiment has " + std::to_string(layers));
  if (attention::is_per_head(name.stage) && !head_of(e, name.layer, name.head))
    throw Error("there is no head " + std::to_string(name.layer) + "." + std::to_string(name.head) + "; layer " +
                std::to_string(name.layer) + " has " +
                std::to_string(e.layers[static_cast<std::size_t>(name.layer)].heads.size()));
  if (shape.rows <= 0 || shape.columns <= 0) throw Error("the experiment has no " + stage);
  Place place;
  place.cell = {name.stage, attention::is_per_layer(name.stage) ? name.layer : 0, attention::is_per_head(name.stage) ? name.head : 0, -1, -1};
  const Axes axes = axes_of(e, name.stage, name.layer, name.head, shape);
  place.cell.row = index_on(axes.rows, name.row);
  place.cell.column = index_on(axes.columns, name.column);
  return place;
}

PlaceName parse_stage(std::string_view text) {
  PlaceName place;
  std::string_view name = text;
  if (const auto colon = text.find(':'); colon != text.npos) {
    const std::string_view prefix = text.substr(0, colon);
    const auto dot = prefix.find('.');
    if (dot == prefix.npos || !is_whole_number(prefix.substr(0, dot), place.layer) ||
        !is_whole_number(prefix.substr(dot + 1), place.head) || place.layer < 0 || place.head < 0)
      throw Error(in_quotes(prefix) + " before the colon must be layer and head, such as 0.1");
    name = text.substr(colon + 1);
  }
  if (!attention::stage_from_name(name, place.stage))
    throw Error("there is no stage " + in_quotes(name) + "; there are embedding, x, w_q, w_k, w_v, q, k, v, scores, scaled, weights, output, "
                "w_o, layer_output and, where present, their biases and norms");
  if (!attention::is_per_head(place.stage)) place.head = 0;
  if (!attention::is_per_layer(place.stage)) place.layer = 0;
  return place;
}

IndexName parse_index(std::string_view text) {
  text = trimmed(text);
  IndexName index;
  if (text == "*") return index;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    index.kind = IndexName::Kind::name;
    index.name = text.substr(1, text.size() - 2);
  } else if (is_whole_number(text, index.number)) {
    if (index.number == -1) return index;
    index.kind = IndexName::Kind::number;
    if (index.number < -1) throw Error("rows and columns are counted from 0, so " + in_quotes(text) + " is none");
  } else {
    index.kind = IndexName::Kind::name;
    index.name = text;
  }
  if (text.empty() || (index.kind == IndexName::Kind::name && index.name.empty()))
    throw Error("a row or column is missing: write its name, its number or *");
  return index;
}

PlaceName parse_place(std::string_view text) {
  text = trimmed(text);
  const auto bracket = text.find('[');
  PlaceName place = parse_stage(trimmed(text.substr(0, bracket)));
  if (bracket == text.npos) return place;
  if (text.back() != ']') throw Error("the ] at the end of " + in_quotes(text) + " is missing");
  const std::string_view inside = text.substr(bracket + 1, text.size() - bracket - 2);
  bool is_quoted = false;
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= inside.size(); ++i) {
    if (i < inside.size() && inside[i] == '"') is_quoted = !is_quoted;
    if (i == inside.size() || (inside[i] == ',' && !is_quoted)) {
      parts.push_back(inside.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  if (is_quoted) throw Error("the closing \" in " + in_quotes(text) + " is missing");
  if (parts.size() != 2)
    throw Error(in_quotes(text) + " must name a row and a column, such as " + std::string(attention::name_of(place.stage)) + "[0,*]");
  place.row = parse_index(parts[0]);
  place.column = parse_index(parts[1]);
  return place;
}

bool Place::contains(const Cell& other) const {
  return other.stage == cell.stage && other.layer == cell.layer && other.head == cell.head &&
         (cell.row < 0 || other.row == cell.row) && (cell.column < 0 || other.column == cell.column);
}

Place place_from(std::string_view text, const Experiment& experiment, const attention::Trace& trace) {
  const PlaceName name = parse_place(text);
  return resolve(name, experiment, attention::shape_of(trace, name.stage, name.layer, name.head));
}

}  // namespace qkv::experiment
