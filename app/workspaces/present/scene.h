#pragma once
#include "app/figures/prose_column.h"
#include "app/workspaces/present/present.h"

namespace qkv::workspaces {

/// What the parts of a stage share while one frame is built.
struct PresentScene {
  controls::Ui& ui;
  documents::TalkSession& talk;
  PresentView& view;
  float unit;   ///< px that stand for 1 px at 1920×1080
  bool still;

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  float u(float px) const { return px * unit; }
  /// How far the step has come in, 0 to 1.
  float progress() const;
};

// The parts, each in the file of its name.
void stage_strip(PresentScene& s, drawing::Rect area);   ///< every stage small, the present one marked
void stage_step(PresentScene& s, drawing::Rect area);    ///< slide of a stage; its numbers can be dragged
void lesson_step(PresentScene& s, drawing::Rect area);   ///< text and question of a lesson, and its figure
void model_step(PresentScene& s, drawing::Rect area);    ///< a head of a model
void text_step(PresentScene& s, drawing::Rect area);     ///< title and text alone
void footer(PresentScene& s, drawing::Rect area);        ///< keys, title, place in the talk
void ink(PresentScene& s, drawing::Rect area);           ///< pen, spotlight and blank, over everything

/// Title and words in the smallest type, broken over several screens where that is needed, with `more` screens behind them; false
/// when one of those is the one to be shown, and draws nothing then.
bool broken_words(PresentScene& s, drawing::Rect area, const std::string& title, const prose::Text& words, const figures::LiveValue& live, int more);

/// Title of a step that says its own; only measured without `draw`. Returns its height.
float step_title(PresentScene& s, drawing::Rect area, const std::string& text, bool draw = true);

}  // namespace qkv::workspaces
