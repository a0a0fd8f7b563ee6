#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/tensors.h"

namespace qkv::experiment {

/// What an array in a file of matrices is for. The three of a projection follow each other: q, k, v.
enum class Role {
  x,
  w_q,
  w_k,
  w_v,
  b_q,
  b_k,
  b_v,
  q,
  k,
  v,
  w_o,
  b_o,
  tokens,
  scores,
  scaled,
  weights,
  output,
  layer_output,  ///< the user's own results, to compare with
  unknown
};

/// By name, without case and punctuation and, in dotted names, by the last part: "W_Q", "wq",
/// "layers.0.self_attn.q_proj.weight" are all w_q.
Role role_of(std::string_view name);

/// The name in sentences: "W_Q".
std::string_view title_of(Role role);

/// One array of a file with the name it has there.
struct NamedTensor {
  std::string name;
  files::Tensor tensor;
  bool out_in() const { return name.ends_with(".weight"); }  ///< nn.Linear's layout
  /// "W_Q (q_proj.weight, [8, 4])", for sentences.
  std::string described(Role role) const;
};

/// The arrays of a file by what they are for.
struct Roles {
  std::map<Role, NamedTensor> arrays;
  std::vector<std::string> ignored;
  const NamedTensor* find(Role role) const {
    const auto it = arrays.find(role);
    return it == arrays.end() ? nullptr : &it->second;
  }
};

/// Throws Error (beginning with `file`) when two arrays are for the same thing. A file of one array that has
/// no known name is taken as X.
Roles sort_by_role(files::TensorFile& contents, const std::string& file);

}  // namespace qkv::experiment
