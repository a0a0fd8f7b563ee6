#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/documents/lab_document.h"
#include "app/documents/lesson.h"
#include "app/documents/progress.h"
#include "app/documents/worker.h"

namespace qkv::documents {

/// The lessons, the one being read, and its live experiments. What Learn shows and Present replays.
class LearnSession {
 public:
  /// Reads the shelf of `assets`/lessons and of `own_folder` (may be empty). Never throws; see shelf().troubles.
  /// Opens the step where the reader was, else the first. An empty progress folder: nothing is kept.
  LearnSession(std::filesystem::path assets, std::filesystem::path own_folder, std::filesystem::path progress_folder);
  ~LearnSession();

  const LessonShelf& shelf() const { return shelf_; }
  bool is_open() const { return lesson_ >= 0; }
  const Lesson& lesson() const { return shelf_.lessons[static_cast<std::size_t>(lesson_)]; }
  /// The step that is shown: in a quiz the one whose question is asked.
  const LessonStep& step() const { return shown_lesson().steps[static_cast<std::size_t>(shown_.second)]; }
  int lesson_index() const { return lesson_; }
  int step_index() const { return step_; }

  /// Goes there and sets its experiments up afresh, or as the reader left them in this session. Throws Error; stays then.
  void go_to(int lesson_index, int step_index);
  /// The next step, or the next lesson's first; on a step with the figure 'check' the next question (the first draws them), and
  /// behind the last the score. False at the end. Throws Error as go_to.
  bool next();
  bool previous();

  /// The live experiment of the step, and the one beside it (null: none). Never null while open.
  LabDocument& document() { return *document_; }
  LabDocument* beside() { return beside_.get(); }
  /// The step as it begins, for "start again" and for claims.
  void start_again();
  /// Of what the figures show; valid until the next call.
  experiment::Scope scope();
  /// Claims of a teacher's own step that are false as it begins; what comes with the program is tested.
  const std::vector<std::string>& false_claims() const { return false_claims_; }
  /// An expression's value as the screen writes it ("0.83", "cat"); none while it cannot be had.
  std::optional<std::string> live(std::string_view expression);

  /// The state of this step's question.
  const Answer& answer() const;
  /// Applies the option's settings to the document, so that the figure shows why; those of the option before are taken back.
  void choose(int option);
  void reveal();
  /// Looks whether a goal has been met: after each change of the document. True when it just was.
  bool watch_goal();
  /// True when the text behind the question may be shown.
  bool answered() const;
  /// What the reader may see of it: how far they were, by the file's name.
  const Progress& progress() const { return progress_; }
  /// Right answers and questions of a lesson.
  struct Score { int right = 0, asked = 0; };
  Score score(int lesson_index) const;

  /// The questions drawn over all lessons while a step with the figure 'check' is open, else null. quiz()->at tells which is
  /// asked: then step(), document(), answer() and all else are of that question.
  const Quiz* quiz() const;
  bool is_check() const;  ///< the lesson's step has the figure 'check', whatever is asked there
  /// Draws them anew, by this seed or by the one after the last, and asks the first. Throws Error.
  void start_quiz(std::optional<std::uint64_t> seed = std::nullopt);
  /// Asks this one; −1: before the first, items.size(): the score. Throws Error.
  void go_to_question(int item);

  /// Whether the reader may change this cell or use this control in this step.
  bool may_change(const experiment::Cell& cell);
  bool may_use(std::string_view control) const;
  bool poll();
  bool busy() const;
  void wait();
  std::string take_error();  ///< why progress could not be kept; told once

 private:
  using Value = std::shared_ptr<const experiment::Experiment>;
  using Traced = std::shared_ptr<const attention::Trace>;
  /// The experiments of a step, as they begin or as the reader left them.
  struct Left {
    Value experiment, beside;
    Value unanswered;  ///< as it was before an answer's settings; null: none were applied
  };

  const Lesson& shown_lesson() const { return shelf_.lessons[static_cast<std::size_t>(shown_.first)]; }
  void open(int lesson_index, int step_index, int item);  ///< throws Error; stays then
  void open_where_left();
  bool next_step();
  void leave();
  Answer& answer_here();
  void keep_progress();

  std::filesystem::path assets_, progress_folder_;
  LessonShelf shelf_;
  Progress progress_;
  int lesson_ = -1, step_ = 0;
  std::pair<int, int> shown_;  ///< lesson and step of what is shown: another's in a quiz
  std::unique_ptr<LabDocument> document_, beside_;
  Value start_experiment_, beside_start_experiment_, unanswered_;
  Traced start_, beside_start_;
  std::vector<std::string> false_claims_;
  std::map<std::string, Left> left_;  ///< by place_, in this session
  std::string place_;                 ///< what is shown: the lesson's file and step, or the quiz and its question
  // What a scope refers to.
  Value now_experiment_, beside_now_experiment_;
  Traced now_, beside_now_;
  std::optional<experiment::Scope> beside_scope_;
  std::mutex error_mutex_;
  std::string error_;
  Worker keeper_;  ///< last: its jobs use the above
};

}  // namespace qkv::documents
