#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/experiment/json_field.h"
#include "core/experiment/operations.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

// For each token of the new sentence, its old position; kNew for one that was not there.
using Origins = std::vector<int>;
constexpr int kNew = -1;
constexpr std::size_t kSentenceBytes = 4096;  // of written_for: well within what a text of the file may be

enum class Axes { none, rows, both };

// Which axes of a stage are tokens.
Axes token_axes(Stage stage) {
  switch (stage) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::x:
    case Stage::q:
    case Stage::k:
    case Stage::v:
    case Stage::q_normalised:
    case Stage::k_normalised:
    case Stage::q_rotated:
    case Stage::k_rotated:
    case Stage::output:
    case Stage::layer_output:
      return Axes::rows;
    case Stage::score_bias:
    case Stage::scores:
    case Stage::scaled:
    case Stage::weights:
      return Axes::both;
    default:
      return Axes::none;
  }
}

// New position of an old token; kNew when it is gone.
int moved(const Origins& origins, int position) {
  const auto found = std::ranges::find(origins, position);
  return found == origins.end() ? kNew : static_cast<int>(found - origins.begin());
}

template <class Value>
void move_cells(std::map<Cell, Value>& cells, const Origins& origins) {
  std::map<Cell, Value> result;
  for (auto& [old, value] : cells) {
    Cell cell = old;
    const Axes axes = token_axes(cell.stage);
    if (axes != Axes::none && cell.row >= 0) cell.row = moved(origins, cell.row);
    if (axes == Axes::both) cell.column = moved(origins, cell.column);
    const bool is_gone = (cell.row < 0 && old.row >= 0) || cell.column < 0;
    if (!is_gone) result.emplace(cell, std::move(value));
  }
  cells = std::move(result);
}

void move_matrix(std::shared_ptr<const Matrix>& matrix, Axes axes, const Origins& origins) {
  if (!matrix || matrix->size() == 0 || axes == Axes::none) return;
  const auto n = std::ssize(origins);
  const auto columns = axes == Axes::both ? n : matrix->cols();
  auto result = std::make_shared<Matrix>(Matrix::Zero(n, columns));
  for (Eigen::Index r = 0; r < n; ++r) {
    const int row = origins[static_cast<std::size_t>(r)];
    if (row == kNew || row >= matrix->rows()) continue;
    for (Eigen::Index c = 0; c < columns; ++c) {
      const auto column = axes == Axes::both ? origins[static_cast<std::size_t>(c)] : c;
      if (column != kNew && column < matrix->cols()) (*result)(r, c) = (*matrix)(row, column);
    }
  }
  matrix = std::move(result);
}

void move_custom_mask(Experiment& e, const Origins& origins) {
  std::map<std::pair<int, int>, bool> result;
  for (const auto& [cell, allowed] : e.custom_mask) {
    const int query = moved(origins, cell.first), key = moved(origins, cell.second);
    if (query != kNew && key != kNew) result.emplace(std::pair{query, key}, allowed);
  }
  e.custom_mask = std::move(result);
}

// Everything that belongs to a position goes where its token goes; the tokens themselves are the caller's.
void follow_tokens(Experiment& e, const Origins& origins) {
  move_cells(e.edits, origins);
  move_cells(e.explanations, origins);
  move_custom_mask(e, origins);
  move_matrix(e.embedding.values, Axes::rows, origins);
  move_matrix(e.score_bias, Axes::both, origins);
  if (e.norm) move_matrix(e.norm->factors, Axes::rows, origins);
  for (Layer& layer : e.layers) {
    for (Head& head : layer.heads) {
      for (auto* given : {&head.q, &head.k, &head.v}) move_matrix(*given, Axes::rows, origins);
      for (auto* norm : {&head.q_norm, &head.k_norm})
        if (*norm) move_matrix((*norm)->factors, Axes::rows, origins);
    }
  }
  // The user's own results say nothing of other tokens than theirs.
  const bool is_other = std::ranges::find(origins, kNew) != origins.end();
  std::erase_if(e.expected, [&](const Expected& expected) {
    const bool fits = expected.values && expected.values->rows() == std::ssize(origins) && !is_other;
    return token_axes(expected.stage) != Axes::none && !fits;
  });
  for (Expected& expected : e.expected) move_matrix(expected.values, token_axes(expected.stage), origins);
}

Origins unchanged_origins(const Experiment& e) {
  Origins origins(e.tokens.size());
  std::iota(origins.begin(), origins.end(), 0);
  return origins;
}

// One piece of text without line breaks, short enough for a token.
std::string token_text(std::string_view text) {
  std::string valid = valid_utf8(text);
  std::ranges::replace_if(
      valid, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return pieces_of(valid, kMaxTokenBytes).front();
}

int clamped(int position, std::size_t size) { return std::clamp(position, 0, static_cast<int>(size)); }

bool has(const Experiment& e, int position) { return position >= 0 && position < std::ssize(e.tokens); }

template <class Value>
void erase_rows(std::map<Cell, Value>& cells, Stage stage, int row) {
  std::erase_if(cells,
                [=](const auto& entry) { return entry.first.stage == stage && entry.first.row == row; });
}

template <class Value>
void erase_token_cells(std::map<Cell, Value>& cells) {
  std::erase_if(cells, [](const auto& entry) {
    const bool is_column = entry.first.row < 0 && token_axes(entry.first.stage) == Axes::rows;
    return token_axes(entry.first.stage) != Axes::none && !is_column;
  });
}

// The same word has the same row of X, so what was said of that row holds wherever the word comes again.
void adopt_explanations(const Experiment& before, Experiment& e) {
  const auto rows_of = [](const Experiment& of) {
    std::map<int, std::map<int, std::string>> rows;
    for (const auto& [cell, why] : of.explanations)
      if (cell.stage == Stage::embedding && cell.row >= 0) rows[cell.row][cell.column] = why;
    return rows;
  };
  std::map<std::string, std::map<int, std::string>> words;
  for (const auto& [row, whys] : rows_of(before))
    if (has(before, row)) words.emplace(folded(before.tokens[static_cast<std::size_t>(row)].text), whys);
  if (words.empty()) return;
  const auto explained = rows_of(e);
  for (int row = 0; row < std::ssize(e.tokens); ++row) {
    const auto known = words.find(folded(e.tokens[static_cast<std::size_t>(row)].text));
    if (known == words.end() || explained.contains(row)) continue;
    for (const auto& [column, why] : known->second)
      e.explanations[{Stage::embedding, 0, 0, row, column}] = why;
  }
}

// Title and description speak of the sentence they were written for, so that is kept while there is another.
// Rows given by position say nothing of words: there new tokens only name them.
void remember_sentence(const Experiment& before, Experiment& e) {
  if (e.embedding.values) return;
  const auto sentence = [](const Experiment& of) { return shortened(sentence_of(of), kSentenceBytes); };
  if (e.written_for.empty()) e.written_for = sentence(before);
  if (sentence(e) == e.written_for) e.written_for.clear();
}

}  // namespace

std::vector<Token> split_sentence(std::string_view text, int max_tokens, int* cut) {
  std::vector<Token> tokens;
  std::size_t left_out = 0;
  for (std::string& word : words_of(text, kMaxTokenBytes)) {
    if (std::ssize(tokens) < std::min(max_tokens, kMaxTokens))
      tokens.push_back({std::move(word)});
    else
      ++left_out;
  }
  if (cut) *cut = static_cast<int>(left_out);
  return tokens;
}

std::string sentence_of(const Experiment& e) {
  std::string sentence;
  for (const Token& token : e.tokens) sentence += (sentence.empty() ? "" : " ") + token.text;
  return sentence;
}

Experiment with_sentence(Experiment e, std::string_view text) {
  std::vector<Token> tokens = split_sentence(text);
  if (tokens.empty()) throw Error("The sentence is empty: type at least one word.");
  const Experiment before = e;
  e.tokens = std::move(tokens);
  erase_token_cells(e.edits);
  erase_token_cells(e.explanations);
  e.custom_mask.clear();
  std::erase_if(e.expected,
                [](const Expected& expected) { return token_axes(expected.stage) != Axes::none; });
  adopt_explanations(before, e);
  remember_sentence(before, e);
  return e;
}

Experiment with_token(Experiment e, int position, std::string_view text) {
  if (!has(e, position)) return e;
  const Experiment before = e;
  Token& token = e.tokens[static_cast<std::size_t>(position)];
  std::string fresh = token_text(text);
  if (folded(fresh) != folded(token.text)) {  // another word brings its own embedding
    erase_rows(e.edits, Stage::embedding, position);
    erase_rows(e.explanations, Stage::embedding, position);
  }
  token.text = std::move(fresh);
  adopt_explanations(before, e);
  remember_sentence(before, e);
  return e;
}

Experiment with_token_inserted(Experiment e, int position, std::string_view text) {
  if (std::ssize(e.tokens) >= kMaxTokens) return e;
  const Experiment before = e;
  const int at = clamped(position, e.tokens.size());
  Origins origins = unchanged_origins(e);
  origins.insert(origins.begin() + at, kNew);
  e.tokens.insert(e.tokens.begin() + at, Token{token_text(text)});
  follow_tokens(e, origins);
  adopt_explanations(before, e);
  remember_sentence(before, e);
  return e;
}

Experiment with_token_removed(Experiment e, int position) {
  if (!has(e, position) || e.tokens.size() == 1) return e;
  const Experiment before = e;
  Origins origins = unchanged_origins(e);
  origins.erase(origins.begin() + position);
  e.tokens.erase(e.tokens.begin() + position);
  follow_tokens(e, origins);
  remember_sentence(before, e);
  return e;
}

Experiment with_token_moved(Experiment e, int from, int to) {
  if (!has(e, from) || from == to) return e;
  const Experiment before = e;
  const int at = clamped(to, e.tokens.size() - 1);
  const auto move_one = [from, at](auto& list) {
    const auto begin = list.begin();
    if (from < at)
      std::rotate(begin + from, begin + from + 1, begin + at + 1);
    else
      std::rotate(begin + at, begin + from, begin + from + 1);
  };
  Origins origins = unchanged_origins(e);
  move_one(origins);
  move_one(e.tokens);
  follow_tokens(e, origins);
  remember_sentence(before, e);
  return e;
}

Experiment with_token_padding(Experiment e, int position, bool padding) {
  if (has(e, position)) e.tokens[static_cast<std::size_t>(position)].padding = padding;
  return e;
}

}  // namespace qkv::experiment
