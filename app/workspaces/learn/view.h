#pragma once
#include <optional>
#include <string>

#include "app/documents/learn_studies.h"
#include "app/workspaces/lab/view.h"

namespace qkv::workspaces {

/// What is shown of the lesson, never what is computed.
struct LearnView {
  std::string notice;          ///< one line in the status bar: what the last action did
  std::string wish;            ///< id of an action to be run after the frame
  float scroll = 0;            ///< px of the text above its window
  bool to_end = false;         ///< an answer came: its reply is scrolled into view in the next frame
  float list_scroll = 0;       ///< of the list of lessons
  bool hint = false;           ///< the hint was asked for
  LabView main, beside;        ///< what is shown of the step's two experiments
  bool begun = false;          ///< query, key and selection follow the spotlight of the step
  std::shared_ptr<const attention::Trace> watched;  ///< the goal was last compared with it
  int lesson = -1, step = -1;  ///< of which all of this is
  std::optional<int> swap_first;  ///< the word that changes places with the one clicked next
  std::uint64_t seed = 7;      ///< of the random rows of a study
  int measure = 0;             ///< which curve of lesson 9
  std::optional<float> cost_n;  ///< tokens at which lesson 16 reads its curves: last pointed at
  int wanted = 0;              ///< attribute that the lookup asks for
  int held_arrow = -1;
  Rect stack_grid;             ///< where the hovered grid of the stack stood
  float code_scroll = 0;
  int code_tab = 0;

  // These outlive the step; whoever draws hands them in.
  std::shared_ptr<documents::LearnStudies> studies;  ///< of the lessons that measure; not null while one is drawn
  std::shared_ptr<const attention::Trace> own;  ///< of the Lab's experiment, to be put on the axes of a study; may be null
  bool show_own = false;
};

}  // namespace qkv::workspaces
