#pragma once
#include <filesystem>

#include "core/experiment/experiment.h"

namespace qkv::experiment {

/// A file of matrices (.npz, .npy, .csv, .safetensors) as an experiment: X (or Q, K, V), W_Q, W_K, W_V, optional
/// b_Q …, W_O, weights/scores/output to compare with, tokens. Names are matched without case and punctuation.
/// `W_Q` is [d_model, d_k]; where only the transpose fits it is used and said in Experiment::source; names ending
/// in ".weight" are [out, in]. Throws Error.
Experiment import_matrices(const std::filesystem::path& path);

/// Opens any file the Lab knows: an experiment (.json) or a file of matrices.
Experiment open_any(const std::filesystem::path& path);

struct Difference {
  Stage stage{};
  int layer = 0, head = 0;
  float largest = 0;  ///< max |ours − theirs|; NaN where one side is NaN
  int row = 0, column = 0;
  float ours = 0, theirs = 0;
};
/// One a matrix in Experiment::expected.
std::vector<Difference> compare_with_expected(const Experiment& experiment, const attention::Trace& trace);

}  // namespace qkv::experiment
