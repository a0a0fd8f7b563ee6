#pragma once
#include <filesystem>

#include "app/drawing/drawing.h"
#include "app/drawing/text_engine.h"
#include "app/drawing/theme.h"

namespace qkv::shell {

/// Where a picture goes and how: the extension says whether it is a PNG, an SVG or a PDF.
struct PictureFile {
  std::filesystem::path path;
  float scale = 1;           ///< device pixels a logical one, of a PNG
  bool transparent = false;  ///< nothing behind it
};

/// Plays the drawing into the file. Throws Error; what was there before stays then.
void write_picture(const drawing::Drawing& drawing, drawing::TextEngine& text, const drawing::Theme& theme,
                   const PictureFile& file);

}  // namespace qkv::shell
