#pragma once
#include <cstdlib>
#include <string>

#include "app/drawing/players.h"
#include "tests/app/figures/model_bench.h"

namespace qkv::figures {

/// Writes what a test drew as FOLDER/NAME.png, for a person to look at, where QKV_LOOK names a folder.
inline void look(Sheet& s, const std::string& name) {
  const char* folder = std::getenv("QKV_LOOK");
  if (!folder) return;
  const drawing::Theme& theme = s.p.theme();
  drawing::Drawing whole{s.out.bounds, {drawing::FillRect{s.out.bounds, theme.canvas}}, {}};
  whole.commands.insert(whole.commands.end(), s.out.commands.begin(), s.out.commands.end());
  drawing::write_figure_png(whole, s.text, theme, 2,
                            std::string(folder) + "/" + name + (theme.dark ? "_dark" : "") + ".png");
}

}  // namespace qkv::figures
