#include "app/documents/learn_studies.h"

#include <utility>

namespace qkv::documents {

LearnStudies::LearnStudies() = default;

std::shared_ptr<const ScalingMeasurement> LearnStudies::scaling(std::uint64_t seed) {
  return scaling_.of(seed, false, [](std::uint64_t asked) {
    const auto widths = analysis::study_widths();
    return ScalingMeasurement{analysis::scaling_study({.seed = asked}), analysis::score_samples(asked, widths)};
  });
}

std::shared_ptr<const CostMeasurement> LearnStudies::cost(std::uint64_t seed) {
  seen_ = true;
  if (!cost_ || given_up_) start_cost(seed);
  return cost_;
}

void LearnStudies::frame_shown() {
  if (std::exchange(seen_, false) || !cost_worker_.busy()) return;
  stop_cost();
  given_up_ = true;
}

void LearnStudies::start_cost(std::uint64_t seed) {
  cost_worker_.cancel();
  cost_worker_.wait();
  given_up_ = false;
  {
    const std::scoped_lock lock(mutex_);
    cost_mail_ = nullptr;  // of the measurement before
  }
  cost_ = std::make_shared<const CostMeasurement>();
  cost_worker_.submit([this, seed](const std::stop_token& stop) {
    CostMeasurement now;
    const auto post = [&] {
      auto copy = std::make_shared<const CostMeasurement>(now);
      const std::scoped_lock lock(mutex_);
      cost_mail_ = std::move(copy);
    };
    try {
      for (std::size_t i = 0; i < CostMeasurement::kMethods.size() && !stop.stop_requested(); ++i) {
        now.at = i;
        const analysis::CostRequest request{.method = CostMeasurement::kMethods[i], .seed = seed};
        now.curves[i] = analysis::cost_curve(request, stop, [&](const analysis::CostCurve& curve) {
          now.curves[i] = curve;
          post();
        });
      }
      now.at = CostMeasurement::kMethods.size();
      if (!stop.stop_requested())
        now.decoding = analysis::decoding_cost({.seed = seed}, stop, [&](const analysis::DecodingCost& cost) {
          now.decoding = cost;
          post();
        });
    } catch (const std::exception&) {  // out of memory: what was measured stays
    }
    now.done = true;
    now.whole = !stop.stop_requested();
    post();
  });
}

void LearnStudies::stop_cost() { cost_worker_.cancel(); }

void LearnStudies::show_cost(std::shared_ptr<const CostMeasurement> measured) {
  cost_worker_.cancel();
  cost_worker_.wait();
  given_up_ = false;
  const std::scoped_lock lock(mutex_);
  cost_mail_ = nullptr;
  cost_ = std::move(measured);
}

bool LearnStudies::poll() {
  bool any = scaling_.poll();
  const std::scoped_lock lock(mutex_);
  if (cost_mail_) {
    cost_ = std::exchange(cost_mail_, nullptr);
    any = true;
  }
  return any;
}

bool LearnStudies::busy() const {
  if (scaling_.busy() || cost_worker_.busy()) return true;
  const std::scoped_lock lock(mutex_);
  return cost_mail_ != nullptr;
}

void LearnStudies::wait() {
  cost_worker_.cancel();
  finish();
}

void LearnStudies::finish() {
  scaling_.wait();
  cost_worker_.wait();
  poll();
}

}  // namespace qkv::documents
