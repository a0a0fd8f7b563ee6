#pragma once
#include "app/workspaces/present/scene.h"

namespace qkv::workspaces {

/// What the lecturer wrote, then the text of a lesson's step in type of `px` at 1920×1080, or its question with the answers or the goal and, once revealed, why: its
/// room is kept while it is hidden. Drawn at `at`, or only measured; returns the height.
float lesson_words(PresentScene& s, drawing::Point at, float width, float px, bool draw);

/// The same as one running text, for words that need several screens.
prose::Text all_words(PresentScene& s);
/// Numbers of the text, as the step's experiment has them now.
figures::LiveValue live_value(PresentScene& s);

}  // namespace qkv::workspaces
