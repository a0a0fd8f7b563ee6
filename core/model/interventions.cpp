#include "core/model/interventions.h"

#include "core/error.h"

namespace qkv::model {
namespace {

using Kind = Intervention::Kind;

bool has_values(Kind kind) { return kind != Kind::ablate_zero && kind != Kind::ablate_mean; }

}  // namespace

void check_interventions(const std::vector<Intervention>& interventions, const Summary& summary,
                         Eigen::Index n) {
  for (const Intervention& each : interventions) {
    const bool of_kv = each.kind == Kind::patch_k || each.kind == Kind::patch_v;
    const int heads = of_kv ? summary.kv_heads : summary.heads;
    if (each.layer < 0 || each.layer >= summary.layers || each.head < 0 || each.head >= heads)
      throw Error("There is no head " + std::to_string(each.layer) + "." + std::to_string(each.head) +
                  " to intervene on: " + summary.name + " has " + std::to_string(summary.layers) +
                  " layers of " + std::to_string(heads) + (of_kv ? " key-value heads" : " heads") +
                  ", counted from 0; choose one of these");
    if (!has_values(each.kind)) continue;
    const Eigen::Index columns = each.kind == Kind::replace_pattern ? n : summary.head_dim;
    if (each.values.rows() != n || each.values.cols() != columns)
      throw Error("The values for head " + std::to_string(each.layer) + "." + std::to_string(each.head) +
                  " are [" + std::to_string(each.values.rows()) + ", " + std::to_string(each.values.cols()) +
                  "], expected [" + std::to_string(n) + ", " + std::to_string(columns) + "]; take them from a pass over the same tokens");
  }
}

void patch_inputs(const std::vector<Intervention>& interventions, int layer, int head_dim, Matrix& q,
                  Matrix& k, Matrix& v) {
  for (const Intervention& each : interventions) {
    if (each.layer != layer) continue;
    const Eigen::Index at = Eigen::Index{each.head} * head_dim;
    if (each.kind == Kind::patch_q) q.middleCols(at, head_dim) = each.values;
    if (each.kind == Kind::patch_k) k.middleCols(at, head_dim) = each.values;
    if (each.kind == Kind::patch_v) v.middleCols(at, head_dim) = each.values;
  }
}

std::vector<const Matrix*> replaced_patterns(const std::vector<Intervention>& interventions, int layer,
                                             int heads) {
  std::vector<const Matrix*> out(static_cast<std::size_t>(heads), nullptr);
  for (const Intervention& each : interventions)
    if (each.layer == layer && each.kind == Kind::replace_pattern)
      out[static_cast<std::size_t>(each.head)] = &each.values;
  return out;
}

void patch_outputs(const std::vector<Intervention>& interventions, int layer, int head_dim, Matrix& z) {
  for (const Intervention& each : interventions) {
    if (each.layer != layer) continue;
    auto of_head = z.middleCols(Eigen::Index{each.head} * head_dim, head_dim);
    if (each.kind == Kind::ablate_zero) of_head.setZero();
    if (each.kind == Kind::ablate_mean) of_head = of_head.colwise().mean().eval().replicate(z.rows(), 1);
    if (each.kind == Kind::patch_z) of_head = each.values;
  }
}

}  // namespace qkv::model
