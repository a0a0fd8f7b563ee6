#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/documents/lab_document.h"
#include "app/documents/lesson.h"

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

/// The lessons, the one being read, and its live experiments. What Learn shows and Present replays.
class LearnSession {
 public:
  /// Reads the shelf of `assets`/lessons and of `own_folder` (may be empty). Never throws; see shelf().troubles.
  LearnSession(std::filesystem::path assets, std::filesystem::path own_folder, std::filesystem::path progress_folder);

  const LessonShelf& shelf() const { return shelf_; }
  bool is_open() const { return lesson_ >= 0; }
  const Lesson& lesson() const { return shelf_.lessons[static_cast<std::size_t>(lesson_)]; }
  const LessonStep& step() const { return lesson().steps[static_cast<std::size_t>(step_)]; }
  int lesson_index() const { return lesson_; }
  int step_index() const { return step_; }

  /// Goes there and sets its experiments up afresh, or as the reader left them in this session. Throws Error; stays then.
  void go_to(int lesson_index, int step_index);
  bool next();      ///< the next step, or the next lesson's first; false at the end
  bool previous();

  /// The live experiment of the step, and the one beside it (null: none). Never null while open.
  LabDocument& document() { return *document_; }
  LabDocument* beside() { return beside_.get(); }
  /// The step as it begins, for "start again" and for claims.
  void start_again();
  experiment::Scope scope();
  /// An expression's value as the screen writes it ("0.83", "cat"); none while it cannot be had.
  std::optional<std::string> live(std::string_view expression);

  /// The state of this step's question.
  const Answer& answer() const;
  void choose(int option);   ///< applies the option's settings to the document, so that the figure shows why
  void reveal();
  /// Looks whether a goal has been met: after each change of the document. True when it just was.
  bool watch_goal();
  /// True when the text behind the question may be shown.
  bool answered() const;
  /// Right answers and questions of a lesson.
  struct Score { int right = 0, asked = 0; };
  Score score(int lesson_index) const;

  /// Whether the reader may change this cell or use this control in this step.
  bool may_change(const experiment::Cell& cell);
  bool may_use(std::string_view control) const;
  bool poll();
  bool busy() const;
  void wait();
  std::string take_error();  ///< why progress could not be kept; told once

 private:
  std::filesystem::path assets_, progress_folder_;
  LessonShelf shelf_;
  Progress progress_;
  int lesson_ = -1, step_ = 0;
  std::unique_ptr<LabDocument> document_, beside_;
  std::shared_ptr<const experiment::Experiment> start_experiment_;
  std::shared_ptr<const attention::Trace> start_;
  std::string error_;
};

}  // namespace qkv::documents
