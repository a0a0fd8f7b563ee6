#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "app/documents/model_run.h"
#include "app/documents/worker.h"
#include "core/attention/attention.h"

namespace qkv::documents {

/// One head of a run computed again with every step kept, so that explain() can tell where its numbers come from.
struct HeadTrace {
  std::shared_ptr<const ModelRun> run;
  HeadId head;
  std::shared_ptr<const attention::Trace> trace;  ///< null when it could not be made
  std::string error;                              ///< why
};

/// Traces the head asked for last: short texts within the call, long ones on a worker.
class HeadTracer {
 public:
  /// Null while it is made.
  std::shared_ptr<const HeadTrace> of(const std::shared_ptr<const ModelRun>& run, HeadId head);
  bool poll();
  bool busy() const;
  void wait();

 private:
  std::shared_ptr<const HeadTrace> latest_;
  std::weak_ptr<const ModelRun> asked_run_;
  HeadId asked_head_{-1, -1};
  mutable std::mutex mutex_;
  std::shared_ptr<const HeadTrace> mail_;
  Worker worker_;  ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
