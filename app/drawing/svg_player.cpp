#include <glib.h>

#include <charconv>
#include <cmath>
#include <map>

#include "app/drawing/cairo_image.h"
#include "app/drawing/heat_cells.h"
#include "app/drawing/players.h"
#include "app/drawing/text_layout.h"

namespace qkv::drawing {
namespace {

/// Shortest of three decimals, whatever the locale.
std::string number(float v) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::isfinite(v) ? v : 0, std::chars_format::fixed, 3)
          .ptr;
  std::string s(buffer, end);
  while (s.back() == '0') s.pop_back();
  if (s.back() == '.') s.pop_back();
  return s == "-0" ? "0" : s;
}

/// UTF-8 that XML allows: markup escaped, white space as spaces, what XML forbids left out.
std::string escaped(std::string_view text) {
  gchar* valid = g_utf8_make_valid(text.data(), static_cast<gssize>(text.size()));
  std::string result;
  for (const char* at = valid; *at; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else if (c == '\t' || c == '\n' || c == '\r')
      result += ' ';
    else if (c >= 0x20 && c != 0xfffe && c != 0xffff)
      result.append(at, static_cast<std::size_t>(g_utf8_next_char(at) - at));
  }
  g_free(valid);
  return result;
}

std::string hex(Color c) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string s = "#";
  for (const unsigned char v : {c.r, c.g, c.b}) s += {kDigits[v >> 4], kDigits[v & 15]};
  return s;
}

/// The parts one after another.
std::string cat(const auto&... parts) {
  std::string s;
  (s.append(std::string_view(parts)), ...);
  return s;
}

std::string pair(Point p) { return cat(number(p.x), " ", number(p.y)); }

/// One element, written when it goes out of scope.
class Element {
 public:
  Element(std::string& out, std::string_view name) : out_(out), name_(name) {
    out_.append("<").append(name_);
  }
  ~Element() {
    if (content_.empty())
      out_ += "/>\n";
    else
      out_.append(">").append(content_).append("</").append(name_).append(">\n");
  }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;

  Element& set(std::string_view name, std::string_view value) {
    out_.append(" ").append(name).append("=\"").append(value).append("\"");
    return *this;
  }
  Element& set(std::string_view name, float value) { return set(name, number(value)); }
  Element& box(const Rect& r) { return set("x", r.x).set("y", r.y).set("width", r.w).set("height", r.h); }
  Element& fill(Color c) { return paint("fill", "fill-opacity", c); }
  Element& no_fill() { return set("fill", "none"); }
  Element& stroke(Color c, float width, bool dashed = false) {
    paint("stroke", "stroke-opacity", c).set("stroke-width", width);
    return dashed ? set("stroke-dasharray", "3") : *this;
  }
  Element& points(const std::vector<Point>& list) {
    std::string s;
    for (const Point p : list) s.append(s.empty() ? "" : " ").append(pair(p));
    return set("points", s);
  }
  void content(std::string text) { content_ = std::move(text); }

 private:
  Element& paint(std::string_view name, std::string_view opacity, Color c) {
    set(name, hex(c));
    return c.a < 255 ? set(opacity, static_cast<float>(c.a) / 255) : *this;
  }

  std::string& out_;
  std::string_view name_;
  std::string content_;
};

class SvgWriter {
 public:
  SvgWriter(TextEngine::Impl& text, const Theme& theme, Ground ground) : text_(text), theme_(theme), ground_(ground) {}

  std::string write(const Drawing& drawing) {
    const Rect& b = drawing.bounds;
    if (ground_ == Ground::theme) (*this)(FillRect{b, theme_.bg});
    for (const Command& command : drawing.commands)
      if (ground_ == Ground::theme || !is_ground(command, b)) std::visit(*this, command);
    while (open_clips_ > 0) (*this)(PopClip{});
    std::string svg;
    Element(svg, "svg")
        .set("xmlns", "http://www.w3.org/2000/svg")
        .set("xmlns:xlink", "http://www.w3.org/1999/xlink")
        .set("width", b.w)
        .set("height", b.h)
        .set("viewBox", cat(number(b.x), " ", number(b.y), " ", number(b.w), " ", number(b.h)))
        .content(cat("\n<defs>\n", definitions_, "</defs>\n", body_));
    return svg;
  }

  void operator()(const FillRect& c) {
    if (c.rect.empty() || c.color.a == 0) return;
    Element e(body_, "rect");
    e.box(c.rect).fill(c.color);
    if (c.radius > 0) e.set("rx", c.radius);
  }

  void operator()(const StrokeRect& c) {
    if (c.rect.empty() || c.color.a == 0) return;
    const float inset = std::min({c.width / 2, c.rect.w / 2, c.rect.h / 2});
    Element e(body_, "rect");
    e.box(c.rect.inset(inset)).no_fill().stroke(c.color, c.width, c.dashed);
    if (c.radius > inset) e.set("rx", c.radius - inset);
  }

  void operator()(const Polyline& c) {
    if (c.points.size() < 2) return;
    Element(body_, c.closed ? "polygon" : "polyline")
        .points(c.points)
        .no_fill()
        .stroke(c.color, c.width, c.dashed);
  }

  void operator()(const Polygon& c) { Element(body_, "polygon").points(c.points).fill(c.color); }

  void operator()(const Bezier& c) {
    Element(body_, "path")
        .set("d", cat("M", pair(c.from), "C", pair(c.control1), " ", pair(c.control2), " ", pair(c.to)))
        .no_fill()
        .stroke(c.color, c.width);
  }

  void operator()(const Circle& c) {
    Element e(body_, "circle");
    e.set("cx", c.center.x).set("cy", c.center.y).set("r", c.radius);
    c.fill.a != 0 ? e.fill(c.fill) : e.no_fill();
    if (c.stroke.a != 0 && c.width > 0) e.stroke(c.stroke, c.width);
  }

  void operator()(const Hatch& c) {
    if (c.rect.empty() || c.step <= 0) return;
    Element(body_, "rect").box(c.rect).set("fill", cat("url(#", hatch_pattern(c.color, c.step), ")"));
  }

  void operator()(const Text& c);
  void operator()(const Heat& c);

  void operator()(const PushClip& c) {
    const std::string id = cat("c", std::to_string(++clips_));
    std::string rect;
    Element(rect, "rect").box(c.rect);
    Element(definitions_, "clipPath").set("id", id).content(rect);
    body_ += cat("<g clip-path=\"url(#", id, ")\">\n");
    ++open_clips_;
  }

  void operator()(const PopClip&) {
    if (open_clips_ == 0) return;
    --open_clips_;
    body_ += "</g>\n";
  }

 private:
  std::string hatch_pattern(Color c, float step);
  void text_line(Point at, std::string_view s, const TextStyle& style, std::string_view anchor,
                 bool right_to_left, std::string_view transform);

  TextEngine::Impl& text_;
  const Theme& theme_;
  Ground ground_;
  std::string definitions_, body_;
  std::map<std::string, std::string> patterns_;
  int clips_ = 0, open_clips_ = 0;
};

/// A tile of the lines x + y = (k + ½)·step.
std::string SvgWriter::hatch_pattern(Color c, float step) {
  const auto [entry, is_new] = patterns_.try_emplace(cat(hex(c), number(c.a), "/", number(step)),
                                                     cat("h", std::to_string(patterns_.size() + 1)));
  if (is_new) {
    std::string d;
    for (const float sum : {step / 2, step * 1.5f})
      d += cat("M", pair({sum - 2 * step, 2 * step}), "L", pair({sum + step, -step}));
    std::string lines;
    Element(lines, "path").set("d", d).no_fill().stroke(c, 1);
    Element(definitions_, "pattern")
        .set("id", entry->second)
        .set("patternUnits", "userSpaceOnUse")
        .set("width", step)
        .set("height", step)
        .content(lines);
  }
  return entry->second;
}

void SvgWriter::text_line(Point at, std::string_view s, const TextStyle& style, std::string_view anchor,
                          bool right_to_left, std::string_view transform) {
  Element e(body_, "text");
  e.set("x", at.x).set("y", at.y).set("font-family", style.family == Family::mono
                                                         ? "'JetBrains Mono', 'DejaVu Sans Mono', monospace"
                                                         : "Inter, 'DejaVu Sans', sans-serif");
  e.set("font-size", style.size).fill(style.color);
  if (style.weight != 400) e.set("font-weight", static_cast<float>(style.weight));
  if (style.italic) e.set("font-style", "italic");
  if (!anchor.empty()) e.set("text-anchor", anchor);
  if (right_to_left) e.set("direction", "rtl");
  if (!transform.empty()) e.set("transform", transform);
  e.set("xml:space", "preserve")
      .set("style", "font-feature-settings:'calt' 0;white-space:pre")
      .content(escaped(s));
}

void SvgWriter::operator()(const Text& c) {
  if (c.text.empty() || c.style.color.a == 0) return;
  const ShapedLine& line = text_.shape(c.text, c.style);
  const std::string turn =
      c.angle != 0 ? cat("rotate(", number(-c.angle), " ", pair(c.at), ")") : std::string();
  if (line.boxes.empty()) {
    const bool at_start = (c.align == Align::left) != line.right_to_left;
    const char* anchor = c.align == Align::center ? "middle" : at_start ? "" : "end";
    return text_line(c.at, c.text, c.style, anchor, line.right_to_left, turn);
  }
  // Boxed code points are drawn; what stands between them is text at its place.
  const float size = c.style.size, width = line.width * size;
  const float left = c.at.x - (c.align == Align::left ? 0 : c.align == Align::center ? width / 2 : width);
  const std::vector<Rect> boxes = line.boxes;  // the line is the cache's until the next text
  for (const TextPart& part : text_.parts(c.text, c.style)) {
    TextStyle style = c.style;
    style.size *= part.size;
    if (part.size < 1) style.family = Family::mono;
    text_line({left + part.x * size, c.at.y + part.y * size}, part.text, style, "", false, turn);
  }
  for (const Rect& b : boxes) {
    const Rect r{left + b.x * size, c.at.y + b.y * size, b.w * size, b.h * size};
    Element e(body_, "rect");
    e.box(r.inset(0.5f)).no_fill().stroke(c.style.color, 1);
    if (!turn.empty()) e.set("transform", turn);
  }
}

void SvgWriter::operator()(const Heat& c) {
  const HeatCells cells = heat_cells(c, theme_);
  body_ += cat("<g shape-rendering=\"crispEdges\" opacity=\"", number(c.alpha), "\">\n");
  if (!cells.image.empty()) {
    const std::string png =
        png_bytes(image_surface(cells.image_width, cells.image_height, cells.image).get());
    gchar* base64 = g_base64_encode(reinterpret_cast<const guchar*>(png.data()), png.size());
    Element(body_, "image")
        .box(c.rect)
        .set("preserveAspectRatio", "none")
        .set("image-rendering", "optimizeSpeed")
        .set("style", "image-rendering:pixelated")
        .set("xlink:href", cat("data:image/png;base64,", base64));
    g_free(base64);
  }
  for (const HeatCells::Run& run : cells.runs) (*this)(FillRect{run.rect, run.color});
  body_ += "</g>\n";
  const auto faded = [&](Color color) { return color.with_alpha(c.alpha); };
  for (const Rect& r : cells.hatched) (*this)(Hatch{r, faded(theme_.mask_hatch), kHeatHatchStep});
  for (const Rect& r : cells.gaps) (*this)(FillRect{r, faded(theme_.cell_gap)});
  for (const HeatCells::Marked& marked : cells.marked) {
    const MarkShapes shapes = mark_shapes(marked, theme_);
    for (const HeatCells::Run& run : shapes.fills) (*this)(FillRect{run.rect, faded(run.color)});
    for (const Polyline& l : shapes.lines) (*this)(Polyline{l.points, faded(l.color), l.width});
    (*this)(StrokeRect{shapes.outline.rect, faded(shapes.outline.color)});
  }
}

}  // namespace

std::string to_svg(const Drawing& drawing, TextEngine& text, const Theme& theme, Ground ground) {
  return SvgWriter(text.impl(), theme, ground).write(drawing);
}

}  // namespace qkv::drawing
