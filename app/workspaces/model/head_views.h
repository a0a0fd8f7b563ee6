#pragma once
#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

// The three pictures of a head, each in the file of its name.
void head_map(ModelScene& s, drawing::Rect area);
void head_lines(ModelScene& s, drawing::Rect area);
void head_text(ModelScene& s, drawing::Rect area);

}  // namespace qkv::workspaces
