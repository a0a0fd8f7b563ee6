#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "app/documents/latest.h"
#include "app/documents/worker.h"
#include "core/analysis/cost_study.h"
#include "core/analysis/decoding_cost.h"
#include "core/analysis/scaling_study.h"

namespace qkv::documents {

/// What lesson 9 measures from one seed: every d_k of study_widths().
struct ScalingMeasurement {
  analysis::ScalingStudy study;
  std::vector<analysis::ScoreSample> samples;  ///< at each of the same widths
};

/// What lesson 16 measures on this machine; grows while it runs.
struct CostMeasurement {
  static constexpr std::array kMethods{analysis::CostMethod::stored, analysis::CostMethod::fused, analysis::CostMethod::window, analysis::CostMethod::linear};
  std::array<analysis::CostCurve, kMethods.size()> curves;  ///< one a method; without points until its turn comes
  analysis::DecodingCost decoding;
  std::size_t at = 0;  ///< what is measured just now: one of kMethods, or behind them the decoding
  bool done = false;   ///< nothing more will come
  bool whole = false;  ///< all of it was measured
};

/// The measurements that lessons make, on workers: what was there before stays until the new is ready.
class LearnStudies {
 public:
  LearnStudies();
  /// Of this seed, or of the one before while it is made; null before the first.
  std::shared_ptr<const ScalingMeasurement> scaling(std::uint64_t seed);

  /// What was measured so far, to be asked for in each frame that shows it: the first begins it, and so does the first
  /// after a time unseen that cut it short.
  std::shared_ptr<const CostMeasurement> cost(std::uint64_t seed);
  void start_cost(std::uint64_t seed);  ///< anew
  void stop_cost();                     ///< what was measured stays
  /// Shows this until start_cost(): for pictures that are to be the same on every machine.
  void show_cost(std::shared_ptr<const CostMeasurement> measured);
  bool measuring_cost() const { return cost_worker_.busy(); }
  /// After each frame: what nobody looks at any more is not measured any further.
  void frame_shown();

  bool poll();  ///< true when something is new
  bool busy() const;
  void wait();    ///< for the study of scaling; the cost is stopped
  void finish();  ///< all that was asked for, seconds of it: for pictures

 private:
  Latest<std::uint64_t, ScalingMeasurement> scaling_;
  std::shared_ptr<const CostMeasurement> cost_;
  bool seen_ = false;       ///< in this frame
  bool given_up_ = false;  ///< measuring ended because nobody looked
  mutable std::mutex mutex_;
  std::shared_ptr<const CostMeasurement> cost_mail_;
  Worker cost_worker_;  ///< last: its job uses all of the above
};

}  // namespace qkv::documents
