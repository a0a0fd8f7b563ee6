#pragma once
#include <filesystem>
#include <utility>
#include <vector>

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

/// Files that go when not all of them were written.
class Written {
 public:
  Written() = default;
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() {
    std::error_code ignored;
    for (const auto& file : files_) std::filesystem::remove(file, ignored);
  }
  void add(std::filesystem::path file) { files_.push_back(std::move(file)); }
  void keep() { files_.clear(); }

 private:
  std::vector<std::filesystem::path> files_;
};

/// Plays the drawing into the file. Throws Error; what was there before stays then.
void write_picture(const drawing::Drawing& drawing, drawing::TextEngine& text, const drawing::Theme& theme,
                   const PictureFile& file);

}  // namespace qkv::shell
