#include <iostream>
#include <string>

#include "app/controls/no_clipboard.h"
#include "app/drawing/text_engine.h"
#include "app/shell/app.h"

// where_is REGION [ROW COLUMN]: the middle of a region (or of a cell of it) of the start screen at 1440×900, "x y", for
// scripts that click in a real window. where_is alone lists the regions.
int main(int argc, char** argv) {
  using namespace qkv;
  controls::NoClipboard clipboard;
  drawing::TextEngine text;
  shell::AppConfig config;
  config.clipboard = &clipboard;
  config.text = &text;
  shell::App app(config);
  const drawing::Drawing& frame = app.frame();
  if (argc < 2) {
    for (const auto& region : frame.regions) std::cout << region.id << '\n';
    return 0;
  }
  const drawing::Region* region = drawing::find_region(frame, argv[1]);
  if (!region) {
    std::cerr << "there is no region " << argv[1] << '\n';
    return 1;
  }
  drawing::Rect r = region->rect;
  if (argc == 4 && region->rows > 0) {
    r.w /= static_cast<float>(region->columns);
    r.h /= static_cast<float>(region->rows);
    r = r.moved(std::stof(argv[3]) * r.w, std::stof(argv[2]) * r.h);
  }
  std::cout << static_cast<int>(r.center().x) << ' ' << static_cast<int>(r.center().y) << '\n';
}
