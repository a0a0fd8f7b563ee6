#include "app/shell/export_picture.h"

#include "app/drawing/players.h"
#include "core/files/tensors.h"

namespace qkv::shell {

void write_picture(const drawing::Drawing& drawing, drawing::TextEngine& text, const drawing::Theme& theme,
                   const PictureFile& file) {
  const drawing::Ground ground = file.transparent ? drawing::Ground::none : drawing::Ground::theme;
  const auto kind = file.path.extension();
  if (kind == ".svg") return files::write_file_atomically(file.path, drawing::to_svg(drawing, text, theme, ground));
  if (kind == ".pdf") return drawing::write_pdf(drawing, text, theme, file.path, ground);
  drawing::write_figure_png(drawing, text, theme, file.scale, file.path, ground);
}

}  // namespace qkv::shell
