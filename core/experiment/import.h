#pragma once
#include <filesystem>

#include "core/experiment/experiment.h"
#include "core/files/tensors.h"

namespace qkv::experiment {

/// A file of matrices (.npz, .npy, .csv, .safetensors) as an experiment: X (or Q, K, V), W_Q, W_K, W_V,
/// optional b_Q …, W_O, weights/scores/output to compare with, tokens. Names are matched without case and
/// punctuation. `W_Q` is [d_model, d_k]; where only the transpose fits it is used and said in
/// Experiment::source; names ending in ".weight" are [out, in]. Arrays of three axes are [h, …], one matrix a
/// head. X alone is attention without projections (W_Q, W_K and W_V are identities). With X and W_Q, a Q in
/// the file is compared with, not used; so are scores, scaled, weights, output and layer_output. A capture
/// file of one layer opens too. Throws Error.
Experiment import_matrices(const std::filesystem::path& path);
/// The same from arrays already read; `path` names them in sentences and gives the title.
Experiment import_tensors(files::TensorFile contents, const std::filesystem::path& path);

/// Opens any file the Lab knows: an experiment (.json) or a file of matrices.
Experiment open_any(const std::filesystem::path& path);

struct Difference {
  Stage stage{};
  int layer = 0, head = 0;
  /// max |ours − theirs|; NaN where only one side is NaN, infinite when the stage is gone or has another
  /// shape. A masked score (−inf) equals any number of −10000 and below, which other programs use.
  float largest = 0;
  int row = 0, column = 0;  ///< where; −1 when the shapes differ
  float ours = 0, theirs = 0;
};
/// One a matrix in Experiment::expected, in its order.
std::vector<Difference> compare_with_expected(const Experiment& experiment, const attention::Trace& trace);

}  // namespace qkv::experiment
