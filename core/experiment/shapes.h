#pragma once
#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// True when X itself is not part of the experiment: one layer whose heads are all given q, k and v directly.
bool lacks_embedding(const Experiment& experiment);

/// The present shape of any stage that can be edited; {0, 0} when it is absent (no such layer, head, bias,
/// W_O, or a projection replaced by a given q, k or v).
attention::Shape shape_in(const Experiment& experiment, Stage stage, int layer, int head);
bool is_inside(const Experiment& experiment, const Cell& cell);

/// How many numbers all weight matrices hold together.
long long parameter_count(const Experiment& experiment);

/// The parameter behind a leaf stage, or null: none of that layer and head, or not a parameter.
Parameter* parameter_of(Experiment& experiment, Stage stage, int layer, int head);
const Parameter* parameter_of(const Experiment& experiment, Stage stage, int layer, int head);

}  // namespace qkv::experiment
