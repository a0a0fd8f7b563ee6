#pragma once
#include <limits>
#include <string>

#include "app/controls/ui.h"
#include "app/documents/talk_session.h"
#include "app/workspaces/present/view.h"

namespace qkv::workspaces {

/// The stage of a talk: one step in large type over the whole of `area`, without chrome. `still`: a picture is made, so
/// nothing moves and no time is shown; `keys`: the line of keys and the place in the talk stand below.
void present(controls::Ui& ui, documents::TalkSession& talk, PresentView& view, drawing::Rect area, bool still = false, bool keys = true);

/// What the lecturer alone sees: the notes of the step, the next one small, the time.
void speaker_notes(controls::Ui& ui, documents::TalkSession& talk, PresentView& view, drawing::Rect area);
/// Since the talk began: "12:05".
std::string elapsed_text(const PresentView& view, double now);

/// Goes on: first what is hidden is revealed by reveal(), then the step changes. A step that cannot be shown is said in the
/// notice.
void show_step(documents::TalkSession& talk, PresentView& view, int step);
/// One screen on or back: a step whose words need several has them one after another.
void walk_talk(documents::TalkSession& talk, PresentView& view, int by);
/// Shows what was to be guessed; false when nothing was hidden.
bool reveal(documents::TalkSession& talk, PresentView& view);
/// Whether this step hides something.
bool has_answer(documents::TalkSession& talk, const PresentView& view);
/// Seconds until the picture changes by itself; infinite when it does not.
double present_wake(const PresentView& view, double now);

inline constexpr double kTravel = 0.45;  ///< seconds a row is on its way

}  // namespace qkv::workspaces
