#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/workspaces/learn/view.h"
#include "app/workspaces/model/view.h"
#include "app/workspaces/present/slide.h"

namespace qkv::workspaces {

/// What is shown of the talk, never what is computed.
struct PresentView {
  int step = -1;                 ///< the step all of this is of
  bool revealed = false;
  bool blank = false;            ///< the room looks at the lecturer
  bool spotlight = false;        ///< only what is around the pointer is bright
  bool pen = false;
  bool timer = true;
  bool moves = true;             ///< rows travel from step to step
  std::vector<std::vector<drawing::Point>> strokes;  ///< drawn on this step
  std::vector<RowPlace> places, from;                ///< where rows stand, and stood on the step before
  std::optional<double> moved_at;  ///< seconds: when the step came
  double began = -1;               ///< seconds: when the talk began
  std::optional<Cell> pressed;
  float pressed_value = 0;
  LearnView learn;
  ModelView model;
  std::string notice, wish;
};

}  // namespace qkv::workspaces
