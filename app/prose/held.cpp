#include "app/prose/held.h"

#include <utf8proc.h>

#include <algorithm>

#include "app/prose/formula.h"
#include "core/error.h"

namespace qkv::prose {
namespace {

// The private characters U+F0000 … U+FFFFF; those of the source itself become U+FFFD.
constexpr std::size_t kMostHeld = 0xfff0;

bool is_private(std::string_view text, std::size_t i) {
  return i + kHeldBytes <= text.size() && text[i] == '\xf3' &&
         static_cast<unsigned char>(text[i + 1]) >= 0xb0;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Holder {
 public:
  Holder(std::string_view text, const std::string& file, int first_line)
      : text_(text), file_(file), line_(first_line) {
    out_.line_begins.push_back(0);
    out_.line_numbers.push_back(line_);
  }

  HeldText hold() {
    check_encoding();
    while (at_ < text_.size()) {
      if (at_ == line_begin_ && copy_fence()) continue;
      switch (text_[at_]) {
        case '\\':
          copy(std::min<std::size_t>(2, text_.size() - at_));
          break;
        case '`':
          copy_code();
          break;
        case '{':
          take_value();
          break;
        case '$':
          take_formula();
          break;
        default:
          copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error(file_ + ":" + std::to_string(line_) + ": " + why);
  }

  void check_encoding() {
    for (std::size_t i = 0; i < text_.size();) {
      utf8proc_int32_t code = 0;
      const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text_.data()) + i,
                                      static_cast<utf8proc_ssize_t>(text_.size() - i), &code);
      if (code == '\n') ++line_;
      if (n <= 0) fail("This line is not UTF-8; save the file as UTF-8.");
      i += static_cast<std::size_t>(n);
    }
    line_ = out_.line_numbers.front();
  }

  void skip(std::size_t n) {
    for (const std::size_t end = std::min(at_ + n, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') continue;
      ++line_;
      line_begin_ = at_ + 1;
    }
  }

  void copy(std::size_t n) {
    for (const std::size_t end = std::min(at_ + n, text_.size()); at_ < end;) {
      if (is_private(text_, at_)) {
        out_.markdown += "\xef\xbf\xbd";
        at_ += kHeldBytes;
        continue;
      }
      out_.markdown += text_[at_];
      const bool is_newline = text_[at_] == '\n';
      skip(1);
      if (is_newline) {
        out_.line_begins.push_back(out_.markdown.size());
        out_.line_numbers.push_back(line_);
      }
    }
  }

  std::string_view line_at(std::size_t begin) const {
    const std::size_t end = text_.find('\n', begin);
    return text_.substr(begin, (end == text_.npos ? text_.size() : end + 1) - begin);
  }

  std::size_t run_at(std::size_t i) const {
    const std::size_t end = text_.find_first_not_of(text_[i], i);
    return (end == text_.npos ? text_.size() : end) - i;
  }

  /// A line of ``` or ~~~ and everything to the line that closes it.
  bool copy_fence() {
    const auto mark = [&](std::size_t begin) { return text_.find_first_not_of(" \t>", begin); };
    const std::size_t open = mark(at_);
    if (open == text_.npos || (text_[open] != '`' && text_[open] != '~')) return false;
    const char sign = text_[open];
    const std::size_t length = run_at(open);
    const std::string_view first = line_at(at_);
    if (length < 3) return false;
    if (sign == '`' && line_at(open + length).find('`') != std::string_view::npos) return false;
    copy(first.size());
    while (at_ < text_.size()) {
      const std::size_t close = mark(at_);
      const bool closes =
          close != text_.npos && text_[close] == sign && run_at(close) >= length &&
          line_at(close + run_at(close)).find_first_not_of(" \t\r\n") == std::string_view::npos;
      copy(line_at(at_).size());
      if (closes) break;
    }
    return true;
  }

  /// Where the paragraph ends that reaches from here.
  std::size_t paragraph_end() const {
    for (std::size_t i = text_.find('\n', at_); i != text_.npos; i = text_.find('\n', i + 1)) {
      const std::size_t next = text_.find_first_not_of(" \t\r", i + 1);
      if (next == text_.npos || text_[next] == '\n') return i;
    }
    return text_.size();
  }

  void copy_code() {
    const std::size_t length = run_at(at_), end = paragraph_end();
    for (std::size_t i = text_.find('`', at_ + length); i < end; i = text_.find('`', i + run_at(i)))
      if (run_at(i) == length) return copy(i + length - at_);
    copy(length);
  }

  void take_value() {
    if (!text_.substr(at_).starts_with("{{")) return copy(1);
    const std::size_t end = text_.find("}}", at_);
    if (end >= at_ + line_at(at_).size()) fail("This {{ has no }} behind it on its line.");
    std::string_view expression = text_.substr(at_ + 2, end - at_ - 2);
    while (expression.starts_with(' ')) expression.remove_prefix(1);
    while (expression.ends_with(' ')) expression.remove_suffix(1);
    if (expression.empty()) fail("Between {{ and }} there is no expression.");
    take({{Span::Kind::value, std::string(expression)}, false, {}}, end + 2);
  }

  void take_formula() {
    const std::size_t end = paragraph_end();
    const bool is_display = text_.substr(at_).starts_with("$$");
    const std::size_t begin = at_ + (is_display ? 2 : 1);
    for (std::size_t i = begin; i < end; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (is_display ? text_.substr(i, end - i).starts_with("$$") : text_[i] == '$') {
        if (!is_display && (i == begin || is_space(text_[begin]) || is_space(text_[i - 1]) ||
                            (i + 1 < text_.size() && text_[i + 1] >= '0' && text_[i + 1] <= '9')))
          return copy(1);  // dollars, as in $5
        const std::string tex(text_.substr(begin, i - begin));
        check(tex);
        return take({{Span::Kind::formula, tex}, is_display, {}}, i + (is_display ? 2 : 1));
      }
    }
    if (is_display) fail("This $$ has no $$ behind it in its paragraph.");
    copy(1);
  }

  void check(const std::string& tex) const {
    if (tex.find_first_not_of(" \t\r\n") == std::string::npos)
      fail("There is no formula between these dollar signs.");
    try {
      parse_formula(tex);
    } catch (const Error& error) {
      fail(error.what());
    }
  }

  void take(Held held, std::size_t end) {
    const std::size_t index = out_.held.size();
    if (index >= kMostHeld) fail("This text has too many formulas and live values; divide it.");
    held.source = text_.substr(at_, end - at_);
    out_.held.push_back(std::move(held));
    out_.markdown += '\xf3';
    out_.markdown += static_cast<char>(0xb0 + (index >> 12));
    out_.markdown += static_cast<char>(0x80 + (index >> 6 & 63));
    out_.markdown += static_cast<char>(0x80 + (index & 63));
    skip(end - at_);
  }

  std::string_view text_;
  const std::string& file_;
  int line_;
  std::size_t at_ = 0, line_begin_ = 0;
  HeldText out_;
};

}  // namespace

int HeldText::line_of(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(line_begins, offset);
  return line_numbers[static_cast<std::size_t>(after - line_begins.begin()) - 1];
}

const Held* HeldText::at(std::string_view text, std::size_t i) const {
  if (!is_private(text, i)) return nullptr;
  const auto bits = [&](std::size_t k) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[i + k]));
  };
  const std::size_t index = (bits(1) - 0xb0) << 12 | (bits(2) & 63) << 6 | (bits(3) & 63);
  return index < held.size() ? &held[index] : nullptr;
}

HeldText hold(std::string_view markdown, const std::string& file, int first_line) {
  return Holder(markdown, file, first_line).hold();
}

}  // namespace qkv::prose
