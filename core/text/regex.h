#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/normalized_string.h"

namespace qkv::text {

/// A regular expression of Oniguruma's own syntax on UTF-8, as the tokenizers library takes them.
class Regex {
 public:
  /// `where` begins every sentence of an Error: the file and the component. Throws Error when it is not
  /// well-formed.
  Regex(const std::string& pattern, std::string where);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// Every match from left to right and what lies between. Throws Error when the search backtracks without
  /// end.
  std::vector<Match> matches(std::string_view text) const;

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

/// Every occurrence of `literal`, which is not empty, and what lies between.
std::vector<Match> matches_of(std::string_view text, std::string_view literal);

/// Every character for which is(c), and what lies between.
template <class Is>
std::vector<Match> matches_where(std::string_view text, Is is) {
  std::vector<Match> matches;
  std::size_t between = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = at + utf8_length(text[at]);
    if (is(character_at(text, at))) {
      if (between < at) matches.push_back({between, at, false});
      matches.push_back({at, next, true});
      between = next;
    }
    at = next;
  }
  if (between < text.size()) matches.push_back({between, text.size(), false});
  return matches;
}

}  // namespace qkv::text
