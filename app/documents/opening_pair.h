#pragma once
#include <utility>

#include "core/attention/attention.h"
#include "core/experiment/experiment.h"

namespace qkv::documents {

/// The query and key that an experiment without targets begins with: the last token and the first, or, where either is special
/// ("[CLS]", "</s>"), those of the strongest weight of this head among tokens that are not.
std::pair<int, int> opening_pair(const experiment::Experiment& experiment, const attention::Trace& trace, int layer, int head);

}  // namespace qkv::documents
