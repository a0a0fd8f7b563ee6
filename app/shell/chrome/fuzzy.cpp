#include "app/shell/chrome/fuzzy.h"

#include <utf8proc.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace qkv::shell {
namespace {

constexpr int kLetter = 1, kInMenu = 1, kInTitle = 2, kWordStart = 6, kRun = 8;
constexpr std::size_t kMaxQuery = 64, kMaxText = 512;  // letters looked at
constexpr int kNone = std::numeric_limits<int>::min() / 2;

struct Letter {
  utf8proc_int32_t code = 0;
  int worth = 0;
};

bool is_word(utf8proc_int32_t code) {
  const utf8proc_category_t c = utf8proc_category(code);
  return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_ME) ||
         (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

void append_letters(std::string_view text, int worth, std::vector<Letter>& letters) {
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                           UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  std::vector<utf8proc_int32_t> codes(text.size() * 4 + 8);
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const auto capacity = static_cast<utf8proc_ssize_t>(codes.size());
  const auto count = utf8proc_decompose(bytes, size, codes.data(), capacity, kOptions);
  codes.resize(count < 0 ? 0 : static_cast<std::size_t>(std::min(count, capacity)));  // broken UTF-8 has none
  bool in_word = false;
  for (const utf8proc_int32_t code : codes) {
    const bool word = is_word(code), start = word && !in_word;
    in_word = word;
    if (utf8proc_category(code) == UTF8PROC_CATEGORY_ZS) continue;
    if (letters.size() < kMaxText) letters.push_back({code, kLetter + worth + (start ? kWordStart : 0)});
  }
}

}  // namespace

std::optional<int> fuzzy_score(std::string_view query, std::string_view menu, std::string_view title,
                               std::string_view hint) {
  std::vector<Letter> wanted, text;
  append_letters(query, 0, wanted);
  append_letters(menu, kInMenu, text);
  append_letters(title, kInTitle, text);
  append_letters(hint, 0, text);
  if (wanted.size() > kMaxQuery || wanted.size() > text.size()) return std::nullopt;
  if (wanted.empty()) return 0;

  // best[j]: the letters so far, the last of them found at text[j].
  std::vector<int> best(text.size(), kNone), before;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    before.swap(best);
    best.assign(text.size(), kNone);
    int anywhere = i == 0 ? 0 : kNone;  // the best of before[0 … j−1]
    for (std::size_t j = 0; j < text.size(); ++j) {
      if (i > 0 && j > 0) anywhere = std::max(anywhere, before[j - 1]);
      if (text[j].code != wanted[i].code || anywhere == kNone) continue;
      const int run = i > 0 && j > 0 && before[j - 1] != kNone ? before[j - 1] + kRun : kNone;
      best[j] = text[j].worth + std::max(anywhere, run);
    }
  }
  const int score = *std::max_element(best.begin(), best.end());
  return score < 0 ? std::nullopt : std::optional(score);
}

}  // namespace qkv::shell
