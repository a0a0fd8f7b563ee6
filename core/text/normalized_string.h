#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/text/unicode.h"

namespace qkv::text {

/// Bytes of the original text.
struct Span {
  std::uint32_t begin = 0, end = 0;
};

/// A stretch of a text, and whether a pattern was found there. A list of them covers the text.
struct Match {
  std::size_t begin = 0, end = 0;
  bool is_match = false;
};

/// What becomes of a delimiter when a text is split at it.
enum class Behavior { removed, isolated, merged_with_previous, merged_with_next, contiguous };

/// A text that normalizers change, which remembers for every byte where in the original it came from.
class NormalizedString {
 public:
  explicit NormalizedString(std::string_view original);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  /// Throws Error when a text of this many bytes is out of all proportion to the original: rules of a hostile
  /// file can make it grow without end.
  void check_growth(std::size_t size) const;
  /// Where this stretch begins in the original.
  std::uint32_t begin() const { return begin_; }
  /// The original of bytes [begin, end) of the text; bytes past its end give the bytes as they are.
  Span original(std::size_t begin, std::size_t end) const;

  NormalizedString slice(std::size_t begin, std::size_t end) const;
  std::vector<NormalizedString> split(std::vector<Match> matches, Behavior behavior) const;

  /// The whole text becomes `changes`, after `removed` characters at its beginning went.
  void transform(const std::vector<Change>& changes, std::size_t removed = 0);
  /// Characters for which keep(c) is false go.
  template <class Keep>
  void filter(Keep keep) {
    std::vector<Change> kept;
    std::size_t removed = 0;
    for (std::size_t at = 0; at < text_.size(); at += utf8_length(text_[at])) {
      const char32_t c = character_at(text_, at);
      if (keep(c)) {
        kept.push_back({c, 0});
      } else if (kept.empty()) {
        ++removed;
      } else {
        --kept.back().change;
      }
    }
    transform(kept, removed);
  }
  /// Each character c becomes map(c).
  template <class Map>
  void map(Map map) {
    std::vector<Change> changes;
    for (std::size_t at = 0; at < text_.size(); at += utf8_length(text_[at]))
      changes.push_back({map(character_at(text_, at)), 0});
    transform(changes);
  }
  void prepend(std::string_view before);
  void replace(const std::vector<Match>& matches, std::string_view content);
  void strip(bool left, bool right);
  /// Every byte becomes the character that byte-level vocabularies write for it.
  void to_byte_characters();

 private:
  NormalizedString() = default;

  std::string text_;
  std::vector<Span> spans_;  ///< one for each byte of text_
  std::uint32_t begin_ = 0;
  std::size_t most_ = 0;  ///< bytes that text_ may come to have
};

}  // namespace qkv::text
