#pragma once
#include "app/controls/ui.h"
#include "app/figures/prose_column.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/learn/learn.h"
#include "core/experiment/claim.h"

namespace qkv::workspaces {

/// What the parts of the Learn workspace share while one frame is built.
struct LearnScene {
  controls::Ui& ui;
  documents::LearnSession& session;
  LearnView& view;
  bool room = false;  ///< shown to a room: one thing, large
  bool hands_on = true;  ///< the hand may change it: not a picture of it

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  const documents::LessonStep& step() const { return session.step(); }
  /// The question of the check that is asked, from 0; −1: none.
  int asked() const;
  /// Live numbers of the text, as the step's experiment has them now.
  figures::LiveValue live() const {
    return [&lesson = session](std::string_view expression) { return lesson.live(expression); };
  }
};

// The parts, each in the file of its name.
void text_column(LearnScene& s, Rect area);      ///< heading, text, question, and the way on
/// The question with its answers or its goal, from `at` down; returns its height.
float question_card(LearnScene& s, Point at, float width);
void step_figure(LearnScene& s, Rect area);      ///< what stands beside the text, with its controls
void stages_figure(LearnScene& s, Rect area);    ///< the Lab's matrices, as the step lists them; two experiments where it says so
/// Outlines the places and veils what is in none of them; draws nothing when there are none. Over the matrices of `lab`.
void spotlight(Scene& lab, const std::vector<experiment::Place>& places);
/// What the reader may change, framed.
void changeable(Scene& lab, const std::vector<experiment::Place>& places);

}  // namespace qkv::workspaces
