#pragma once
#include "app/workspaces/lab/scene.h"

namespace qkv::workspaces {

/// One block a query: its weights as a bar, entropy, largest weight and how much gradient can flow. Also, where the user
/// opened results to compare with, the largest differences. Returns the height used below area.y.
float readouts_panel(Scene& s, Rect area);

}  // namespace qkv::workspaces
