#include "core/text/added_tokens.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::text {
namespace {

constexpr std::size_t kLongest = 1024;  // bytes of an added token

bool ends_with_word(std::string_view text) {
  if (text.empty()) return false;
  std::size_t last = text.size() - 1;
  while (last > 0 && continues_character(text[last])) --last;
  return is_word(character_at(text, last));
}

/// Where the whitespace that the text ends with begins.
std::size_t trailing_space(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t last = end - 1;
    while (last > 0 && continues_character(text[last])) --last;
    if (!is_whitespace(character_at(text, last))) break;
    end = last;
  }
  return end;
}

/// Where the whitespace from `at` on ends.
std::size_t leading_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_whitespace(character_at(text, at))) at += utf8_length(text[at]);
  return at;
}

}  // namespace

std::vector<AddedToken> AddedTokens::read(const Node& list) {
  std::vector<AddedToken> tokens;
  std::map<int, std::string> declared;
  for (std::size_t i = 0; i < list.list_size(); ++i) {
    const Node node = list.element(i);
    AddedToken token;
    token.content = node.at("content").text();
    token.special = node.boolean("special", false);
    token.normalized = node.boolean("normalized", !token.special);
    token.single_word = node.boolean("single_word", false);
    token.lstrip = node.boolean("lstrip", false);
    token.rstrip = node.boolean("rstrip", false);
    const int id = node.at("id").integer(0, kLargestId);
    const auto [known, is_new] = declared.emplace(id, token.content);
    if (!is_new && known->second != token.content)
      list.refuse("gives the id " + std::to_string(id) + " to " + files::in_quotes(known->second) +
                  " and to " + files::in_quotes(token.content) + "; each token needs its own.");
    tokens.push_back(std::move(token));
  }
  return tokens;
}

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, const Vocabulary& model,
                         const Normalizer& normalizer, const std::string& where) {
  std::unordered_map<std::string, int> ids;
  int largest = -1;
  for (const AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    int id = 0;
    if (const auto known = ids.find(token.content); known != ids.end()) {
      id = known->second;
    } else if (const auto own = model.id_of(token.content)) {
      id = *own;
    } else {
      id = std::max(largest + 1, model.count());
    }
    largest = std::max(largest, id);
    ids.insert_or_assign(token.content, id);
    by_id_.insert_or_assign(id, token);
  }
  std::vector<std::pair<std::string, int>> exact, normalized;
  const auto check_length = [&](const std::string& content) {
    if (content.size() > kLongest)
      throw Error(where + ": the added token " + files::in_quotes(content) + " has " +
                  std::to_string(content.size()) + " bytes; " + std::to_string(kLongest) + " is the most.");
  };
  for (const bool special : {true, false}) {
    for (const AddedToken& token : tokens) {
      if (token.content.empty() || token.special != special) continue;
      check_length(token.content);
      const int id = ids.at(token.content);
      if (!token.normalized) {
        exact.emplace_back(token.content, id);
        continue;
      }
      NormalizedString content(token.content);
      if (normalizer) normalizer(content);
      check_length(content.text());
      if (content.empty())
        throw Error(where + ": nothing is left of the added token " + files::in_quotes(token.content) +
                    " once it is normalized, so it would be found everywhere.");
      normalized.emplace_back(content.text(), id);
    }
  }
  exact_ = ByteTrie(std::move(exact));
  normalized_ = ByteTrie(std::move(normalized));
}

bool AddedTokens::is_special(int id) const {
  const auto found = by_id_.find(id);
  return found != by_id_.end() && found->second.special;
}

void AddedTokens::find(std::vector<Stretch>& out, const NormalizedString& s, const ByteTrie& trie) const {
  const std::string_view text = s.text();
  std::size_t between = 0;
  const auto add = [&](std::size_t begin, std::size_t end, std::optional<int> id) {
    if (begin < end) out.push_back({s.slice(begin, end), id});
  };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    int id = 0;
    trie.prefixes(text, at, [&](std::size_t size, int value) {
      length = size;
      id = value;
    });
    if (length == 0) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = at + length;
    at = end;  // what is found next begins after it, even when it turns out to be part of a word
    const AddedToken& token = by_id_.at(id);
    if (token.single_word &&
        (ends_with_word(text.substr(0, begin)) || (end < text.size() && is_word(character_at(text, end)))))
      continue;
    if (token.lstrip) begin = std::max(trailing_space(text.substr(0, begin)), between);
    if (token.rstrip) end = leading_space(text, end);
    add(between, begin, {});
    add(begin, end, id);
    between = end;
  }
  add(between, text.size(), {});
}

std::vector<Stretch> AddedTokens::extract(std::string_view text, const Normalizer& normalizer) const {
  std::vector<Stretch> exact, out;
  find(exact, NormalizedString(text), exact_);
  for (Stretch& stretch : exact) {
    if (stretch.added) {
      out.push_back(std::move(stretch));
      continue;
    }
    if (normalizer) normalizer(stretch.text);
    find(out, stretch.text, normalized_);
  }
  return out;
}

}  // namespace qkv::text
