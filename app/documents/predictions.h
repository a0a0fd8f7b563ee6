#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/documents/latest.h"
#include "app/documents/model_run.h"

namespace qkv::documents {

/// What the model expects at one position, with and without the ablations.
struct Prediction {
  int id = 0;
  std::string readable;
  float intact = 0, shown = 0;              ///< probabilities
  float logit_intact = 0, logit_shown = 0;
};

struct Predictions {
  std::shared_ptr<const ModelRun> run;
  int position = 0;
  std::vector<Prediction> rows;  ///< most probable first (intact), then those that only the ablated pass puts that high
};

inline constexpr int kPredictionRows = 6;

/// Of the hidden state at `position`. A model without a head has no rows.
Predictions predict(const std::shared_ptr<const ModelRun>& run, int position, int count = kPredictionRows);

/// Predictions of the position asked for last: small vocabularies within the call, large ones on a worker.
class Predictor {
 public:
  /// The newest there are, maybe of another position or run; null when there are none
  /// yet and for a model without a head.
  std::shared_ptr<const Predictions> of(const std::shared_ptr<const ModelRun>& run, int position);
  bool poll() { return latest_.poll(); }
  bool busy() const { return latest_.busy(); }
  void wait() { latest_.wait(); }

 private:
  Latest<std::pair<std::shared_ptr<const ModelRun>, int>, Predictions> latest_;
};

}  // namespace qkv::documents
