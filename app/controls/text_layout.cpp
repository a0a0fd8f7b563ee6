#include "app/controls/text_layout.h"

#include <algorithm>
#include <cmath>

namespace qkv::controls {
namespace {

float line_step(const drawing::TextStyle& style, float line_height) {
  return line_height > 0 ? line_height : std::round(style.size * 1.4f);
}

// The most of `text` that fits, at least one grapheme.
std::size_t fitting(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
                    float width) {
  std::size_t end = engine.next_position(text, 0);
  while (end < text.size()) {
    const std::size_t next = engine.next_position(text, end);
    if (engine.measure(text.substr(0, next), style).width > width) break;
    end = next;
  }
  return std::max<std::size_t>(end, 1);
}

void wrap_line(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
               float width, std::vector<std::string>& lines) {
  const auto fits = [&](std::string_view s) { return engine.measure(s, style).width <= width; };
  while (true) {
    std::size_t end = std::min(text.find(' '), text.size());
    if (!fits(text.substr(0, end))) {
      end = fitting(engine, text.substr(0, end), style, width);
    } else {
      while (end < text.size()) {
        const std::size_t next = std::min(text.find(' ', end + 1), text.size());
        if (!fits(text.substr(0, next))) break;
        end = next;
      }
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    const std::size_t word = text.find_first_not_of(' ');
    if (word == std::string_view::npos) return;
    text.remove_prefix(word);
  }
}

}  // namespace

std::vector<std::string> wrap(drawing::TextEngine& engine, std::string_view text,
                              const drawing::TextStyle& style, float width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    wrap_line(engine, text.substr(0, end), style, width, lines);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

float paragraph_height(drawing::TextEngine& engine, std::string_view text, const drawing::TextStyle& style,
                       float width, float line_height) {
  return line_step(style, line_height) * static_cast<float>(wrap(engine, text, style, width).size());
}

float paragraph(drawing::Painter& p, drawing::Point top_left, float width, std::string_view text,
                const drawing::TextStyle& style, float line_height) {
  const float step = line_step(style, line_height);
  float y = top_left.y;
  for (const std::string& line : wrap(p.text_engine(), text, style, width)) {
    p.text_middle(top_left.x, y + step / 2, line, style);
    y += step;
  }
  return y - top_left.y;
}

}  // namespace qkv::controls
