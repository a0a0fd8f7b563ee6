#pragma once
#include <set>
#include <string>
#include <vector>

#include "core/model/weights.h"

namespace qkv::model {

/// Which tensor of the files goes where in Weights: names resolved and shapes checked before anything is
/// read.
class WeightPlan {
 public:
  /// Rows of a tensor and where they go.
  struct Slice {
    std::int64_t from = 0, to = 0, rows = 0;
  };
  struct Job {
    std::string name;
    ModelFiles::Place place;
    std::int64_t rows = 0, columns = 0;  ///< of the tensor as stored; a vector is a column
    bool transposed = false;             ///< stored as [in, out]; then there is one slice
    bool plus_one = false;               ///< stored as gain − 1
    Matrix* matrix = nullptr;            ///< the destination, or
    Vector* vector = nullptr;
    std::int64_t total_rows = 0;  ///< of the destination, which several jobs may share
    std::vector<Slice> slices;
    int layer = -1;
  };

  /// Plans for `weights`, which gets its kinds, epsilons and layers here. Throws Error as read_weights()
  /// does.
  WeightPlan(const Config& config, const ModelFiles& files, const std::string& where, Weights& weights);

  const std::vector<Job>& jobs() const { return jobs_; }  ///< in order of their layers
  std::int64_t parameters() const;
  std::vector<std::string> unused() const;

 private:
  void plan_embeddings(Weights& weights);
  void plan_layer(LayerWeights& layer, int index);
  void plan_attention(LayerWeights& layer, const std::string& prefix);
  void plan_mlp(LayerWeights& layer, const std::string& prefix);
  void plan_head(Weights& weights);

  /// The first of these names that is there; where none is, the first is noted as missing.
  const ModelFiles::Place* find(const std::vector<std::string>& names, std::string& name);
  bool is_there(const std::string& name) const { return files_.tensors.contains(name); }
  void add_matrix(const std::vector<std::string>& names, Matrix& to, std::int64_t rows, std::int64_t columns,
                  std::int64_t total_rows, std::vector<Slice> slices, bool transposed = false);
  void add_vector(const std::vector<std::string>& names, Vector& to, std::int64_t size, std::int64_t total,
                  std::vector<Slice> slices, bool plus_one = false);
  void add(Job job, const std::vector<std::int64_t>& shape);
  void add_linear(const std::string& name, Linear& to, std::int64_t out, std::int64_t in, bool bias,
                  bool transposed = false);
  /// A part of a larger linear layer: `out` rows of it, put at row `at` of `total`.
  void add_part(const std::string& name, Linear& to, std::int64_t out, std::int64_t in, bool bias,
                std::int64_t at, std::int64_t total);
  void add_norm(const std::string& name, Norm& to, std::int64_t size);
  [[noreturn]] void refuse(const std::string& name, const std::string& why) const;

  const Config& config_;
  const ModelFiles& files_;
  std::string where_, prefix_;
  std::vector<Job> jobs_;
  std::vector<std::string> missing_;
  std::set<std::string> used_;
  int layer_ = -1;
};

}  // namespace qkv::model
