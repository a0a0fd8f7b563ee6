#include "core/experiment/sources.h"

#include <algorithm>
#include <set>

#include "core/experiment/json_field.h"
#include "core/experiment/operations.h"
#include "core/experiment/shapes.h"
#include "core/experiment/words.h"

namespace qkv::experiment {
namespace {

constexpr std::size_t kNamedWords = 3, kTitleBytes = 80;

Source::Kind kind_of(Origin origin) {
  switch (origin) {
    case Origin::random:
      return Source::Kind::random;
    case Origin::imported:
      return Source::Kind::imported;
    case Origin::trained:
      return Source::Kind::trained;
    default:
      return Source::Kind::hand_set;
  }
}

bool has_numbers(const std::shared_ptr<const Matrix>& matrix) { return matrix && matrix->size() > 0; }

Source embedding_source(const Experiment& e, int row) {
  const Embedding& rule = e.embedding;
  if (has_numbers(rule.values))
    return {row < rule.values->rows() ? kind_of(rule.origin) : Source::Kind::zero, rule.seed};
  if (rule.words.contains(folded(e.tokens[static_cast<std::size_t>(row)].text)))
    return {rule.origin == Origin::random ? Source::Kind::hand_set : kind_of(rule.origin), 0};
  return rule.deviation != 0 ? Source{Source::Kind::random, rule.seed} : Source{Source::Kind::zero, 0};
}

bool is_row_edited(const Experiment& e, int row) {
  for (int column = 0; column < e.d_model; ++column)
    if (!e.edits.contains({Stage::embedding, 0, 0, row, column})) return false;
  return true;
}

bool is_offered(const Experiment& e, const std::string& sentence) {
  return std::ranges::find(e.sentences, sentence) != e.sentences.end() ||
         std::ranges::find(e.targets, sentence, &Target::sentence) != e.targets.end();
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

}  // namespace

std::optional<Source> source_of(const Experiment& e, const Cell& cell) {
  if (!is_inside(e, cell)) return std::nullopt;
  const bool leaf = attention::is_leaf(cell.stage);
  const bool given =
      !leaf && (cell.stage == Stage::q || cell.stage == Stage::k || cell.stage == Stage::v) && [&] {
        const Head& head =
            e.layers[static_cast<std::size_t>(cell.layer)].heads[static_cast<std::size_t>(cell.head)];
        return has_numbers(cell.stage == Stage::q ? head.q : cell.stage == Stage::k ? head.k : head.v);
      }();
  if (!leaf && !given) return std::nullopt;
  if (e.edits.contains(cell)) return Source{Source::Kind::edited, 0};
  if (given) return Source{Source::Kind::imported, 0};
  if (cell.stage == Stage::embedding) return embedding_source(e, cell.row);
  if (const Parameter* parameter = parameter_of(e, cell.stage, cell.layer, cell.head)) {
    const bool random = parameter->origin == Origin::random;
    return Source{kind_of(parameter->origin), random ? parameter->seed : 0};
  }
  return Source{Source::Kind::hand_set, 0};  // a score bias
}

std::string words_of(const Source& source) {
  switch (source.kind) {
    case Source::Kind::random:
      return "random, seed " + std::to_string(source.seed);
    case Source::Kind::imported:
      return "imported";
    case Source::Kind::trained:
      return "trained";
    case Source::Kind::zero:
      return "zero: nothing is given for it";
    case Source::Kind::edited:
      return "changed by you";
    default:
      return "set by hand";
  }
}

std::vector<int> random_rows(const Experiment& e) {
  std::vector<int> rows;
  if (lacks_embedding(e) || e.embedding.origin == Origin::random) return rows;
  for (int i = 0; i < std::ssize(e.tokens); ++i)
    if (embedding_source(e, i).kind == Source::Kind::random && !is_row_edited(e, i)) rows.push_back(i);
  return rows;
}

std::string weights_source(const Experiment& e) {
  bool hand = false, imported = false, trained = false;
  std::set<std::uint64_t> seeds;
  const auto count = [&](const std::shared_ptr<const Matrix>& given, const Parameter& p) {
    imported = imported || has_numbers(given) || p.origin == Origin::imported;
    if (has_numbers(given)) return;  // opened as it is: no weights
    hand = hand || p.origin == Origin::hand_set;
    trained = trained || p.origin == Origin::trained;
    if (p.origin == Origin::random) seeds.insert(p.seed);
  };
  for (const Layer& layer : e.layers)
    for (const Head& head : layer.heads) {
      count(head.q, head.w_q);
      count(head.k, head.w_k);
      count(head.v, head.w_v);
    }
  std::string text;
  const auto add = [&](bool there, const std::string& name) {
    if (there) text += (text.empty() ? "" : " and ") + name;
  };
  add(hand, "hand-set");
  add(!seeds.empty(), seeds.size() > 1
                          ? "random"
                          : "random (seed " + std::to_string(seeds.empty() ? 0 : *seeds.begin()) + ")");
  add(imported, "imported");
  add(trained, "trained");
  return text;
}

std::string sources_in_words(const Experiment& e) {
  std::vector<std::string> words;
  for (const int row : random_rows(e)) {
    const std::string word = quoted(shortened(e.tokens[static_cast<std::size_t>(row)].text, 24));
    if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  }
  if (words.empty()) return weights_source(e) + " weights";
  std::string list;
  const std::size_t named = std::min(words.size(), kNamedWords);
  const bool more = words.size() > named;
  for (std::size_t i = 0; i < named; ++i)
    list += (i == 0 ? "" : i + 1 == named && !more ? " and " : ", ") + words[i];
  if (more) list += " and " + std::to_string(words.size() - named) + " more";
  return "x of " + list + " is random (seed " + std::to_string(e.embedding.seed) + "); the weights are " +
         weights_source(e);
}

std::string shown_title(const Experiment& e) {
  if (e.written_for.empty()) return e.title;
  const std::string now = sentence_of(e), short_now = shortened(now, kTitleBytes);
  const bool is_sentence = e.title.empty() || folded(e.title) == folded(e.written_for);
  if (is_offered(e, now)) return is_sentence ? short_now : e.title;
  // First, so that a narrow title bar does not cut it off.
  return is_sentence ? "Own sentence: " + short_now : "Own sentence in " + e.title;
}

std::string shown_description(const Experiment& e) {
  std::string text = e.description;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : "\n\n") + more; };
  if (!e.written_for.empty() && !e.description.empty())
    add("This was written for " + quoted(shortened(e.written_for, kTitleBytes)) + "; the sentence now is " +
        quoted(shortened(sentence_of(e), kTitleBytes)) + ".");
  if (!random_rows(e).empty()) add("Now " + sources_in_words(e) + ".");
  if (!e.source.empty()) add(e.source);
  return text;
}

}  // namespace qkv::experiment
