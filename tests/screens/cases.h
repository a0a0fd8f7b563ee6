#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "app/shell/render.h"

namespace qkv::screens {

/// One reference picture: what `qkvlab render` would be asked for. `out` is left to the test.
struct Case {
  std::string name;  ///< of reference/NAME.png
  shell::RenderRequest request;
};

/// How GoogleTest names it.
void PrintTo(const Case& screen, std::ostream* out);

/// Every reference picture: the workspaces, and every step of every lesson.
const std::vector<Case>& cases();

}  // namespace qkv::screens
