#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <numbers>

#include "app/drawing/cairo_image.h"
#include "app/drawing/glyph_raster.h"
#include "app/drawing/heat_cells.h"
#include "app/drawing/players.h"
#include "core/error.h"
#include "core/files/tensors.h"

namespace qkv::drawing {
namespace {

struct DestroyContext {
  void operator()(cairo_t* cr) const { cairo_destroy(cr); }
};
using Context = std::unique_ptr<cairo_t, DestroyContext>;

/// Plays commands on a Cairo surface. `scale` device pixels a unit where the surface has pixels, else 0: then
/// text stays text; on pixels it is drawn glyph by glyph as the window does it.
class CairoWriter {
 public:
  CairoWriter(cairo_t* cr, TextEngine::Impl& text, const Theme& theme, float scale, Ground ground)
      : cr_(cr), text_(text), theme_(theme), scale_(scale), ground_(ground) {}

  void write(const Drawing& drawing) {
    if (scale_ > 0) cairo_scale(cr_, scale_, scale_);
    cairo_translate(cr_, -drawing.bounds.x, -drawing.bounds.y);
    if (ground_ == Ground::theme) (*this)(FillRect{drawing.bounds, theme_.bg});
    for (const Command& command : drawing.commands)
      if (ground_ == Ground::theme || !is_ground(command, drawing.bounds)) std::visit(*this, command);
  }

  void operator()(const FillRect& c) {
    if (c.rect.empty() || c.color.a == 0) return;
    rectangle(c.rect, c.radius);
    fill(c.color);
  }

  void operator()(const StrokeRect& c) {
    if (c.rect.empty() || c.color.a == 0) return;
    const float inset = std::min({c.width / 2, c.rect.w / 2, c.rect.h / 2});
    rectangle(c.rect.inset(inset), std::max(0.f, c.radius - inset));
    stroke(c.color, c.width, c.dashed);
  }

  void operator()(const Polyline& c) {
    if (c.points.size() < 2) return;
    path(c.points, c.closed);
    stroke(c.color, c.width, c.dashed);
  }

  void operator()(const Polygon& c) {
    path(c.points, true);
    fill(c.color);
  }

  void operator()(const Bezier& c) {
    cairo_move_to(cr_, c.from.x, c.from.y);
    cairo_curve_to(cr_, c.control1.x, c.control1.y, c.control2.x, c.control2.y, c.to.x, c.to.y);
    stroke(c.color, c.width, false);
  }

  void operator()(const Circle& c) {
    cairo_new_sub_path(cr_);
    cairo_arc(cr_, c.center.x, c.center.y, c.radius, 0, 2 * std::numbers::pi);
    if (c.stroke.a != 0 && c.width > 0) {
      source(c.fill);
      cairo_fill_preserve(cr_);
      stroke(c.stroke, c.width, false);
    } else {
      fill(c.fill);
    }
  }

  void operator()(const Hatch& c) {
    cairo_save(cr_);
    clip(c.rect);
    for (const auto& [from, to] : hatch_lines(c.rect, c.step)) {
      cairo_move_to(cr_, from.x - 1, from.y + 1);
      cairo_line_to(cr_, to.x + 1, to.y - 1);
    }
    stroke(c.color, 1, false);
    cairo_restore(cr_);
  }

  void operator()(const Text& c);
  void operator()(const Heat& c);

  void operator()(const PushClip& c) {
    cairo_save(cr_);
    clip(c.rect);
    ++open_clips_;
  }

  void operator()(const PopClip&) {
    if (open_clips_ == 0) return;
    --open_clips_;
    cairo_restore(cr_);
  }

 private:
  void source(Color c) { cairo_set_source_rgba(cr_, c.r / 255., c.g / 255., c.b / 255., c.a / 255.); }
  void fill(Color c) {
    source(c);
    cairo_fill(cr_);
  }
  void stroke(Color c, float width, bool dashed) {
    constexpr double kDash = 3;
    source(c);
    cairo_set_line_width(cr_, width);
    cairo_set_dash(cr_, &kDash, dashed ? 1 : 0, 0);
    cairo_stroke(cr_);
  }
  void clip(const Rect& r) {
    cairo_rectangle(cr_, r.x, r.y, r.w, r.h);
    cairo_clip(cr_);
  }
  void path(const std::vector<Point>& points, bool closed) {
    cairo_new_path(cr_);
    for (const Point p : points) cairo_line_to(cr_, p.x, p.y);
    if (closed) cairo_close_path(cr_);
  }
  void rectangle(const Rect& r, float radius) {
    radius = std::min({radius, r.w / 2, r.h / 2});
    if (radius <= 0) return cairo_rectangle(cr_, r.x, r.y, r.w, r.h);
    constexpr double kQuarter = std::numbers::pi / 2;
    cairo_new_sub_path(cr_);
    cairo_arc(cr_, r.right() - radius, r.y + radius, radius, -kQuarter, 0);
    cairo_arc(cr_, r.right() - radius, r.bottom() - radius, radius, 0, kQuarter);
    cairo_arc(cr_, r.x + radius, r.bottom() - radius, radius, kQuarter, 2 * kQuarter);
    cairo_arc(cr_, r.x + radius, r.y + radius, radius, 2 * kQuarter, 3 * kQuarter);
    cairo_close_path(cr_);
  }
  void image(const Rect& rect, int width, int height, const std::vector<Color>& pixels);
  void glyph(const Glyph& g, const Text& t, double x, double y);

  cairo_t* cr_;
  TextEngine::Impl& text_;
  const Theme& theme_;
  float scale_;
  Ground ground_;
  int open_clips_ = 0;
};

void CairoWriter::operator()(const Text& c) {
  if (c.text.empty() || c.style.color.a == 0) return;
  const ShapedLine& line = text_.shape(c.text, c.style);
  const float width = line.width * c.style.size;
  const float shift = c.align == Align::left ? 0 : c.align == Align::center ? -width / 2 : -width;
  cairo_save(cr_);
  cairo_translate(cr_, c.at.x, c.at.y);
  cairo_rotate(cr_, -c.angle * std::numbers::pi / 180);
  cairo_translate(cr_, shift, 0);
  for (const Rect& b : line.boxes) {
    const float s = c.style.size;
    (*this)(StrokeRect{{b.x * s, b.y * s, b.w * s, b.h * s}, c.style.color});
  }
  if (scale_ > 0) {
    for (const Glyph& g : line.glyphs) glyph(g, c, g.x * c.style.size, g.y * c.style.size);
  } else {
    const double em = c.style.size / kShapeSize;
    const auto show = [&](const PangoLine& l, float x, float y, double size) {
      cairo_save(cr_);
      cairo_translate(cr_, x * c.style.size, y * c.style.size);
      cairo_scale(cr_, em * size, em * size);
      cairo_move_to(cr_, 0, 0);
      source(c.style.color);
      pango_cairo_show_layout_line(cr_, l.line);
      cairo_restore(cr_);
    };
    show(text_.lay_out(c.text, c.style), 0, 0, 1);
    if (!line.boxes.empty()) {
      for (const TextPart& part : text_.parts(c.text, c.style)) {
        if (part.size < 1)
          show(text_.lay_out(part.text, {.weight = 500, .family = Family::mono}), part.x, part.y, part.size);
      }
    }
  }
  cairo_restore(cr_);
}

/// One glyph at (x, y) of the current coordinates, on whole device pixels as in the window.
void CairoWriter::glyph(const Glyph& g, const Text& t, double x, double y) {
  cairo_user_to_device(cr_, &x, &y);
  GlyphRequest request;
  request.font = g.font;
  request.index = g.index;
  request.size = t.style.size * g.size * scale_;
  request.angle = static_cast<int>(std::lround(t.angle)) % 360;
  const auto quarters = [](double& v) {
    const double rounded = std::round(v * 4) / 4;
    v = std::floor(rounded);
    return static_cast<float>(rounded - v);
  };
  request.shift_x = quarters(x);
  if (request.angle != 0)
    request.shift_y = quarters(y);
  else
    y = std::round(y);
  const Color ink = t.style.color;
  request.light_ink = is_light(ink);
  const GlyphImage image = rasterize(text_, request);
  if (image.rgba.empty()) return;
  std::vector<Color> pixels(static_cast<std::size_t>(image.width) * image.height);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::uint8_t* p = &image.rgba[i * 4];
    const auto alpha = static_cast<unsigned char>(p[3] * ink.a / 255);
    pixels[i] = image.upright ? Color{p[0], p[1], p[2], alpha} : Color{ink.r, ink.g, ink.b, alpha};
  }
  const CairoSurface surface = image_surface(image.width, image.height, pixels);
  cairo_save(cr_);
  cairo_identity_matrix(cr_);
  cairo_translate(cr_, x, y);
  if (image.upright) cairo_rotate(cr_, -request.angle * std::numbers::pi / 180);
  cairo_set_source_surface(cr_, surface.get(), image.left, image.top);
  cairo_paint(cr_);
  cairo_restore(cr_);
}

void CairoWriter::image(const Rect& rect, int width, int height, const std::vector<Color>& pixels) {
  const CairoSurface surface = image_surface(width, height, pixels);
  cairo_save(cr_);
  clip(rect);
  cairo_translate(cr_, rect.x, rect.y);
  cairo_scale(cr_, rect.w / static_cast<float>(width), rect.h / static_cast<float>(height));
  cairo_set_source_surface(cr_, surface.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr_), CAIRO_FILTER_NEAREST);
  cairo_paint(cr_);
  cairo_restore(cr_);
}

void CairoWriter::operator()(const Heat& c) {
  const HeatCells cells = heat_cells(c, theme_);
  const bool grouped = c.alpha < 1;
  if (grouped) cairo_push_group(cr_);
  if (!cells.image.empty()) image(c.rect, cells.image_width, cells.image_height, cells.image);
  cairo_set_antialias(cr_, CAIRO_ANTIALIAS_NONE);  // no seams between cells
  for (const HeatCells::Run& run : cells.runs) (*this)(FillRect{run.rect, run.color});
  cairo_set_antialias(cr_, CAIRO_ANTIALIAS_DEFAULT);
  for (const Rect& r : cells.hatched) (*this)(Hatch{r, theme_.mask_hatch, kHeatHatchStep});
  for (const Rect& r : cells.gaps) (*this)(FillRect{r, theme_.cell_gap});
  for (const HeatCells::Marked& marked : cells.marked) {
    const MarkShapes shapes = mark_shapes(marked, theme_);
    for (const HeatCells::Run& run : shapes.fills) (*this)(FillRect{run.rect, run.color});
    for (const Polyline& l : shapes.lines) (*this)(l);
    (*this)(shapes.outline);
  }
  if (grouped) {
    cairo_pop_group_to_source(cr_);
    cairo_paint_with_alpha(cr_, c.alpha);
  }
}

}  // namespace

void write_pdf(const Drawing& drawing, TextEngine& text, const Theme& theme,
               const std::filesystem::path& path, Ground ground) {
  write_pdf(std::span(&drawing, 1), text, theme, path, ground);
}

void write_pdf(std::span<const Drawing> pages, TextEngine& text, const Theme& theme, const std::filesystem::path& path, Ground ground) {
  if (pages.empty()) throw Error(path.string() + ": there is no page to write.");
  std::string bytes;
  const CairoSurface surface(
      cairo_pdf_surface_create_for_stream(append_bytes, &bytes, pages.front().bounds.w, pages.front().bounds.h));
  // The date would make every file another one.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
  for (const Drawing& page : pages) {
    cairo_pdf_surface_set_size(surface.get(), page.bounds.w, page.bounds.h);
    const Context cr(cairo_create(surface.get()));
    CairoWriter(cr.get(), text.impl(), theme, 0, ground).write(page);
    cairo_show_page(cr.get());
  }
  cairo_surface_finish(surface.get());
  if (const cairo_status_t status = cairo_surface_status(surface.get()); status != CAIRO_STATUS_SUCCESS) {
    throw Error(path.string() + ": the PDF cannot be made (" + cairo_status_to_string(status) + ").");
  }
  files::write_file_atomically(path, bytes);
}

void write_figure_png(const Drawing& drawing, TextEngine& text, const Theme& theme, float scale,
                      const std::filesystem::path& path, Ground ground) {
  const double pixels = static_cast<double>(drawing.bounds.w) * static_cast<double>(drawing.bounds.h) *
                        static_cast<double>(scale) * static_cast<double>(scale);
  if (pixels > kMaxPngPixels) {
    throw Error(path.string() + ": a PNG of " + std::to_string(std::lround(drawing.bounds.w * scale)) + "×" +
                std::to_string(std::lround(drawing.bounds.h * scale)) + " pixels is too large (at most " +
                std::to_string(std::lround(kMaxPngPixels / 1e6)) +
                " million); choose a smaller size or scale, or SVG or PDF, which are sharp at any size.");
  }
  const int width = static_cast<int>(std::lround(drawing.bounds.w * scale));
  const int height = static_cast<int>(std::lround(drawing.bounds.h * scale));
  const CairoSurface surface(cairo_image_surface_create(ground == Ground::none ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, width, height));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS || width < 1 || height < 1) {
    throw Error(path.string() + ": a picture of " + std::to_string(width) + "×" + std::to_string(height) +
                " pixels is not possible; choose another size or scale.");
  }
  {
    const Context cr(cairo_create(surface.get()));
    CairoWriter(cr.get(), text.impl(), theme, scale, ground).write(drawing);
  }
  files::write_file_atomically(path, png_bytes(surface.get()));
}

}  // namespace qkv::drawing
