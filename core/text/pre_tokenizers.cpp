#include "core/text/pre_tokenizers.h"

#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "core/files/wording.h"
#include "core/text/normalizers.h"
#include "core/text/regex.h"

namespace qkv::text {
namespace {

/// GPT-2's, from its encoder.py: contractions, then words, numbers and others with the space before them.
constexpr const char* kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// Every stretch that is not an added token becomes the stretches that `cut` makes of it; empty ones go.
template <class Cut>
void cut_each(std::vector<Stretch>& stretches, Cut cut) {
  std::vector<Stretch> out;
  out.reserve(stretches.size());
  for (Stretch& stretch : stretches) {
    if (stretch.added) {
      out.push_back(std::move(stretch));
      continue;
    }
    for (NormalizedString& part : cut(stretch.text))
      if (!part.empty()) out.push_back({std::move(part), {}});
  }
  stretches = std::move(out);
}

template <class Is>
PreTokenizer at_characters(Is is, Behavior behavior) {
  return [is, behavior](std::vector<Stretch>& stretches) {
    cut_each(stretches, [&](NormalizedString& s) { return s.split(matches_where(s.text(), is), behavior); });
  };
}

/// Words and runs of what is neither a word nor space: \w+|[^\w\s]+.
std::vector<NormalizedString> words(const NormalizedString& s) {
  enum class Kind { space, word, other };
  const std::string& text = s.text();
  std::vector<Match> matches;
  Kind before = Kind::space;
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) {
    const char32_t c = character_at(text, at);
    const Kind kind = is_word(c) ? Kind::word : is_whitespace(c) ? Kind::space : Kind::other;
    if (kind != Kind::space) {
      if (kind != before) matches.push_back({at, at, false});
      matches.back().end = at + utf8_length(text[at]);
    }
    before = kind;
  }
  return s.split(std::move(matches), Behavior::removed);
}

Behavior read_behavior(const Node& node) {
  constexpr std::array<std::pair<const char*, Behavior>, 5> kNames = {{
      {"Removed", Behavior::removed},
      {"Isolated", Behavior::isolated},
      {"MergedWithPrevious", Behavior::merged_with_previous},
      {"MergedWithNext", Behavior::merged_with_next},
      {"Contiguous", Behavior::contiguous},
  }};
  for (const auto& [name, behavior] : kNames)
    if (node.text() == name) return behavior;
  node.must_be("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
}

PreTokenizer read_metaspace(const Node& node) {
  enum class Prepend { always, first, never };
  const char32_t mark = node.at("replacement").character();
  std::string spelled;
  append_utf8(spelled, mark);
  Prepend prepend = Prepend::always;
  if (node.has("prepend_scheme")) {
    const Node scheme = node.at("prepend_scheme");
    const std::string& name = scheme.text();
    if (name != "always" && name != "first" && name != "never") scheme.must_be("always, first or never");
    prepend = name == "always" ? Prepend::always : name == "first" ? Prepend::first : Prepend::never;
  }
  if (!node.boolean("add_prefix_space", true)) {  // files before version 0.15 of the library
    if (node.has("prepend_scheme") && prepend != Prepend::never)
      node.refuse("has add_prefix_space false but another prepend_scheme than never.");
    prepend = Prepend::never;
  }
  const bool cuts = node.boolean("split", true);
  return [=](std::vector<Stretch>& stretches) {
    cut_each(stretches, [&](NormalizedString& s) {
      s.replace(matches_of(s.text(), " "), spelled);
      const bool wanted = prepend == Prepend::always || (prepend == Prepend::first && s.begin() == 0);
      if (wanted && !s.text().starts_with(spelled)) s.prepend(spelled);
      if (!cuts) return std::vector<NormalizedString>{std::move(s)};
      return s.split(matches_of(s.text(), spelled), Behavior::merged_with_next);
    });
  };
}

PreTokenizer read_split(const Node& node) {
  const auto pattern = read_pattern(node.at("pattern"));
  const Behavior behavior = read_behavior(node.at("behavior"));
  const bool invert = node.boolean("invert", false);
  return [=](std::vector<Stretch>& stretches) {
    cut_each(stretches, [&](NormalizedString& s) {
      std::vector<Match> matches = pattern(s.text());
      if (invert)
        for (Match& match : matches) match.is_match = !match.is_match;
      return s.split(std::move(matches), behavior);
    });
  };
}

PreTokenizer read_fixed_length(const Node& node) {
  const int length = node.has("length") ? node.at("length").integer(1, std::numeric_limits<int>::max()) : 5;
  return [length](std::vector<Stretch>& stretches) {
    cut_each(stretches, [&](NormalizedString& s) {
      std::vector<Match> matches;
      int count = 0;
      for (std::size_t at = 0; at < s.text().size(); at += utf8_length(s.text()[at]), ++count) {
        if (count % length == 0) matches.push_back({at, at, true});
        matches.back().end = at + utf8_length(s.text()[at]);
      }
      return s.split(std::move(matches), Behavior::isolated);
    });
  };
}

PreTokenizer read_sequence(const Node& list) {
  std::vector<PreTokenizer> steps;
  for (std::size_t i = 0; i < list.list_size(); ++i)
    if (PreTokenizer step = read_pre_tokenizer(list.element(i))) steps.push_back(std::move(step));
  return [steps](std::vector<Stretch>& stretches) {
    for (const PreTokenizer& step : steps) step(stretches);
  };
}

}  // namespace

PreTokenizer bert_pre_tokenizer() {
  return [](std::vector<Stretch>& stretches) {
    cut_each(stretches, [](NormalizedString& s) {
      return s.split(matches_where(s.text(), is_whitespace), Behavior::removed);
    });
    cut_each(stretches, [](NormalizedString& s) {
      return s.split(matches_where(s.text(), is_punctuation), Behavior::isolated);
    });
  };
}

PreTokenizer isolating_pre_tokenizer(const std::string& pattern) {
  const auto regex = std::make_shared<const Regex>(pattern, "pre_tokenizer");
  return [regex](std::vector<Stretch>& stretches) {
    cut_each(stretches,
             [&](NormalizedString& s) { return s.split(regex->matches(s.text()), Behavior::isolated); });
  };
}

PreTokenizer byte_level_pre_tokenizer(bool add_prefix_space, bool use_regex) {
  const auto regex = std::make_shared<const Regex>(kGpt2, "pre_tokenizer");
  return [=](std::vector<Stretch>& stretches) {
    cut_each(stretches, [&](NormalizedString& s) {
      if (add_prefix_space && !s.text().starts_with(' ')) s.prepend(" ");
      if (!use_regex) return std::vector<NormalizedString>{std::move(s)};
      return s.split(regex->matches(s.text()), Behavior::isolated);
    });
    for (Stretch& stretch : stretches)
      if (!stretch.added) stretch.text.to_byte_characters();
  };
}

PreTokenizer read_pre_tokenizer(const Node& node) {
  if (node.is_null()) return {};
  const std::string& type = node.at("type").text();
  if (type == "Sequence") return read_sequence(node.at("pretokenizers"));
  if (type == "ByteLevel")
    return byte_level_pre_tokenizer(node.boolean("add_prefix_space", true), node.boolean("use_regex", true));
  if (type == "Whitespace") {
    return [](std::vector<Stretch>& stretches) { cut_each(stretches, words); };
  }
  if (type == "WhitespaceSplit") return at_characters(is_whitespace, Behavior::removed);
  if (type == "BertPreTokenizer") return bert_pre_tokenizer();
  if (type == "Metaspace") return read_metaspace(node);
  if (type == "Split") return read_split(node);
  if (type == "Punctuation") {
    return at_characters(is_punctuation,
                         node.has("behavior") ? read_behavior(node.at("behavior")) : Behavior::isolated);
  }
  if (type == "Digits")
    return at_characters(
        is_numeric, node.boolean("individual_digits", false) ? Behavior::isolated : Behavior::contiguous);
  if (type == "CharDelimiterSplit") {
    const char32_t delimiter = node.at("delimiter").character();
    return at_characters([delimiter](char32_t c) { return c == delimiter; }, Behavior::removed);
  }
  if (type == "FixedLength") return read_fixed_length(node);
  node.refuse_type("pre-tokenizer", type);
}

}  // namespace qkv::text
