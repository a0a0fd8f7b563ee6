#pragma once
#include <Eigen/Core>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/files/tensors.h"

// Pieces of transformers written the plainest way, in double precision, for variants that the oracle has no
// case of; and checkpoints of random numbers to run them on.
namespace qkv::model::naive {

using MatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Tensors by name, and the arithmetic that reads them. Rows are tokens.
class Checkpoint {
 public:
  explicit Checkpoint(unsigned seed) : seed_(seed) {}
  /// Adds a tensor of random numbers; vectors that are called weight lie around one.
  void add(const std::string& name, std::vector<std::int64_t> shape);
  /// NAME.weight [out, in] and, if `bias`, NAME.bias.
  void add_linear(const std::string& name, int out, int in, bool bias);
  /// NAME.weight and, if `bias`, NAME.bias [width].
  void add_norm(const std::string& name, int width, bool bias);
  void write(const std::filesystem::path& folder, const std::string& config) const;

  MatrixD matrix(const std::string& name) const;                    ///< a vector as one row
  MatrixD linear(const MatrixD& x, const std::string& name) const;  ///< x·Wᵀ, + b where there is one
  MatrixD layer_norm(const MatrixD& x, const std::string& name, double epsilon) const;
  MatrixD rms_norm(const MatrixD& x, const std::string& name, double epsilon) const;
  /// Rows of a table.
  MatrixD rows(const std::string& name, const std::vector<int>& ids) const;

  std::map<std::string, files::Tensor>& tensors() { return tensors_; }

 private:
  std::map<std::string, files::Tensor> tensors_;
  unsigned seed_;
};

/// Σ softmax(scale·q·k)·v, heads of `d` columns side by side.
MatrixD attention(const MatrixD& q, const MatrixD& k, const MatrixD& v, int d, double scale, bool causal);
/// Positions 0, 1, … turn dimension i of each head with i + size by position × frequencies[i].
MatrixD rope(MatrixD x, int d, const std::vector<double>& frequencies, double factor = 1);
/// θ^(−2i/dims).
std::vector<double> frequencies(double theta, int dims);

double relu(double x);
double gelu(double x);
double gelu_tanh(double x);
double silu(double x);

}  // namespace qkv::model::naive
