#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/documents/head_tracer.h"
#include "app/documents/history.h"
#include "app/documents/model_run.h"
#include "app/documents/predictions.h"
#include "app/documents/worker.h"
#include "core/analysis/head_metrics.h"
#include "core/model/model.h"

namespace qkv::documents {

/// Every head at a glance, made after the run.
struct Overview {
  std::shared_ptr<const ModelRun> run;
  std::vector<std::vector<analysis::HeadMetrics>> metrics;              ///< [layers][heads]
  std::vector<std::vector<std::shared_ptr<const Matrix>>> thumbnails;  ///< [layers][heads], at most kThumbnail wide
};
inline constexpr int kThumbnail = 32;

/// A model folder or a capture file that is open in the Model workspace. Opening, passes and overviews run on a
/// worker; what was there before stays until the new is ready.
class ModelSession {
 public:
  ModelSession();

  /// Begins to open; a failure comes through error() and leaves what is open. Cancels an opening under way.
  void open(const std::filesystem::path& path);
  void cancel();
  /// Something is open: run() is not null.
  bool is_open() const { return run_ != nullptr; }
  const std::filesystem::path& path() const { return path_; }

  const ModelState& state() const { return history_.current(); }
  /// The tokens of state(), which may be newer than run()'s.
  const TokenLine& live_tokens() const { return live_; }
  std::shared_ptr<const ModelRun> run() const { return run_; }
  /// What the model expects at this token of run(); maybe of another while it is made, null when there are none.
  std::shared_ptr<const Predictions> predictions(int position) { return predictor_.of(run_, position); }
  /// Every step of one head of run(); null while it is made.
  std::shared_ptr<const HeadTrace> head_trace(HeadId head) { return tracer_.of(run_, head); }
  /// Of run(), or null while it is made.
  std::shared_ptr<const Overview> overview() const { return overview_; }

  void set_text(const std::string& text);
  void set_special_tokens(bool on);
  void toggle_ablation(HeadId head);
  void clear_ablations();
  bool is_ablated(HeadId head) const;
  void end_gesture() { history_.end_gesture(); }
  bool can_undo() const { return history_.can_undo(); }
  bool can_redo() const { return history_.can_redo(); }
  std::string undo_name() const { return history_.undo_name(); }
  std::string redo_name() const { return history_.redo_name(); }
  void undo();
  void redo();

  /// Takes over what the worker finished; true when anything above changed.
  bool poll();
  /// True when fraction() or doing() changed enough to be drawn again since the last call.
  bool progress_moved();
  bool busy() const;
  void wait();
  /// 0 … 1 and what the worker does, while opening or in a long pass.
  double fraction() const;
  std::string doing() const;
  /// Why the last opening or pass failed; empty when it did not. Cleared by the next.
  const std::string& error() const { return error_; }

 private:
  struct Mail {
    std::uint64_t generation = 0;
    std::shared_ptr<const ModelRun> run;
    std::shared_ptr<const Overview> overview;
    std::filesystem::path opened;  ///< not empty: this run is the first of what was opened
    bool failed = false;
    std::string error;
  };
  void push(ModelState next, std::string what, std::string merge_key = {});
  void changed();
  void post(Mail mail);
  void submit_pass(const std::shared_ptr<const model::Model>& model);
  void make_overview(const std::shared_ptr<const ModelRun>& run, std::uint64_t generation, const std::stop_token& stop);
  model::Progress progress();

  History<ModelState> history_;
  TokenLine live_;
  std::shared_ptr<const ModelRun> run_;
  std::shared_ptr<const Overview> overview_;
  std::filesystem::path path_;
  std::string error_;
  std::uint64_t generation_ = 0;
  mutable std::mutex mutex_;  ///< of the three below
  std::vector<Mail> mail_;
  double fraction_ = 0, fraction_seen_ = 0;
  std::string doing_;
  Predictor predictor_;
  HeadTracer tracer_;
  Worker worker_;  ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
