#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "app/drawing/drawing.h"
#include "app/drawing/ground.h"
#include "app/drawing/text_engine.h"
#include "app/drawing/theme.h"

namespace qkv::drawing {

/// The drawing as SVG: text as <text>, heatmaps as crisp vector cells. Deterministic.
std::string to_svg(const Drawing& drawing, TextEngine& text, const Theme& theme, Ground ground = Ground::theme);
/// As PDF (Cairo; text stays text; no dates). Throws Error when the file cannot be written.
void write_pdf(const Drawing& drawing, TextEngine& text, const Theme& theme, const std::filesystem::path& path,
               Ground ground = Ground::theme);
/// One page each, as large as its drawing. Throws Error when there is none.
void write_pdf(std::span<const Drawing> pages, TextEngine& text, const Theme& theme, const std::filesystem::path& path,
               Ground ground = Ground::theme);
/// Most pixels of a PNG: 8 times 1920×1080 and a little, half a gigabyte while it is made.
inline constexpr double kMaxPngPixels = 136e6;
/// A figure as PNG (Cairo), scale × logical size. Throws Error, before it allocates where that is too large.
void write_figure_png(const Drawing& drawing, TextEngine& text, const Theme& theme, float scale,
                      const std::filesystem::path& path, Ground ground = Ground::theme);

}  // namespace qkv::drawing
