#pragma once
#include <memory>
#include <string>
#include <utility>

#include "app/documents/latest.h"
#include "app/documents/model_run.h"
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
  bool poll() { return latest_.poll(); }
  bool busy() const { return latest_.busy(); }
  void wait() { latest_.wait(); }

 private:
  Latest<std::pair<std::shared_ptr<const ModelRun>, HeadId>, HeadTrace> latest_;
};

}  // namespace qkv::documents
