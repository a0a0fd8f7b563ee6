#include "app/prose/formula.h"

#include <utf8proc.h>

#include <algorithm>

#include "app/prose/formula_names.h"
#include "core/error.h"

namespace qkv::prose {
namespace {

using Kind = FormulaNode::Kind;
using Role = FormulaNode::Role;

constexpr std::size_t kLongestFormula = 4096, kShownOfFormula = 120;
constexpr int kDeepest = 32;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

FormulaNode leaf(Kind kind, std::string_view text) {
  FormulaNode node;
  node.kind = kind;
  node.text = text;
  return node;
}

FormulaNode parent(Kind kind, std::vector<FormulaNode> parts) {
  FormulaNode node;
  node.kind = kind;
  node.parts = std::move(parts);
  return node;
}

/// Whether ^ and _ stand above and below it rather than behind it.
bool takes_limits(const FormulaNode& node) {
  if (node.kind == Kind::sign) return node.text == "∑" || node.text == "∏";
  static constexpr std::string_view kNames[] = {"max", "min", "arg max", "arg min", "lim"};
  return node.kind == Kind::function && std::ranges::find(kNames, node.text) != std::end(kNames);
}

class Parser {
 public:
  explicit Parser(std::string_view tex) : tex_(tex) {
    if (tex.size() > kLongestFormula) fail("it is longer than 4096 bytes");
  }

  FormulaNode formula() {
    FormulaNode all = row();
    if (starts("}")) fail("this } has no { before it");
    if (starts("\\right")) fail("this \\right has no \\left before it");
    return all;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { fail(why, at_); }
  [[noreturn]] void fail(const std::string& why, std::size_t where) const {
    std::string shown(tex_.substr(0, kShownOfFormula));
    while (!shown.empty() && shown.size() < tex_.size() && (tex_[shown.size()] & 0xc0) == 0x80)
      shown.pop_back();
    if (shown.size() < tex_.size()) shown += "…";
    const auto before = tex_.substr(0, where);
    const auto character = 1 + std::ranges::count_if(before, [](char c) { return (c & 0xc0) != 0x80; });
    throw Error("The formula “" + shown + "” is wrong at character " + std::to_string(character) + ": " +
                why + ".");
  }

  bool done() const { return at_ >= tex_.size(); }
  char peek() const { return done() ? '\0' : tex_[at_]; }
  bool starts(std::string_view with) const { return tex_.substr(at_).starts_with(with); }
  void skip_spaces() {
    while (!done() && (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r')) ++at_;
  }
  /// Whether the row ends here.
  bool at_end() const {
    return done() || peek() == '}' || (starts("\\right") && !is_ascii_letter(character_at(at_ + 6)));
  }
  char character_at(std::size_t i) const { return i < tex_.size() ? tex_[i] : '\0'; }

  FormulaNode row() {
    FormulaNode all = parent(Kind::row, {});
    for (skip_spaces(); !at_end(); skip_spaces()) {
      FormulaNode node = peek() == '^' || peek() == '_' || peek() == '\'' ? FormulaNode{} : atom();
      add(all.parts, with_scripts(std::move(node)));
    }
    return all;
  }

  /// A word of letters is one text: a token's name in a subscript.
  static void add(std::vector<FormulaNode>& parts, FormulaNode node) {
    if (node.kind == Kind::letter && !parts.empty() && parts.back().kind == Kind::letter)
      parts.back().text += node.text;
    else
      parts.push_back(std::move(node));
  }

  FormulaNode with_scripts(FormulaNode base) {
    FormulaNode below, above;
    bool has_below = false, has_above = false;
    for (skip_spaces();; skip_spaces()) {
      const char c = peek();
      if (c == '\'') {
        ++at_;
        if (has_above && (above.kind != Kind::row || above.parts.empty() || above.parts.back().text != "′"))
          fail("two exponents in a row; put the first part in { }");
        if (!has_above) above = parent(Kind::row, {});
        above.parts.push_back(leaf(Kind::sign, "′"));
        has_above = true;
      } else if (c == '^' || c == '_') {
        bool& has = c == '^' ? has_above : has_below;
        if (has)
          fail(c == '^' ? "two exponents in a row; put the first part in { }"
                        : "two subscripts in a row; put the first part in { }");
        ++at_;
        (c == '^' ? above : below) = argument();
        has = true;
      } else {
        break;
      }
    }
    const bool limits = takes_limits(base);
    if (!has_below && !has_above) return base;
    return parent(limits ? Kind::limits : Kind::scripts,
                  {std::move(base), std::move(below), std::move(above)});
  }

  FormulaNode atom() {
    const Level level(*this);
    const char c = peek();
    if (c == '\\') return command();
    if (starts("{{") && !starts("{{{")) return value();
    if (c == '{') return group();
    if (c == '%') fail("write \\% for a per cent sign");
    if (c == '&' || c == '#' || c == '$') fail(std::string("write \\") + c + " for this sign");
    if (is_digit(c) || (c == '.' && is_digit(character_at(at_ + 1)))) return number();
    return character();
  }

  struct Level {
    explicit Level(Parser& p) : parser(p) {
      if (++parser.depth_ > kDeepest) parser.fail("it is nested deeper than 32 levels");
    }
    ~Level() { --parser.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    Parser& parser;
  };

  FormulaNode number() {
    const std::size_t begin = at_;
    while (is_digit(peek()) || (peek() == '.' && is_digit(character_at(at_ + 1)))) ++at_;
    return leaf(Kind::number, tex_.substr(begin, at_ - begin));
  }

  std::string_view take_character() {
    utf8proc_int32_t code = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(tex_.data()) + at_,
                                         static_cast<utf8proc_ssize_t>(tex_.size() - at_), &code);
    if (length <= 0) fail("this is not UTF-8");
    const std::string_view text = tex_.substr(at_, static_cast<std::size_t>(length));
    at_ += text.size();
    return text;
  }

  FormulaNode character() {
    const std::size_t begin = at_;
    const std::string_view text = take_character();
    if (text == "~") return leaf(Kind::space, "5");
    if (text == "-") return leaf(Kind::sign, "−");
    if (text == "*") return leaf(Kind::sign, "∗");
    if (is_ascii_letter(text[0])) return leaf(Kind::letter, text);
    if (text.size() == 1) {
      if (static_cast<unsigned char>(text[0]) < 32 || text[0] == 127) fail("a control character", begin);
      return leaf(Kind::sign, text);
    }
    utf8proc_int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &code);
    switch (utf8proc_category(code)) {
      case UTF8PROC_CATEGORY_LU:
      case UTF8PROC_CATEGORY_LL:
        return leaf(Kind::letter, text);
      case UTF8PROC_CATEGORY_SM:
      case UTF8PROC_CATEGORY_PO:
      case UTF8PROC_CATEGORY_PS:
      case UTF8PROC_CATEGORY_PE:
      case UTF8PROC_CATEGORY_SO:
        return leaf(Kind::sign, text);
      default:
        return leaf(Kind::words, text);
    }
  }

  FormulaNode value() {
    const std::size_t begin = at_;
    const std::size_t end = tex_.find("}}", begin);
    if (end == tex_.npos) fail("this {{ has no }} behind it");
    std::string_view expression = tex_.substr(begin + 2, end - begin - 2);
    while (expression.starts_with(' ')) expression.remove_prefix(1);
    while (expression.ends_with(' ')) expression.remove_suffix(1);
    if (expression.empty()) fail("between {{ and }} there is no expression");
    at_ = end + 2;
    return leaf(Kind::value, expression);
  }

  FormulaNode group() {
    const std::size_t begin = at_++;
    FormulaNode inside = row();
    if (peek() != '}') fail("this { has no } behind it", begin);
    ++at_;
    return inside;
  }

  /// What a command or ^ and _ apply to: a group, or one sign.
  FormulaNode argument() {
    skip_spaces();
    if (at_end()) fail("something is missing here; put it in { }");
    if (is_digit(peek())) return leaf(Kind::number, tex_.substr(at_++, 1));
    if (peek() == '^' || peek() == '_') fail("something is missing here; put it in { }");
    return atom();
  }

  /// The text of \mathrm{…}: as it is written.
  std::string_view words() {
    skip_spaces();
    if (peek() != '{') fail("a { is missing here");
    const std::size_t begin = at_ + 1, end = tex_.find_first_of("{}", begin);
    if (end == tex_.npos) fail("this { has no } behind it");
    if (tex_[end] == '{') fail("words cannot hold a group", end);
    at_ = begin;
    while (at_ < end) take_character();  // it is UTF-8
    at_ = end + 1;
    return tex_.substr(begin, end - begin);
  }

  std::string_view command_name() {
    const std::size_t begin = at_ + 1;
    std::size_t end = begin;
    while (is_ascii_letter(character_at(end))) ++end;
    if (end == begin && end < tex_.size()) ++end;
    return tex_.substr(begin, end - begin);
  }

  FormulaNode command() {
    const std::size_t begin = at_;
    const std::string_view name = command_name();
    if (name.empty()) fail("a name is missing behind the \\");
    at_ += 1 + name.size();
    if (name == "frac" || name == "dfrac" || name == "tfrac") {
      FormulaNode above = argument();
      return parent(Kind::fraction, {std::move(above), argument()});
    }
    if (name == "sqrt") {
      skip_spaces();
      if (peek() == '[') fail("only square roots are known");
      return parent(Kind::root, {argument()});
    }
    if (name == "mathrm" || name == "text" || name == "textrm") return leaf(Kind::words, words());
    if (name == "operatorname") return leaf(Kind::function, words());
    if (name == "left") return fence(begin);
    if (const Role role = role_of(name); role != Role::none) {
      FormulaNode node = parent(Kind::role, {argument()});
      node.role = role;
      return node;
    }
    if (const auto text = formula_letter(name); !text.empty()) return leaf(Kind::letter, text);
    if (const auto text = formula_sign(name); !text.empty()) return leaf(Kind::sign, text);
    if (const auto text = formula_function(name); !text.empty()) return leaf(Kind::function, text);
    if (const auto width = formula_space(name); !width.empty()) return leaf(Kind::space, width);
    std::string shown(name.substr(0, 40));
    fail("\\" + (static_cast<signed char>(shown[0]) < 32 ? std::string("?") : shown) + " is not known",
         begin);
  }

  static Role role_of(std::string_view name) {
    if (name == "q") return Role::query;
    if (name == "k") return Role::key;
    if (name == "v") return Role::value;
    return name == "a" ? Role::weight : Role::none;
  }

  FormulaNode fence(std::size_t begin) {
    std::string delimiters(delimiter());
    FormulaNode inside = row();
    if (!starts("\\right")) fail("this \\left has no \\right behind it", begin);
    at_ += 6;
    delimiters += delimiter();
    FormulaNode node = parent(Kind::fence, {std::move(inside)});
    node.text = std::move(delimiters);
    return node;
  }

  std::string_view delimiter() {
    skip_spaces();
    const std::size_t begin = at_;
    std::string_view text;
    if (peek() == '\\') {
      const std::string_view name = command_name();
      at_ += 1 + name.size();
      text = formula_sign(name);
    } else if (!done()) {
      text = take_character();
    }
    static constexpr std::string_view kKnown[] = {"(", ")", "[", "]", "{", "}", "|", "‖", "⟨", "⟩", "."};
    if (std::ranges::find(kKnown, text) == std::end(kKnown))
      fail("\\left and \\right take one of ( ) [ ] \\{ \\} | \\| \\langle \\rangle and a point for none",
           begin);
    return text;
  }

  std::string_view tex_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

FormulaNode parse_formula(std::string_view tex) { return Parser(tex).formula(); }

}  // namespace qkv::prose
