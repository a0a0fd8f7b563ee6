#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/text/unicode.h"

// NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15), keeping count of the characters that each new one
// replaces.
namespace qkv::text {
namespace {

int combining_class(char32_t c) {
  return c < 0x300 ? 0 : utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class;
}

/// The one character that stands for these two, if there is one.
std::optional<char32_t> compose(char32_t first, char32_t second) {
  if (second < 0x300) return {};  // no smaller character composes with the one before it
  std::array<utf8proc_int32_t, 2> pair = {static_cast<utf8proc_int32_t>(first),
                                          static_cast<utf8proc_int32_t>(second)};
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  if (utf8proc_normalize_utf32(pair.data(), 2, kOptions) != 1) return {};
  return static_cast<char32_t>(pair[0]);
}

std::vector<Change> decomposed(std::string_view text, bool compatible) {
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatible ? UTF8PROC_COMPAT : 0));
  std::vector<Change> out;
  out.reserve(text.size());
  std::array<utf8proc_int32_t, 32> parts{};  // the longest decomposition is of 18
  std::size_t marks = 0;                     // where the run of combining marks at the end begins
  const auto sort_marks = [&] {
    std::stable_sort(
        out.begin() + static_cast<std::ptrdiff_t>(marks), out.end(),
        [](const Change& a, const Change& b) { return combining_class(a.c) < combining_class(b.c); });
  };
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) {
    const char32_t c = character_at(text, at);
    std::size_t count = 1;
    parts[0] = static_cast<utf8proc_int32_t>(c);
    if (c >= 0x80) {
      int boundary = 0;
      const auto length =
          utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(),
                                  static_cast<utf8proc_ssize_t>(parts.size()), options, &boundary);
      if (length > 0 && static_cast<std::size_t>(length) <= parts.size())
        count = static_cast<std::size_t>(length);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const auto part = static_cast<char32_t>(parts[i]);
      if (combining_class(part) == 0) {
        sort_marks();
        marks = out.size() + 1;
      }
      out.push_back({part, i == 0 ? 0 : 1});
    }
  }
  sort_marks();
  return out;
}

std::vector<Change> composed(const std::vector<Change>& parts) {
  std::vector<Change> out;
  out.reserve(parts.size());
  std::ptrdiff_t starter = -1;  // in `out`
  int last_class = -1;          // of the mark before, when it did not compose with the starter
  for (const Change& part : parts) {
    const int part_class = combining_class(part.c);
    if (starter >= 0 && (last_class < 0 || (part_class > last_class))) {
      Change& first = out[static_cast<std::size_t>(starter)];
      if (const auto one = compose(first.c, part.c)) {
        first = {*one, first.change + part.change - 1};
        continue;
      }
    }
    if (part_class == 0) {
      starter = std::ssize(out);
      last_class = -1;
    } else if (starter >= 0) {
      last_class = part_class;
    }
    out.push_back(part);
  }
  return out;
}

}  // namespace

std::vector<Change> normal_form(std::string_view text, NormalForm form) {
  const bool compatible = form == NormalForm::nfkc || form == NormalForm::nfkd;
  std::vector<Change> parts = decomposed(text, compatible);
  return form == NormalForm::nfc || form == NormalForm::nfkc ? composed(parts) : parts;
}

}  // namespace qkv::text
