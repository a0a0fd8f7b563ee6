#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/experiment/expression_tree.h"

namespace qkv::experiment {
namespace {

using Kind = ExpressionTree::Kind;

constexpr std::size_t kMaxBytes = 1024;
constexpr int kMaxDepth = 32;

constexpr std::array<std::string_view, 22> kFunctions = {
    "abs", "argmax", "argmin", "asymmetry", "beside", "change", "columns", "cosine", "dot", "entropy", "exp",
    "gradient", "ln", "max", "mean", "min", "norm", "rows", "spread", "sqrt", "start", "sum"};
constexpr std::array<std::string_view, 14> kQuantities = {
    "n", "d_model", "d_k", "d_v", "heads", "layers", "temperature", "window", "softcap", "mask", "positions", "scale", "edits", "sentence"};

bool is_word_byte(char c) {
  return static_cast<unsigned char>(c) > ' ' && std::string_view("()[],+-*/<>=!\"|{}").find(c) == std::string_view::npos;
}
ExpressionTree tree_of(Kind kind, std::string name = {}) {
  ExpressionTree tree;
  tree.kind = kind;
  tree.name = std::move(name);
  return tree;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// By recursive descent, one function a level of precedence; each stops where its kind of thing ends.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {
    if (text.size() > kMaxBytes) throw Error("an expression is at most 1024 bytes long, and this one has " + std::to_string(text.size()));
  }

  ExpressionTree expression() {
    ExpressionTree tree = sum();
    end("an operator or the end");
    return tree;
  }

  ExpressionTree claim() {
    ExpressionTree tree = tree_of(Kind::conjunction);
    tree.parts.push_back(comparison());
    while (take_word("and")) tree.parts.push_back(comparison());
    end("'and' or the end");
    return tree;
  }

 private:
  [[noreturn]] void refuse(const std::string& says) const {
    throw Error(in_quotes(text_) + ", character " + std::to_string(at_ + 1) + ": " + says);
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(std::string_view sign) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    const bool is_it = text_.substr(at_).starts_with(word) &&
                       (at_ + word.size() >= text_.size() || !is_word_byte(text_[at_ + word.size()]));
    if (is_it) at_ += word.size();
    return is_it;
  }
  std::string found() {
    skip_blanks();
    return at_ >= text_.size() ? "the end" : in_quotes(text_.substr(at_).substr(0, 20));
  }
  void end(const std::string& expected) {
    if (peek() != '\0' || at_ < text_.size()) refuse("expected " + expected + ", found " + found());
  }
  std::string since(std::size_t begin) const { return std::string(trimmed(text_.substr(begin, at_ - begin))); }

  ExpressionTree comparison() {
    const std::size_t begin = at_;
    ExpressionTree left = sum();
    constexpr std::array<std::string_view, 6> kSigns = {"<=", ">=", "!=", "<", ">", "="};
    skip_blanks();
    const auto sign = std::ranges::find_if(kSigns, [&](std::string_view s) { return take(s); });
    if (sign == kSigns.end()) refuse("expected one of < <= > >= = !=, found " + found());
    if (*sign == "=") take("=");  // == is as good
    ExpressionTree tree = tree_of(Kind::comparison, std::string(*sign));
    tree.parts.push_back(std::move(left));
    tree.parts.push_back(sum());
    tree.source = since(begin);
    return tree;
  }

  /// One side and, after each of the signs, another.
  template <class Part>
  ExpressionTree chain(std::string_view signs, Part part) {
    const std::size_t begin = at_;
    ExpressionTree tree = part();
    int links = 0;
    while (peek() != '\0' && signs.find(peek()) != signs.npos) {
      if (++links > kMaxDepth) refuse("at most 32 operators in a row");
      ExpressionTree joined = tree_of(Kind::arithmetic, std::string(1, text_[at_++]));
      joined.parts.push_back(std::move(tree));
      joined.parts.push_back(part());
      joined.source = since(begin);
      tree = std::move(joined);
    }
    return tree;
  }
  ExpressionTree sum() {
    return chain("+-", [this] { return chain("*/", [this] { return factor(); }); });
  }

  ExpressionTree factor() {
    if (++depth_ > kMaxDepth) refuse("more than 32 levels of brackets");
    ExpressionTree tree = peek() == '-' ? negation() : primary();
    --depth_;
    return tree;
  }

  ExpressionTree negation() {
    const std::size_t begin = at_;
    ++at_;
    ExpressionTree tree = tree_of(Kind::negation);
    tree.parts.push_back(factor());
    tree.source = since(begin);
    return tree;
  }

  ExpressionTree primary() {
    const char c = peek();
    if (c == '(') {
      ++at_;
      ExpressionTree tree = sum();
      if (!take(")")) refuse("expected ), found " + found());
      return tree;
    }
    if (c == '"') return quoted_word();
    if (is_digit(c) || c == '.') return number_or_place();
    return name();
  }

  ExpressionTree quoted_word() {
    const std::size_t begin = at_, close = text_.find('"', at_ + 1);
    if (close == text_.npos) refuse("the closing \" is missing");
    at_ = close + 1;
    ExpressionTree tree = tree_of(Kind::word, std::string(text_.substr(begin + 1, close - begin - 1)));
    tree.source = since(begin);
    return tree;
  }

  ExpressionTree number_or_place() {
    const std::size_t begin = at_;
    std::size_t last = at_;
    while (last < text_.size() && is_word_byte(text_[last])) ++last;
    if (text_.substr(begin, last - begin).find(':') != text_.npos) return name();
    ExpressionTree tree = tree_of(Kind::number);
    const auto [stop, error] = std::from_chars(text_.data() + begin, text_.data() + text_.size(), tree.number);
    if (error != std::errc{} || !std::isfinite(tree.number)) refuse("expected a number, found " + found());
    at_ = static_cast<std::size_t>(stop - text_.data());
    tree.source = since(begin);
    tree.is_count = std::ranges::all_of(tree.source, is_digit);
    return tree;
  }

  ExpressionTree name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_])) ++at_;
    const std::string word(text_.substr(begin, at_ - begin));
    if (word.empty()) refuse("expected a number, a place or a function, found " + found());
    ExpressionTree tree;
    const bool is_quantity = std::ranges::find(kQuantities, word) != kQuantities.end();  // 'positions' is a stage, too
    Stage stage{};
    const bool is_stage = !is_quantity && (word.find(':') != word.npos || attention::stage_from_name(word, stage));
    if (peek() == '(') {
      call(tree, word, begin);
    } else if (peek() == '[' || is_stage) {
      place(tree, begin);
    } else {
      at_ = begin + word.size();
      tree.kind = is_quantity ? Kind::quantity : Kind::word;
      tree.name = word;
    }
    tree.source = since(begin);
    return tree;
  }

  void call(ExpressionTree& tree, const std::string& word, std::size_t begin) {
    if (std::ranges::find(kFunctions, word) == kFunctions.end()) {
      at_ = begin;
      std::string known;
      for (const auto function : kFunctions) known += (known.empty() ? "" : " ") + std::string(function);
      refuse("there is no function " + in_quotes(word) + "; there are " + known);
    }
    tree.kind = Kind::call;
    tree.name = word;
    take("(");
    do tree.parts.push_back(sum());
    while (take(","));
    if (!take(")")) refuse("expected ), found " + found());
    const std::size_t wanted = word == "dot" || word == "cosine" ? 2 : 1;
    if (tree.parts.size() != wanted)
      refuse(word + " takes " + (wanted == 1 ? "one argument" : "two arguments") + ", not " + std::to_string(tree.parts.size()));
  }

  void place(ExpressionTree& tree, std::size_t begin) {
    if (peek() == '[') {
      bool is_quoted = false;
      while (at_ < text_.size() && (is_quoted || text_[at_] != ']')) is_quoted ^= text_[at_++] == '"';
      if (at_ >= text_.size()) refuse("the closing ] is missing");
      ++at_;
    } else {
      at_ = begin + trimmed(text_.substr(begin, at_ - begin)).size();
    }
    tree.kind = Kind::place;
    try {
      tree.place = parse_place(text_.substr(begin, at_ - begin));
    } catch (const Error& error) {
      at_ = begin;
      refuse(error.what());
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

ExpressionTree parse_expression(std::string_view text) { return Parser(text).expression(); }
ExpressionTree parse_claim(std::string_view text) { return Parser(text).claim(); }

}  // namespace qkv::experiment
