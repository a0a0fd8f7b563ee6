#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "app/documents/quiz.h"

namespace qkv::documents {

/// What a reader has done; kept in a small JSON file between runs.
struct Progress {
  std::map<std::string, Answer> answers;    ///< by "LESSON-FILE-NAME/step-title"
  std::map<std::string, int> reached;       ///< furthest step of each lesson, by file name
  std::string lesson;                       ///< where the reader was: the file's name
  int step = 0;
  Quiz quiz;                                ///< no items: none was drawn
  bool operator==(const Progress&) const = default;
};
/// A missing or damaged file gives none (the damaged one is kept beside it). save throws Error.
Progress load_progress(const std::filesystem::path& folder);
void save_progress(const std::filesystem::path& folder, const Progress& progress);

}  // namespace qkv::documents
