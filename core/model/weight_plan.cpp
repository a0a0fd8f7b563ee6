#include "core/model/weight_plan.h"

#include <algorithm>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::model {
namespace {

using Slices = std::vector<WeightPlan::Slice>;

/// The usual prefix is the one under which the embedding, or failing that the first layer, is found.
std::string prefix_of(const Family& family, const ModelFiles& files) {
  for (const char* prefix : family.names.prefixes)
    if (files.tensors.contains(prefix + std::string(family.names.embedding) + ".weight")) return prefix;
  std::string first = family.names.layer;
  first.replace(first.find("{}"), 2, "0");
  for (const char* prefix : family.names.prefixes)
    if (files.tensors.contains(prefix + first + family.names.in_layer.q + ".weight")) return prefix;
  return family.names.prefixes.front();
}

/// Rows of q, k and v of one head after another, brought into the order q of every head, then k, then v.
Slices interleaved(std::int64_t heads, std::int64_t head_dim) {
  Slices out;
  for (std::int64_t head = 0; head < heads; ++head)
    for (std::int64_t part = 0; part < 3; ++part)
      out.push_back({(head * 3 + part) * head_dim, (part * heads + head) * head_dim, head_dim});
  return out;
}

}  // namespace

WeightPlan::WeightPlan(const Config& config, const ModelFiles& files, const std::string& where,
                       Weights& weights)
    : config_(config), files_(files), where_(where), prefix_(prefix_of(*config.family, files)) {
  plan_embeddings(weights);
  weights.layers.resize(static_cast<std::size_t>(config.layers));
  for (layer_ = 0; layer_ < config.layers; ++layer_)
    plan_layer(weights.layers[static_cast<std::size_t>(layer_)], layer_);
  layer_ = -1;
  plan_head(weights);
  if (missing_.empty()) return;
  for (std::string& name : missing_) name = files::in_quotes(name);
  throw Error(where_ + ": " + (missing_.size() == 1 ? "this tensor is" : "these tensors are") +
              " missing: " + files::list_of(missing_) + "; the files are incomplete or not those of a " +
              std::string(config.family->name) + " model with " + std::to_string(config.layers) + " layers");
}

void WeightPlan::plan_embeddings(Weights& weights) {
  const Names& names = config_.family->names;
  const Config& c = config_;
  std::vector<std::string> embedding = {prefix_ + names.embedding + ".weight"};
  if (c.tied && names.unembedding) embedding.push_back(names.unembedding + std::string(".weight"));
  add_matrix(embedding, weights.embedding, c.vocabulary, c.embedding_width, c.vocabulary,
             {{0, 0, c.vocabulary}});
  if (names.positions)
    add_matrix({prefix_ + names.positions + ".weight"}, weights.positions, c.position_rows, c.width,
               c.position_rows, {{0, 0, c.position_rows}});
  if (names.types)
    add_matrix({prefix_ + names.types + ".weight"}, weights.types, c.types, c.width, c.types,
               {{0, 0, c.types}});
  if (names.embedding_norm) add_norm(prefix_ + names.embedding_norm, weights.embedding_norm, c.width);
  if (c.embedding_width != c.width) {
    add_linear(prefix_ + names.project_in, weights.project_in, c.width, c.embedding_width, false);
    add_linear(prefix_ + names.project_out, weights.project_out, c.embedding_width, c.width, false);
  }
  if (c.final_norm) add_norm(prefix_ + names.final_norm, weights.final_norm, c.width);
}

void WeightPlan::plan_layer(LayerWeights& layer, int index) {
  std::string prefix = config_.family->names.layer;
  prefix.replace(prefix.find("{}"), 2, std::to_string(index));
  prefix = prefix_ + prefix;
  const LayerNames& names = config_.family->names.in_layer;
  const auto norm = [&](const char* name, Norm& to) {
    if (name) add_norm(prefix + name, to, config_.width);
  };
  norm(names.attention_norm, layer.attention_norm);
  norm(names.attention_branch_norm, layer.attention_branch_norm);
  norm(names.mlp_norm, layer.mlp_norm);
  norm(names.mlp_branch_norm, layer.mlp_branch_norm);
  plan_attention(layer, prefix);
  plan_mlp(layer, prefix);
}

void WeightPlan::plan_attention(LayerWeights& layer, const std::string& prefix) {
  const Config& c = config_;
  const Family& family = *c.family;
  const LayerNames& names = family.names.in_layer;
  const std::int64_t q = c.q_width(), kv = c.kv_width(), total = q + 2 * kv;
  if (family.fusion == Fusion::separate) {
    add_part(prefix + names.q, layer.qkv, q, c.width, c.qkv_bias, 0, total);
    add_part(prefix + names.k, layer.qkv, kv, c.width, c.qkv_bias, q, total);
    add_part(prefix + names.v, layer.qkv, kv, c.width, c.qkv_bias, q + kv, total);
  } else {
    const Slices slices =
        family.fusion == Fusion::interleaved ? interleaved(c.heads, c.head_dim) : Slices{{0, 0, total}};
    add_matrix({prefix + names.q + ".weight"}, layer.qkv.w, total, c.width, total, slices, family.transposed);
    if (c.qkv_bias) add_vector({prefix + names.q + ".bias"}, layer.qkv.b, total, total, slices);
  }
  add_linear(prefix + names.o, layer.o, c.width, q, c.o_bias, family.transposed);
  if (!c.qk_norm) return;
  add_norm(prefix + names.q_norm, layer.q_norm, family.qk_norm_whole ? q : c.head_dim);
  add_norm(prefix + names.k_norm, layer.k_norm, family.qk_norm_whole ? kv : c.head_dim);
}

void WeightPlan::plan_mlp(LayerWeights& layer, const std::string& prefix) {
  const Config& c = config_;
  const Family& family = *c.family;
  const LayerNames& names = family.names.in_layer;
  const std::int64_t mlp = c.mlp_width;
  if (names.gate) {
    add_part(prefix + names.gate, layer.up, mlp, c.width, c.mlp_bias, 0, 2 * mlp);
    add_part(prefix + names.up, layer.up, mlp, c.width, c.mlp_bias, mlp, 2 * mlp);
  } else {
    add_linear(prefix + names.up, layer.up, family.gated ? 2 * mlp : mlp, c.width, c.mlp_bias,
               family.transposed);
  }
  add_linear(prefix + names.down, layer.down, c.width, mlp, c.mlp_bias, family.transposed);
}

void WeightPlan::plan_head(Weights& weights) {
  const Config& c = config_;
  const Names& names = c.family->names;
  // A head of a model with pictures lies one level deeper.
  const std::string deeper = "language_model.";
  const auto weight = names.unembedding + std::string(".weight");
  const bool own = is_there(weight) || is_there(deeper + weight);
  const bool transform = names.transform && is_there(names.transform + std::string(".weight"));
  const bool wanted = c.head == Config::Head::required;
  if (names.transform)
    weights.has_head = transform || wanted;
  else
    weights.has_head = own || wanted || (c.tied && c.head == Config::Head::unknown);
  if (!weights.has_head) return;
  if (names.transform) {
    add_linear(names.transform, weights.transform, c.width, c.width, true);
    add_norm(names.transform_norm, weights.transform_norm, c.width);
  }
  const bool is_embedding =
      !jobs_.empty() && used_.contains(weight);  // it already stands in for the embedding
  if ((own || !c.tied) && !is_embedding)
    add_matrix({weight, deeper + weight}, weights.unembedding, c.vocabulary, c.embedding_width, c.vocabulary,
               {{0, 0, c.vocabulary}});
  if (names.unembedding_biases.empty()) return;
  const std::vector<std::string> biases(names.unembedding_biases.begin(), names.unembedding_biases.end());
  add_vector(biases, weights.unembedding_bias, c.vocabulary, c.vocabulary, {{0, 0, c.vocabulary}});
  for (const std::string& bias : biases)  // an alias of the same bias is no stranger
    if (is_there(bias)) used_.insert(bias);
}

const ModelFiles::Place* WeightPlan::find(const std::vector<std::string>& names, std::string& name) {
  for (const std::string& candidate : names) {
    const auto found = files_.tensors.find(candidate);
    if (found == files_.tensors.end()) continue;
    name = candidate;
    return &found->second;
  }
  missing_.push_back(names.front());
  return nullptr;
}

void WeightPlan::add_matrix(const std::vector<std::string>& names, Matrix& to, std::int64_t rows,
                            std::int64_t columns, std::int64_t total_rows, Slices slices, bool transposed) {
  Job job;
  const auto* place = find(names, job.name);
  if (!place) return;
  job.place = *place;
  job.rows = transposed ? columns : rows;
  job.columns = transposed ? rows : columns;
  job.transposed = transposed;
  job.matrix = &to;
  job.total_rows = total_rows;
  job.slices = std::move(slices);
  const std::vector<std::int64_t> shape = {job.rows, job.columns};
  add(std::move(job), shape);
}

void WeightPlan::add_vector(const std::vector<std::string>& names, Vector& to, std::int64_t size,
                            std::int64_t total, Slices slices, bool plus_one) {
  Job job;
  const auto* place = find(names, job.name);
  if (!place) return;
  job.place = *place;
  job.rows = size;
  job.columns = 1;
  job.plus_one = plus_one;
  job.vector = &to;
  job.total_rows = total;
  job.slices = std::move(slices);
  add(std::move(job), {size});
}

void WeightPlan::add(Job job, const std::vector<std::int64_t>& shape) {
  const files::TensorEntry& entry = *job.place.entry;
  if (entry.shape != shape)
    refuse(job.name, "has the shape " + files::shape_text(entry.shape) + ", but the configuration needs " +
                         files::shape_text(shape));
  const bool is_float = entry.dtype.kind == files::Kind::ieee || entry.dtype.kind == files::Kind::bfloat;
  if (!is_float)
    refuse(job.name,
           "does not hold floating-point numbers (F32, F16, BF16 or F64), so it is quantised or damaged");
  job.layer = layer_;
  used_.insert(job.name);
  jobs_.push_back(std::move(job));
}

void WeightPlan::add_linear(const std::string& name, Linear& to, std::int64_t out, std::int64_t in, bool bias,
                            bool transposed) {
  add_matrix({name + ".weight"}, to.w, out, in, out, {{0, 0, out}}, transposed);
  if (bias) add_vector({name + ".bias"}, to.b, out, out, {{0, 0, out}});
}

void WeightPlan::add_part(const std::string& name, Linear& to, std::int64_t out, std::int64_t in, bool bias,
                          std::int64_t at, std::int64_t total) {
  add_matrix({name + ".weight"}, to.w, out, in, total, {{0, at, out}});
  if (bias) add_vector({name + ".bias"}, to.b, out, total, {{0, at, out}});
}

void WeightPlan::add_norm(const std::string& name, Norm& to, std::int64_t size) {
  to.kind = config_.family->norm;
  to.epsilon = config_.norm_epsilon;
  // The first TensorFlow checkpoints named them gamma and beta.
  if (config_.norm_gain)
    add_vector({name + ".weight", name + ".gamma"}, to.gain, size, size, {{0, 0, size}},
               config_.family->gain_minus_one);
  if (config_.norm_bias) add_vector({name + ".bias", name + ".beta"}, to.bias, size, size, {{0, 0, size}});
}

void WeightPlan::refuse(const std::string& name, const std::string& why) const {
  throw Error(where_ + ": tensor " + files::in_quotes(name) + " " + why);
}

std::int64_t WeightPlan::parameters() const {
  std::int64_t sum = 0;
  for (const Job& job : jobs_) sum += job.rows * job.columns;
  return sum;
}

std::vector<std::string> WeightPlan::unused() const {
  std::vector<std::string> out;
  for (const auto& [name, place] : files_.tensors) {
    const bool ignored =
        std::ranges::any_of(config_.family->names.ignored,
                            [&, &text = name](const char* ending) { return text.ends_with(ending); });
    if (!used_.contains(name) && !ignored) out.push_back(name);
  }
  return out;
}

}  // namespace qkv::model
