#include "app/figures/prose_pages.h"

#include <algorithm>
#include <utility>

namespace qkv::figures {
namespace {

using prose::Block;
using prose::Span;

constexpr std::size_t kLongWord = 64;  // bytes; a longer one may be broken

bool is_value(const Span& span) { return span.kind == Span::Kind::formula || span.kind == Span::Kind::value; }

/// Where the first word of a text ends, with the blank behind it.
std::size_t word_end(const std::string& text, std::size_t from) {
  const std::size_t blank = text.find_first_of(" \n", from);
  std::size_t end = blank == text.npos ? text.size() : blank + 1;
  if (end - from > kLongWord) {
    end = from + kLongWord;
    while (end > from + 1 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not within a character
  }
  return end;
}

/// Words and formulas, each of them a span.
std::vector<Span> words_of(const std::vector<Span>& spans) {
  std::vector<Span> words;
  for (const Span& span : spans) {
    if (is_value(span)) {
      words.push_back(span);
      continue;
    }
    for (std::size_t at = 0; at < span.text.size();) {
      const std::size_t end = word_end(span.text, at);
      words.push_back({span.kind, span.text.substr(at, end - at)});
      at = end;
    }
  }
  return words;
}

/// Neighbours of one kind are one span again.
std::vector<Span> joined(std::vector<Span>::const_iterator from, std::vector<Span>::const_iterator to) {
  std::vector<Span> spans;
  for (; from != to; ++from) {
    if (!spans.empty() && !is_value(*from) && spans.back().kind == from->kind) spans.back().text += from->text;
    else spans.push_back(*from);
  }
  return spans;
}

/// A block that can be cut into as many pieces.
class Cuttable {
 public:
  explicit Cuttable(const Block& block) : block_(block) {
    if (block.kind == Block::Kind::code) {
      for (std::size_t at = 0; at < block.code.size(); at = std::min(block.code.find('\n', at), block.code.size() - 1) + 1) ends_.push_back(at);
    } else if (block.kind != Block::Kind::formula && block.kind != Block::Kind::table) {
      words_ = words_of(block.spans);
    }
  }

  std::size_t pieces() const {
    if (block_.kind == Block::Kind::formula) return 1;
    if (block_.kind == Block::Kind::table) return std::max<std::size_t>(block_.rows.size(), 2) - 1;  // the heading is none
    if (block_.kind == Block::Kind::code) return ends_.size();
    return words_.size();
  }

  /// The first `count` pieces.
  Block first(std::size_t count) const {
    if (count >= pieces()) return block_;
    Block first = like();
    if (block_.kind == Block::Kind::table) first.rows.assign(block_.rows.begin(), block_.rows.begin() + 1 + static_cast<std::ptrdiff_t>(count));
    else if (block_.kind == Block::Kind::code) first.code = block_.code.substr(0, ends_[count]);
    else first.spans = joined(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(count));
    return first;
  }

  /// The others.
  Block rest(std::size_t count) const {
    Block rest = like();
    if (block_.kind == Block::Kind::table) {
      rest.rows = block_.rows;
      rest.rows.erase(rest.rows.begin() + 1, rest.rows.begin() + 1 + static_cast<std::ptrdiff_t>(count));
    } else if (block_.kind == Block::Kind::code) {
      rest.code = block_.code.substr(ends_[count]);
    } else {
      rest.spans = joined(words_.begin() + static_cast<std::ptrdiff_t>(count), words_.end());
      if (block_.kind == Block::Kind::item) {  // it goes on, without a mark
        rest.kind = Block::Kind::paragraph;
        rest.level = block_.level + 1;
      }
    }
    return rest;
  }

 private:
  /// The block without what it says.
  Block like() const {
    Block b;
    b.kind = block_.kind;
    b.level = block_.level;
    b.number = block_.number;
    b.info = block_.info;
    b.line = block_.line;
    return b;
  }

  const Block& block_;
  std::vector<Span> words_;
  std::vector<std::size_t> ends_;  ///< where each line of code begins
};

}  // namespace

std::vector<prose::Text> prose_pages(drawing::Painter& p, float width, const prose::Text& text, const ProseStyle& style, float height) {
  std::vector<prose::Text> pages;
  prose::Text page;
  const auto fits = [&](Block block) {
    page.push_back(std::move(block));
    const bool inside = prose_height(p, width, page, style) <= height;
    page.pop_back();
    return inside;
  };
  const auto turn = [&] { pages.push_back(std::exchange(page, {})); };
  // The most pieces that fit. From few to many: what does not fit by far is never measured.
  const auto most = [&](const Cuttable& block) {
    const std::size_t all = block.pieces();
    std::size_t low = 0, high = std::min<std::size_t>(all, 32);
    while (fits(block.first(high))) {
      if (high == all) return all;
      low = high;
      high = std::min(all, 2 * high);
    }
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      (fits(block.first(middle)) ? low : high) = middle;
    }
    return low;
  };
  for (const Block& block : text) {
    for (Block rest = block;;) {
      const Cuttable cuttable(rest);
      const std::size_t count = most(cuttable), all = cuttable.pieces();
      if (count < all && !page.empty() && (count == 0 || rest.kind == Block::Kind::heading)) {
        turn();
        continue;
      }
      if (count == all || all < 2) {  // all of it, or what is higher than a page: it has its own
        page.push_back(std::move(rest));
        break;
      }
      const std::size_t here = std::max<std::size_t>(count, 1);
      page.push_back(cuttable.first(here));
      Block others = cuttable.rest(here);
      turn();
      rest = std::move(others);
    }
  }
  if (!page.empty() || pages.empty()) turn();
  return pages;
}

}  // namespace qkv::figures
