#include "core/text/normalized_string.h"

#include <algorithm>

#include "core/error.h"
#include "core/text/byte_level.h"

namespace qkv::text {
namespace {

// Unicode's longest decomposition is of 11 times as many bytes, and byte characters and "▁" make 3 of one.
constexpr std::size_t kMostGrowth = 64, kSmall = 1 << 12;

/// The stretches that `matches` make when delimiters join what is before or after them, or each other.
std::vector<Match> joined(std::vector<Match> matches, Behavior behavior) {
  if (behavior == Behavior::removed || behavior == Behavior::isolated) return matches;
  const bool backwards = behavior == Behavior::merged_with_next;
  if (backwards) std::ranges::reverse(matches);
  std::vector<Match> out;
  bool previous = false;
  for (const Match& match : matches) {
    const bool joins =
        behavior == Behavior::contiguous ? match.is_match == previous : match.is_match && !previous;
    if (joins && !out.empty()) {
      (backwards ? out.back().begin : out.back().end) = backwards ? match.begin : match.end;
    } else {
      out.push_back(match);
    }
    previous = match.is_match;
  }
  if (backwards) std::ranges::reverse(out);
  return out;
}

}  // namespace

NormalizedString::NormalizedString(std::string_view original)
    : text_(original), most_(kSmall + kMostGrowth * original.size()) {
  spans_.reserve(original.size());
  for (std::size_t at = 0; at < original.size();) {
    const std::size_t next = at + utf8_length(original[at]);
    const Span span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(next)};
    for (; at < next; ++at) spans_.push_back(span);
  }
}

void NormalizedString::check_growth(std::size_t size) const {
  if (size > most_)
    throw Error("The tokenizer's normalizer makes more than " + std::to_string(most_) +
                " bytes of this text; its rules let it grow without end, so shorten the text.");
}

Span NormalizedString::original(std::size_t begin, std::size_t end) const {
  const auto narrow = [](std::size_t n) { return static_cast<std::uint32_t>(n); };
  if (begin == end) return {begin_ + narrow(begin), begin_ + narrow(end)};
  if (begin > end || end > spans_.size()) return {narrow(begin), narrow(end)};
  return {spans_[begin].begin, spans_[end - 1].end};
}

NormalizedString NormalizedString::slice(std::size_t begin, std::size_t end) const {
  NormalizedString part;
  part.text_ = text_.substr(begin, end - begin);
  part.most_ = most_;
  part.spans_.assign(spans_.begin() + static_cast<std::ptrdiff_t>(begin),
                     spans_.begin() + static_cast<std::ptrdiff_t>(end));
  part.begin_ = part.spans_.empty() ? begin_ : part.spans_.front().begin;
  return part;
}

std::vector<NormalizedString> NormalizedString::split(std::vector<Match> matches, Behavior behavior) const {
  std::vector<NormalizedString> parts;
  for (const Match& match : joined(std::move(matches), behavior)) {
    const bool goes = behavior == Behavior::removed && match.is_match;
    if (!goes && match.begin < match.end) parts.push_back(slice(match.begin, match.end));
  }
  return parts;
}

void NormalizedString::transform(const std::vector<Change>& changes, std::size_t removed) {
  std::string text;
  std::vector<Span> spans;
  text.reserve(text_.size());
  spans.reserve(spans_.size());
  check_growth(changes.size());
  std::size_t at = 0;
  const auto skip = [&] { at = at < text_.size() ? at + utf8_length(text_[at]) : at; };
  for (; removed > 0; --removed) skip();
  for (const Change& change : changes) {
    Span span{begin_, begin_};
    if (change.change > 0) {
      if (at > 0) span = spans_[at - 1];
    } else {
      if (!spans_.empty()) span = spans_[std::min(at, spans_.size() - 1)];
      for (int i = change.change; i <= 0; ++i) skip();
    }
    append_utf8(text, change.c);
    spans.resize(text.size(), span);
  }
  text_ = std::move(text);
  spans_ = std::move(spans);
}

void NormalizedString::prepend(std::string_view before) {
  if (text_.empty()) return;
  check_growth(text_.size() + before.size());
  text_.insert(0, before);
  spans_.insert(spans_.begin(), before.size(), spans_.front());
}

void NormalizedString::replace(const std::vector<Match>& matches, std::string_view content) {
  std::string text;
  std::vector<Span> spans;
  text.reserve(text_.size());
  spans.reserve(spans_.size());
  for (const Match& match : matches) {
    if (match.is_match) {
      check_growth(text.size() + content.size());
      text += content;
      spans.resize(text.size(), match.end > 0 ? spans_[match.end - 1] : Span{begin_, begin_});
    } else {
      text.append(text_, match.begin, match.end - match.begin);
      spans.insert(spans.end(), spans_.begin() + static_cast<std::ptrdiff_t>(match.begin),
                   spans_.begin() + static_cast<std::ptrdiff_t>(match.end));
    }
  }
  text_ = std::move(text);
  spans_ = std::move(spans);
}

void NormalizedString::strip(bool left, bool right) {
  std::size_t begin = 0, end = text_.size();
  while (left && begin < end && is_whitespace(character_at(text_, begin))) begin += utf8_length(text_[begin]);
  while (right && end > begin) {
    std::size_t last = end - 1;
    while (continues_character(text_[last])) --last;
    if (!is_whitespace(character_at(text_, last))) break;
    end = last;
  }
  text_ = text_.substr(begin, end - begin);
  spans_.erase(spans_.begin() + static_cast<std::ptrdiff_t>(end), spans_.end());
  spans_.erase(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(begin));
}

void NormalizedString::to_byte_characters() {
  check_growth(text_.size());
  std::string text;
  std::vector<Span> spans;
  text.reserve(text_.size() + text_.size() / 4);
  spans.reserve(text_.size() + text_.size() / 4);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    append_utf8(text, byte_character(static_cast<unsigned char>(text_[i])));
    spans.resize(text.size(), spans_[i]);
  }
  text_ = std::move(text);
  spans_ = std::move(spans);
}

}  // namespace qkv::text
