#pragma once
#include "core/attention/attention.h"
#include "core/model/model.h"

// One head of a real model as attention::Inputs: attend() of them agrees with the pass, and explain() of that
// trace tells where each number came from, down to the residual stream and the weights.
namespace qkv::model {

/// attend() keeps every score: longer texts are refused.
inline constexpr int kMaxExplainedTokens = 2048;

/// The head's weights, norms and options, reading hidden[layer] of a capture of this model. One layer of one
/// head: layer_output is what this head alone adds, without the layer's b_o. What an Intervention replaced
/// inside this very layer (patches of q, k, v, a replaced pattern) is not in it. Throws Error: a capture
/// without hidden states or of another shape, no such head, a text longer than kMaxExplainedTokens.
attention::Inputs head_inputs(const Model& model, const Capture& capture, int layer, int head);

/// The head of a capture file: q, k and v are leaves, what made them is unknown. Throws Error as above, and
/// where q, k or v were not recorded or the keys are other tokens than the queries.
attention::Inputs head_inputs(const Capture& capture, int layer, int head);

}  // namespace qkv::model
