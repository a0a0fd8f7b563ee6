#pragma once
#include "core/model/capture.h"

namespace qkv::model {

/// Takes what the file does not say of the mask from the zeros of the layer's pattern: causal where none
/// looks ahead, a window where none looks further back than a distance that some row reaches.
void infer_mask(LayerCapture& layer, bool causal, bool window);

/// Row maxima and sums where only q and k (or scores) are there; where a pattern is there too, notes how far
/// it lies from what they give.
void check_and_complete(Capture& capture);

}  // namespace qkv::model
