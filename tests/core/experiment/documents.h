#pragma once
#include <random>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

using Random = std::mt19937_64;

/// From 0 to most.
int any_int(Random& random, int most);
/// Any float32 bit pattern: NaN, infinities, −0 and denormals come often.
float any_float(Random& random);
/// Words of several scripts, controls, quotes; may be empty.
std::string any_text(Random& random);
/// A valid document that uses every field, with numbers that need not make sense.
Experiment any_experiment(Random& random);
/// Two tokens, d_model 2, one hand-set head with w_q = [[1, 2], [3, 4]] and identity w_k, w_v.
Experiment tiny_experiment();

}  // namespace qkv::experiment
