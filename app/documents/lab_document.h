#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "app/documents/history.h"
#include "app/documents/worker.h"
#include "core/attention/attention.h"
#include "core/experiment/evaluator.h"
#include "core/experiment/experiment.h"

namespace qkv::documents {

class Autosave;

/// The experiment that is open in the Lab: its history, its file, and its evaluation, which follows every
/// change. Small ones are evaluated within the call, large ones on a worker while the last trace stays.
class LabDocument {
 public:
  /// Throws Error when the experiment cannot be evaluated. The autosave, when given, follows every change too
  /// and outlives the document.
  explicit LabDocument(experiment::Experiment start, Autosave* autosave = nullptr);

  const experiment::Experiment& experiment() const { return history_.current(); }

  /// The latest trace there is, never null, and the experiment it belongs to: figures show these two. While
  /// busy() they are older than experiment(), so their shapes may differ from it.
  std::shared_ptr<const attention::Trace> trace() const { return shown_.trace; }
  const experiment::Experiment& traced_experiment() const { return *shown_.experiment; }
  /// The same, shared: a frame keeps what it began with while its controls change the document.
  std::shared_ptr<const experiment::Experiment> shared_experiment() const { return shown_.experiment; }
  /// The trace of traced_experiment() without edits and gains, made when first asked for; null while a worker
  /// makes it (busy() is true then).
  std::shared_ptr<const attention::Trace> start_trace();

  /// Nobody looks at differences any more: evaluations are single again.
  void drop_start_trace();

  /// The next state, as one step called `what` ("change w_q[2,3]"). The merge key is History::push's.
  void apply(experiment::Experiment next, std::string what, std::string merge_key = {});
  void end_gesture() { history_.end_gesture(); }
  bool can_undo() const { return history_.can_undo(); }
  bool can_redo() const { return history_.can_redo(); }
  std::string undo_name() const { return history_.undo_name(); }
  std::string redo_name() const { return history_.redo_name(); }
  void undo();
  void redo();

  /// Takes over what a worker has finished; true when trace(), start_trace() or error() changed.
  bool poll();
  bool busy() const { return worker_.busy() || mail_waits(); }
  /// Blocks until trace() and start_trace() belong to experiment(): pictures and tests.
  void wait();
  double last_compute_seconds() const { return shown_.seconds; }
  /// Why the last change could not be evaluated; empty when it could.
  const std::string& error() const { return shown_.error; }

  /// Where it was opened or saved; empty when nowhere.
  const std::filesystem::path& path() const { return path_; }
  bool unsaved() const { return history_.shared() != saved_; }
  /// Writes it and makes the path its own. Throws Error; nothing changes then.
  void save_as(const std::filesystem::path& path);
  /// Opens another one; not undoable. `as_unsaved` for one that is in no file as it is (restored, imported).
  /// Throws Error when it cannot be evaluated; nothing changes then (a large one's comes later, through
  /// error()).
  void replace(experiment::Experiment other, std::filesystem::path path, bool as_unsaved = false);

 private:
  using Value = std::shared_ptr<const experiment::Experiment>;
  struct Result {
    Value experiment;
    std::shared_ptr<const attention::Trace> trace, start_trace;
    double seconds = 0;
    std::string error;
    std::uint64_t generation = 0;
  };

  static Result compute(experiment::Evaluator& evaluator, Value value, bool with_start,
                        std::uint64_t generation);
  void changed();
  void keep();
  void evaluate_current();
  void submit();
  void show(Result result);
  bool is_quick(const experiment::Experiment& e) const;
  bool mail_waits() const;

  History<experiment::Experiment> history_;
  Value saved_;  ///< null: in no file as it is
  std::filesystem::path path_;
  Autosave* autosave_ = nullptr;

  experiment::Evaluator here_, there_;  ///< of this thread, of the worker
  Result shown_;
  bool wants_start_ = false;        ///< someone looks at differences: both traces are made until it is dropped
  double seconds_per_step_ = 1e-9;  ///< of the last large evaluation: predicts the next one's time
  std::uint64_t generation_ = 0;    ///< of the last change
  mutable std::mutex mail_mutex_;
  std::unique_ptr<Result> mail_;  ///< from the worker to poll()
  Worker worker_;                 ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
