#include "core/text/regex.h"

#include <oniguruma.h>

#include <array>
#include <mutex>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::text {
namespace {

// One match of a published pattern takes a handful of steps for each character; these allow a line of
// megabytes.
constexpr unsigned long kStepsOfOneMatch = 10'000'000, kStepsOfOneSearch = 40'000'000;
constexpr std::size_t kLongestPattern = 1 << 16;

const OnigUChar* bytes(std::string_view text) { return reinterpret_cast<const OnigUChar*>(text.data()); }

struct FreeRegion {
  void operator()(OnigRegion* region) const { onig_region_free(region, 1); }
};
struct FreeParameters {
  void operator()(OnigMatchParam* parameters) const { onig_free_match_param(parameters); }
};

}  // namespace

struct Regex::Compiled {
  regex_t* expression = nullptr;
  std::string pattern, where;
  Compiled(std::string pattern_, std::string where_)
      : pattern(std::move(pattern_)), where(std::move(where_)) {}
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (expression) onig_free(expression);
  }
};

Regex::Regex(const std::string& pattern, std::string where) {
  static std::once_flag once;
  std::call_once(once, [] {
    std::array<OnigEncoding, 1> encodings = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings.data(), static_cast<int>(encodings.size()));
    onig_set_warn_func(onig_null_warn);
    onig_set_verb_warn_func(onig_null_warn);
  });
  if (pattern.size() > kLongestPattern)
    throw Error(where + " has a regular expression of " + std::to_string(pattern.size()) + " bytes; " +
                std::to_string(kLongestPattern) + " is the most.");
  auto compiled = std::make_unique<Compiled>(pattern, std::move(where));
  OnigErrorInfo info{};
  const int status = onig_new(&compiled->expression, bytes(pattern), bytes(pattern) + pattern.size(),
                              ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_ONIGURUMA, &info);
  if (status != ONIG_NORMAL) {
    compiled->expression = nullptr;
    std::array<OnigUChar, ONIG_MAX_ERROR_MESSAGE_LEN> why{};
    const int length = onig_error_code_to_str(why.data(), status, &info);
    throw Error(compiled->where + " has a regular expression, " + files::in_quotes(pattern) +
                ", that is not well-formed: " + std::string(why.begin(), why.begin() + std::max(length, 0)) +
                ".");
  }
  compiled_ = std::move(compiled);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::vector<Match> Regex::matches(std::string_view text) const {
  std::vector<Match> matches;
  if (text.empty()) return matches;
  const std::unique_ptr<OnigRegion, FreeRegion> region(onig_region_new());
  const std::unique_ptr<OnigMatchParam, FreeParameters> parameters(onig_new_match_param());
  if (!region || !parameters) throw std::bad_alloc();
  onig_initialize_match_param(parameters.get());
  onig_set_retry_limit_in_match_of_match_param(parameters.get(), kStepsOfOneMatch);
  onig_set_retry_limit_in_search_of_match_param(parameters.get(), kStepsOfOneSearch);
  const OnigUChar* const begin = bytes(text);
  const OnigUChar* const end = begin + text.size();
  std::size_t between = 0, from = 0;
  bool found_any = false;
  while (from <= text.size()) {
    const int found = onig_search_with_param(compiled_->expression, begin, end, begin + from, end,
                                             region.get(), ONIG_OPTION_NONE, parameters.get());
    if (found == ONIG_MISMATCH) break;
    if (found < 0)
      throw Error(compiled_->where + " has a regular expression, " + files::in_quotes(compiled_->pattern) +
                  ", that gave up on this text after " + std::to_string(kStepsOfOneMatch) +
                  " steps and more; shorten the text or simplify the expression.");
    const auto first = static_cast<std::size_t>(region->beg[0]),
               last = static_cast<std::size_t>(region->end[0]);
    if (first == last && found_any && last == between) {  // an empty match right after another is none
      from += from < text.size() ? utf8_length(text[from]) : 1;
      continue;
    }
    if (between < first) matches.push_back({between, first, false});
    matches.push_back({first, last, true});
    between = from = last;
    found_any = true;
  }
  if (between < text.size()) matches.push_back({between, text.size(), false});
  return matches;
}

std::vector<Match> matches_of(std::string_view text, std::string_view literal) {
  std::vector<Match> matches;
  std::size_t between = 0;
  for (std::size_t at = text.find(literal); at != text.npos; at = text.find(literal, between)) {
    if (between < at) matches.push_back({between, at, false});
    matches.push_back({at, at + literal.size(), true});
    between = at + literal.size();
  }
  if (between < text.size()) matches.push_back({between, text.size(), false});
  return matches;
}

}  // namespace qkv::text
