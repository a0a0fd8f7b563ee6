#pragma once
#include <string>
#include <vector>

#include "core/experiment/experiment.h"
#include "core/model/model.h"

// 'Open in the Lab': a head of a model, with its real weights and inputs, as an experiment.
namespace qkv::documents {

/// The Lab shows at most so many tokens well; of a longer text the first ones are taken, and the description says so.
inline constexpr int kMostLabTokens = 512;

/// The head as it ran on this text: its norm, weights, rotary positions, mask and scale, reading the residual stream of
/// the capture; every number imported, titled "gpt2 · L5 H1". The pattern of the capture is there to be compared with.
/// `model` null: a capture file, of which q, k and v are taken as they are. `tokens`: readable, one a row of the capture.
/// Throws Error: as model::head_inputs and experiment::wrapped.
experiment::Experiment lab_experiment(const model::Model* model, const model::Capture& capture,
                                      const std::vector<std::string>& tokens, int layer, int head);

}  // namespace qkv::documents
