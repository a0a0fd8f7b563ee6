#include "app/figures/prose_column.h"

#include <algorithm>
#include <cmath>

#include "app/figures/formula_block.h"
#include "app/figures/prose_flow.h"
#include "app/figures/prose_table.h"

namespace qkv::figures {
namespace {

using drawing::Point;
using drawing::Rect;
using prose::Block;

constexpr float kSmallestCode = 10, kPanelRadius = 6;
constexpr float kFormulaSize = 1.15f, kCodeSize = 0.87f;  // × the body's

/// Sets blocks one below the other; draws them, or only finds out how high they are.
class Column {
 public:
  Column(drawing::Painter& p, Point top_left, float width, const ProseStyle& style, bool draws)
      : p_(p),
        style_(style),
        left_(top_left.x),
        top_(std::round(top_left.y)),
        width_(width),
        y_(top_),
        draws_(draws) {}

  float set(const prose::Text& text) {
    const Block* before = nullptr;
    for (const Block& block : text) {
      if (before) y_ += gap(*before, block);
      set(block);
      before = &block;
    }
    return y_ - top_;
  }

 private:
  float px(float em) const { return std::round(em * style_.size); }

  float gap(const Block& above, const Block& below) const {
    if (below.kind == Block::Kind::heading) return px(1.3f);
    if (above.kind == Block::Kind::heading) return px(0.45f);
    if (above.kind == Block::Kind::item && below.kind == Block::Kind::item) return px(0.3f);
    const auto has_panel = [](const Block& b) {
      return b.kind == Block::Kind::formula || b.kind == Block::Kind::code;
    };
    return has_panel(above) || has_panel(below) ? px(0.9f) : px(0.7f);
  }

  float indent(int levels) const { return static_cast<float>(levels) * px(1.6f); }

  FlowStyle body() const {
    const drawing::Theme& theme = p_.theme();
    return {.text = {.color = theme.text2, .size = style_.size},
            .strong = theme.text,
            .line_height = std::round(style_.size * style_.line_height),
            .live = &style_.live,
            .hits = style_.hits};
  }

  void set(const Block& block) {
    switch (block.kind) {
      case Block::Kind::paragraph:
        return paragraph(block.spans, body(), indent(block.level));
      case Block::Kind::heading:
        return heading(block);
      case Block::Kind::item:
        return item(block);
      case Block::Kind::formula:
        return formula(block);
      case Block::Kind::code:
        return code(block);
      case Block::Kind::table: {
        const float in = indent(block.level);
        y_ += prose_table(p_, {left_ + in, y_}, width_ - in, block.rows, body(), draws_);
        return;
      }
    }
  }

  void paragraph(const std::vector<prose::Span>& spans, const FlowStyle& style, float in) {
    const Flow lines = flow(p_, spans, style, std::max(1.f, width_ - in));
    if (draws_) draw_flow(p_, {left_ + in, y_}, lines, style.hits);
    y_ += lines.height;
  }

  void heading(const Block& block) {
    FlowStyle style = body();
    style.text.size *= block.level == 1 ? 1.7f : block.level == 2 ? 1.25f : 1.05f;
    style.text.weight = block.level == 1 ? 700 : 600;
    style.text.color = p_.theme().text;
    style.line_height = std::round(1.3f * style.text.size);
    paragraph(block.spans, style, 0);
  }

  void item(const Block& block) {
    const float in = indent(block.level + 1);
    const FlowStyle style = body();
    const Flow lines = flow(p_, block.spans, style, std::max(1.f, width_ - in));
    if (draws_ && !lines.lines.empty()) {
      const std::string mark = block.number > 0 ? std::to_string(block.number) + "." : "•";
      const float y = y_ + lines.lines[0].ascent;
      p_.text({left_ + in - px(0.5f), y}, mark, style.text, drawing::Align::right);
      draw_flow(p_, {left_ + in, y_}, lines, style.hits);
    }
    y_ += lines.height;
  }

  Rect panel(float in, float height) {
    const Rect box{left_ + in, y_, width_ - in, height};
    if (draws_) p_.fill(box, p_.theme().sunken, kPanelRadius);
    y_ += height;
    return box;
  }

  void formula(const Block& block) {
    const float in = indent(block.level), padding = px(1.1f), above = px(0.95f);
    const float width = std::max(1.f, width_ - in - 2 * padding);
    const FormulaStyle style{.size = std::round(kFormulaSize * style_.size),
                             .color = p_.theme().text,
                             .muted = p_.theme().text2,
                             .live = style_.live};
    const FormulaBlock set = formula_block(p_, prose::parse_formula(block.spans[0].text), style, width);
    const Rect box = panel(in, set.height + 2 * above);
    if (draws_) draw_formula_block(p_, {box.x + padding, box.y + above}, set, style_.hits);
  }

  void code(const Block& block) {
    const float in = indent(block.level), padding = px(0.9f);
    const float width = std::max(1.f, width_ - in - 2 * padding);
    drawing::TextStyle style{.color = p_.theme().text,
                             .size = std::round(kCodeSize * style_.size),
                             .family = drawing::Family::mono};
    std::vector<std::string> lines = lines_of(block.code);
    float widest = 0;
    for (const std::string& line : lines) widest = std::max(widest, p_.width_of(line, style));
    if (widest > width) {
      style.size =
          std::max(std::floor(style.size * width / widest * 2) / 2, std::min(kSmallestCode, style.size));
      std::vector<std::string> broken;
      for (const std::string& line : lines) {
        if (p_.width_of(line, style) <= width) {
          broken.push_back(line);
        } else {
          for (std::string& part : p_.text_engine().wrapped(line, style, width))
            broken.push_back(std::move(part));
        }
      }
      lines = std::move(broken);
    }
    const float pitch = std::round(1.5f * style.size);
    const Rect box = panel(in, pitch * static_cast<float>(lines.size()) + 2 * padding);
    if (!draws_) return;
    const Rect clip = p_.clip();
    float y = box.y + padding;
    for (const std::string& line : lines) {
      const bool shows = y + pitch > clip.y && y < clip.bottom();
      if (shows && !line.empty()) p_.text({box.x + padding, y + std::round(pitch * 0.72f)}, line, style);
      y += pitch;
    }
  }

  static std::vector<std::string> lines_of(std::string_view code) {
    std::vector<std::string> lines;
    while (!code.empty()) {
      const std::size_t end = code.find('\n');
      lines.emplace_back();
      for (const char c : code.substr(0, end))
        lines.back() += c == '\t' ? std::string(4, ' ') : std::string(1, c);
      code.remove_prefix(end == std::string_view::npos ? code.size() : end + 1);
    }
    return lines;
  }

  drawing::Painter& p_;
  const ProseStyle& style_;
  float left_, top_, width_, y_;
  bool draws_;
};

}  // namespace

float draw_prose(drawing::Painter& p, Point top_left, float width, const prose::Text& text,
                 const ProseStyle& style) {
  return Column(p, top_left, width, style, true).set(text);
}

float prose_height(drawing::Painter& p, float width, const prose::Text& text, const ProseStyle& style) {
  return Column(p, {0, 0}, width, style, false).set(text);
}

float draw_spans(drawing::Painter& p, Point baseline, const std::vector<prose::Span>& spans,
                 const drawing::TextStyle& style, const LiveValue& live, float width) {
  const FlowStyle look{.text = style,
                       .strong = style.color,
                       .line_height = style.size,
                       .letter_weight = style.weight,
                       .live = &live};
  const Flow line = flow(p, spans, look, 0);
  if (line.lines.empty()) return 0;
  FlowLine shown = line.lines[0];
  if (width > 0 && shown.width > width) elide(p, shown, style, width);
  draw_flow_line(p, baseline, shown);
  return shown.width;
}

}  // namespace qkv::figures
