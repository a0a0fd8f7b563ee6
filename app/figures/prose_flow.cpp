#include "app/figures/prose_flow.h"

#include <algorithm>
#include <cmath>

#include "app/figures/formula_block.h"

namespace qkv::figures {
namespace {

using drawing::TextStyle;
using prose::Span;

constexpr float kMonoSize = 0.92f, kCodePadding = 3, kCapHeight = 0.728f;
constexpr float kLineGap = 2;  // px kept free between a tall formula and its neighbours

TextStyle style_of(const Span& span, const FlowStyle& style) {
  TextStyle s = style.text;
  switch (span.kind) {
    case Span::Kind::strong:
      s.weight = std::max(600, s.weight);
      s.color = style.strong;
      break;
    case Span::Kind::emphasis:
      s.italic = true;
      s.color = style.strong;
      break;
    case Span::Kind::code:
    case Span::Kind::value:
      s.family = drawing::Family::mono;
      s.size *= kMonoSize;
      s.weight = span.kind == Span::Kind::value ? std::max(500, s.weight) : s.weight;
      s.color = style.strong;
      break;
    default:
      break;
  }
  return s;
}

/// A stretch of the paragraph in one style: text, or a formula that stands for one letter.
struct Stretch {
  std::size_t begin = 0, end = 0;  ///< bytes of the paragraph
  std::vector<FlowPiece> pieces;   ///< of a formula: one, or several where it is broken; of text: its style
  bool is_formula = false;
};

class Flower {
 public:
  Flower(drawing::Painter& p, const FlowStyle& style, float width) : p_(p), style_(style), width_(width) {}

  Flow lay_out(std::span<const Span> spans) {
    for (const Span& span : spans) add(span);
    right_to_left_ = p_.text_engine().is_right_to_left(text_);
    begin_line();
    std::size_t begin = 0;
    std::vector<std::size_t> breaks = p_.text_engine().line_breaks(text_);
    breaks.push_back(text_.size());
    for (const std::size_t end : breaks) {
      place(begin, end);
      begin = end;
    }
    end_line();
    return std::move(flow_);
  }

 private:
  /// A word with the spaces behind it, cut where the style changes.
  struct Word {
    std::vector<FlowPiece> pieces;
    float width = 0, space = 0;
  };

  void add(const Span& span) {
    Stretch stretch{text_.size(), 0, {}, false};
    if (span.kind == Span::Kind::formula) {
      stretch.is_formula = true;
      stretch.pieces = formula(span.text);
      for (std::size_t i = 0; i < stretch.pieces.size(); ++i) text_ += i > 0 ? " x" : "x";
    } else if (span.kind == Span::Kind::value) {
      const auto number = style_.live && *style_.live ? (*style_.live)(span.text) : std::nullopt;
      stretch.pieces.push_back({.style = style_of(span, style_), .expression = span.text});
      text_ += number.value_or("?");
    } else {
      stretch.pieces.push_back({.is_code = span.kind == Span::Kind::code, .style = style_of(span, style_)});
      text_ += span.text;
    }
    stretch.end = text_.size();
    if (stretch.end > stretch.begin) stretches_.push_back(std::move(stretch));
  }

  FlowPiece formula_piece(const prose::FormulaNode& node, const FormulaStyle& style) {
    const FormulaExtent extent = measure_formula(p_, node, style);
    return {.width = extent.width, .formula = node, .formula_style = style};
  }

  /// Wider than a line: smaller; and still wider: broken.
  std::vector<FlowPiece> formula(const std::string& tex) {
    const prose::FormulaNode node = prose::parse_formula(tex);
    FormulaStyle style{.size = style_.text.size,
                       .color = style_.strong,
                       .muted = style_.text.color,
                       .live = style_.live ? *style_.live : LiveValue{},
                       .weight = style_.text.weight,
                       .letter_weight = std::max(style_.letter_weight, style_.text.weight),
                       .display = false};
    if (width_ <= 0) return {formula_piece(node, style)};
    const FormulaBlock block = formula_block(p_, node, style, width_);
    std::vector<FlowPiece> pieces;
    for (const FormulaBlock::Line& line : block.lines)
      pieces.push_back(formula_piece(line.formula, block.style));
    return pieces;
  }

  void begin_line() {
    line_ = {};
    line_.ascent = std::round(style_.line_height / 2 + kCapHeight / 2 * style_.text.size);
    line_.descent = std::round(style_.line_height) - line_.ascent;
    x_ = space_ = 0;
  }

  void end_line() {
    for (const FlowPiece& piece : line_.pieces) {
      if (!piece.text.empty()) continue;
      const FormulaExtent extent = measure_formula(p_, piece.formula, piece.formula_style);
      line_.ascent = std::max(line_.ascent, std::ceil(extent.ascent + kLineGap));
      line_.descent = std::max(line_.descent, std::ceil(extent.descent + kLineGap));
    }
    line_.width = x_;
    if (right_to_left_) {
      const float right = width_ > 0 ? width_ : x_;
      for (FlowPiece& piece : line_.pieces) piece.x = right - piece.x - piece.width;
    }
    flow_.width = std::max(flow_.width, right_to_left_ && width_ > 0 ? width_ : line_.width);
    flow_.height += line_.ascent + line_.descent;
    flow_.lines.push_back(std::move(line_));
    begin_line();
  }

  /// The pieces of text_[begin, end).
  Word word(std::size_t begin, std::size_t end) {
    Word result;
    while (stretch_ < stretches_.size() && stretches_[stretch_].end <= begin) ++stretch_;
    for (std::size_t s = stretch_; s < stretches_.size() && stretches_[s].begin < end; ++s) {
      const Stretch& stretch = stretches_[s];
      const std::size_t from = std::max(begin, stretch.begin), to = std::min(end, stretch.end);
      FlowPiece piece;
      if (stretch.is_formula) {
        piece = stretch.pieces[(from - stretch.begin) / 2];
        if (to - from == 2) result.space = p_.width_of(" ", style_.text);  // between its parts
      } else {
        piece = stretch.pieces[0];
        piece.text = text_.substr(from, to - from);
        while (!piece.text.empty() && piece.text.back() == '\n') piece.text.pop_back();
        const std::size_t trimmed = piece.text.find_last_not_of(' ') + 1;
        result.space = p_.width_of(" ", piece.style) * static_cast<float>(piece.text.size() - trimmed);
        piece.text.resize(trimmed);
        if (piece.text.empty()) continue;
        piece.width = width_of(piece);
      }
      piece.x = result.width;
      result.width += piece.width;
      result.pieces.push_back(std::move(piece));
    }
    return result;
  }

  float width_of(const FlowPiece& piece) {
    return p_.width_of(piece.text, piece.style) + (piece.is_code ? 2 * kCodePadding : 0);
  }

  bool fits(float right) const { return width_ <= 0 || right <= width_ + 0.01f; }

  void place(std::size_t begin, std::size_t end) {
    Word next = word(begin, end);
    if (!line_.pieces.empty() && !fits(x_ + space_ + next.width)) end_line();
    const bool is_wide = !fits(next.width);
    for (FlowPiece& piece : next.pieces) is_wide ? place_wide(std::move(piece)) : append(std::move(piece));
    space_ = next.space;
    if (end > begin && text_[end - 1] == '\n' && end < text_.size()) end_line();
  }

  /// A part of a word wider than a line.
  void place_wide(FlowPiece piece) {
    const float padding = piece.is_code ? 2 * kCodePadding : 0;
    if (!line_.pieces.empty() && !fits(x_ + piece.width)) end_line();
    if (piece.text.empty() || fits(x_ + piece.width)) {
      piece.x = x_;
      x_ += piece.width;
      line_.pieces.push_back(std::move(piece));
      return;
    }
    const auto lines = p_.text_engine().wrapped(piece.text, piece.style, width_ - padding);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      FlowPiece part = piece;
      part.text = lines[i];
      part.x = 0;
      part.width = x_ = width_of(part);
      line_.pieces.push_back(std::move(part));
      if (i + 1 < lines.size()) end_line();
    }
  }

  /// Words in one style are one text.
  void append(FlowPiece piece) {
    FlowPiece* last = line_.pieces.empty() ? nullptr : &line_.pieces.back();
    const bool joins = last && !last->text.empty() && !piece.text.empty() && last->style == piece.style &&
                       last->is_code == piece.is_code && last->expression == piece.expression;
    if (joins) {
      const float blank = p_.width_of(" ", piece.style);
      last->text.append(blank > 0 ? static_cast<std::size_t>(std::lround(space_ / blank)) : 0, ' ');
      last->text += piece.text;
      last->width = width_of(*last);
      x_ = last->x + last->width;
    } else {
      piece.x = line_.pieces.empty() ? 0 : x_ + space_;
      x_ = piece.x + piece.width;
      line_.pieces.push_back(std::move(piece));
    }
    space_ = 0;
  }

  drawing::Painter& p_;
  const FlowStyle& style_;
  float width_;
  std::string text_;
  std::vector<Stretch> stretches_;
  std::size_t stretch_ = 0;
  bool right_to_left_ = false;
  FlowLine line_;
  float x_ = 0, space_ = 0;
  Flow flow_;
};

}  // namespace

Flow flow(drawing::Painter& p, std::span<const Span> spans, const FlowStyle& style, float width) {
  return Flower(p, style, width).lay_out(spans);
}

void draw_flow_line(drawing::Painter& p, drawing::Point at, const FlowLine& line,
                    std::vector<FormulaHit>* hits) {
  for (const FlowPiece& piece : line.pieces) {
    const drawing::Point left{at.x + piece.x, at.y};
    const float size = piece.style.size;
    if (piece.text.empty()) {
      draw_formula(p, left, piece.formula, piece.formula_style, hits);
    } else if (piece.is_code) {
      p.fill({std::round(left.x), at.y - std::round(size), std::round(piece.width), std::round(1.35f * size)},
             p.theme().sunken, 3);
      p.text({left.x + kCodePadding, at.y}, piece.text, piece.style);
    } else {
      p.text(left, piece.text, piece.style);
      if (hits && !piece.expression.empty())
        hits->push_back({piece.expression, {left.x, at.y - 0.75f * size, piece.width, 0.85f * size}});
    }
  }
}

void draw_flow(drawing::Painter& p, drawing::Point top_left, const Flow& flow,
               std::vector<FormulaHit>* hits) {
  const drawing::Rect clip = p.clip();
  float y = std::round(top_left.y);
  for (const FlowLine& line : flow.lines) {
    const float bottom = y + line.ascent + line.descent;
    if (bottom > clip.y && y < clip.bottom()) draw_flow_line(p, {top_left.x, y + line.ascent}, line, hits);
    y = bottom;
  }
}

void elide(drawing::Painter& p, FlowLine& line, const TextStyle& style, float width) {
  const float dots = p.width_of("…", style);
  for (bool cut = false; !line.pieces.empty(); cut = true, line.pieces.pop_back()) {
    FlowPiece& last = line.pieces.back();
    const float room = width - last.x, right = last.x + last.width;
    if (cut && right + dots <= width) {
      line.pieces.push_back({.x = right, .width = dots, .style = style, .text = "…"});
      line.width = right + dots;
      return;
    }
    if (last.text.empty()) continue;
    last.text = p.text_engine().elided(last.text, last.style, std::min(room, last.width - 0.1f));
    last.width = p.width_of(last.text, last.style);
    line.width = last.x + last.width;
    if (!last.text.empty()) return;
  }
  line.width = 0;
}

}  // namespace qkv::figures
