#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace qkv::documents {

/// How a question was answered so far.
struct Answer {
  int chosen = -1;       ///< option, −1 none
  int tries = 0;
  bool right = false;
  bool revealed = false; ///< shown without being answered
};

/// What a reader has done; kept in a small JSON file between runs.
struct Progress {
  std::map<std::string, Answer> answers;    ///< by "LESSON-FILE-NAME/step-title"
  std::map<std::string, int> reached;       ///< furthest step of each lesson, by file name
  std::string lesson; int step = 0;         ///< where the reader was
};
/// A missing or damaged file gives none (the damaged one is kept beside it). save throws Error.
Progress load_progress(const std::filesystem::path& folder);
void save_progress(const std::filesystem::path& folder, const Progress& progress);

}  // namespace qkv::documents
