#pragma once
#include <string>

#include "app/controls/ui.h"
#include "app/documents/learn_session.h"
#include "app/workspaces/learn/view.h"

namespace qkv::workspaces {

/// The Learn workspace: the lesson's text and question at the left, its live figure with the controls of the step at the
/// right, in `area`.
void learn(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area);

/// The figure of the step alone (no controls), for export: "" or "figure", or a stage by its name. Returns the part of `area` it
/// fills. Throws Error for an unknown name, or when no lesson is open.
Rect learn_figure(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area, const std::string& name);

/// The same for a room: one thing of it, laid out for large type. `live`: the hand may change it, what can be
/// changed is framed and the step's controls stand above. Throws Error where
/// the step has no figure for a room.
void room_figure(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect area, bool live);

/// Goes to a step; what cannot be shown is said in the notice, and the reader stays where they are.
void go_to_step(documents::LearnSession& session, LearnView& view, int lesson, int step);
void next_step(documents::LearnSession& session, LearnView& view);
void previous_step(documents::LearnSession& session, LearnView& view);
/// Chooses the answer with this number, from 0; nothing when there is no such answer.
void choose_answer(documents::LearnSession& session, LearnView& view, int option);
/// Other random numbers, where the step lets the reader draw them.
void draw_again(documents::LearnSession& session, LearnView& view);
/// What a step that measures works on: "random q, k, v (seed 7), one head, d_k = 64"; empty where the figure shows the experiment.
std::string measured_on(const documents::LessonStep& step, const LearnView& view);
/// "3  Why three projections"
std::string lesson_title(const documents::Lesson& lesson);
/// Opens the list of lessons (popup "lessons"); lesson_list draws it under its button while it is open: last, over everything.
void open_lesson_list(controls::Interaction& in, LearnView& view);
void lesson_list(controls::Ui& ui, documents::LearnSession& session, LearnView& view, Rect button);

}  // namespace qkv::workspaces
