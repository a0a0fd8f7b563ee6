#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/workspaces/learn/view.h"
#include "app/workspaces/model/view.h"
#include "app/prose/prose.h"
#include "app/workspaces/present/slide.h"

namespace qkv::workspaces {

/// Where the words of a lesson's step and its figure stand on the stage.
struct LessonPlaces {
  Rect words{}, figure{};  ///< an empty figure: none is shown
  float type = 28;         ///< of the words, px at 1920×1080; 0: they have no room in any
};

/// Words that need several screens, as they were last broken.
struct BrokenWords {
  int step = -1;
  bool revealed = false;
  float width = 0, height = 0, unit = 0;
  std::vector<prose::Text> pages;
};

/// What is shown of the talk, never what is computed.
struct PresentView {
  int step = -1;                 ///< the step all of this is of
  int part = 0;                  ///< of the step, from 0, where its words need several screens
  int parts = 1;                 ///< how many they need, as last drawn
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
  BrokenWords broken;
  std::optional<LessonPlaces> lesson_places;  ///< of the last frame
  LearnView learn;
  ModelView model;
  std::string notice, wish;
};

}  // namespace qkv::workspaces
