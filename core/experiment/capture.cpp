#include "core/experiment/capture.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/files/capture_format.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"

namespace qkv::experiment {
namespace {

using Matrices = std::vector<const Matrix*>;

/// Matrices of one shape as one tensor [count, rows, columns]; they must outlive it.
files::TensorSource stacked(std::string name, Matrices matrices) {
  const Matrix& first = *matrices.front();
  const std::int64_t size = first.size();
  return {std::move(name),
          "F32",
          {std::ssize(matrices), first.rows(), first.cols()},
          [matrices = std::move(matrices), size](void* out, std::int64_t from, std::int64_t count) {
            auto* to = static_cast<float*>(out);
            while (count > 0) {
              const std::int64_t at = from % size, now = std::min(count, size - at);
              const float* values = matrices[static_cast<std::size_t>(from / size)]->data();
              to = std::copy_n(values + at, now, to);
              from += now;
              count -= now;
            }
          }};
}

Matrices of_heads(const attention::LayerTrace& layer, const Matrix attention::HeadTrace::*matrix) {
  Matrices out;
  for (const auto& head : layer.heads) out.push_back(&(head.*matrix));
  return out;
}

std::vector<files::TensorSource> tensors_of(const attention::Trace& trace,
                                            const std::set<std::string>& parts) {
  using Head = attention::HeadTrace;
  std::vector<files::TensorSource> tensors;
  for (std::size_t l = 0; l < trace.layers.size(); ++l) {
    const attention::LayerTrace& layer = trace.layers[l];
    const auto add = [&](const std::string& part, const Matrix Head::*matrix) {
      if (parts.contains(part))
        tensors.push_back(stacked(files::capture_tensor(l, part), of_heads(layer, matrix)));
    };
    const Stage q = attention::scored_q(layer.heads.front()), k = attention::scored_k(layer.heads.front());
    add("pattern", &Head::weights);
    add("scores", &Head::scores);
    add("q", q == Stage::q_rotated      ? &Head::q_rotated
             : q == Stage::q_normalised ? &Head::q_normalised
                                        : &Head::q);
    add("k", k == Stage::k_rotated      ? &Head::k_rotated
             : k == Stage::k_normalised ? &Head::k_normalised
                                        : &Head::k);
    add("v", &Head::v);
    add("z", &Head::output);
  }
  if (parts.contains("hidden") && trace.residual.size() > 0) {
    Matrices hidden;
    for (const auto& layer : trace.layers) hidden.push_back(&layer.x);
    hidden.push_back(&trace.residual);
    tensors.push_back(stacked("hidden", std::move(hidden)));
  }
  return tensors;
}

std::map<std::string, std::string> metadata_of(const Experiment& e, const attention::Trace& trace) {
  std::vector<std::string> tokens;
  std::vector<float> scales;
  for (const Token& token : e.tokens) tokens.push_back(token.text);
  const attention::Options& options = trace.inputs.options;
  for (const auto& layer : trace.layers) {
    const auto d_k = static_cast<float>(layer.heads.front().q.cols());
    scales.push_back((options.scale ? 1.0f / std::sqrt(d_k) : 1.0f) * (1.0f / options.temperature));
  }
  std::map<std::string, std::string> metadata = {{"attn_capture", "1"},
                                                 {"tokens", files::json_list(tokens)},
                                                 {"scale", files::json_list(scales)},
                                                 {"model", e.title},
                                                 {"producer", "qkvlab " QKV_VERSION}};
  if (options.mask.kind != attention::MaskKind::none) metadata["causal"] = "true";
  if (options.mask.kind == attention::MaskKind::sliding_window)
    metadata["window"] = std::to_string(options.mask.window);
  return metadata;
}

}  // namespace

std::vector<std::string> write_capture(const Experiment& experiment, const attention::Trace& trace,
                                       const std::filesystem::path& path,
                                       const std::set<std::string>& parts) {
  files::check_capture_parts(parts);
  const auto tensors = tensors_of(trace, parts.empty() ? files::capture_parts() : parts);
  std::vector<std::string> missing;
  if (parts.contains("hidden") && trace.residual.size() == 0)
    missing.push_back("without a W_O back to d_model this experiment has no hidden");
  if (parts.contains("logits")) missing.push_back("an experiment has no logits, for it has no vocabulary");
  if (tensors.empty()) throw Error(files::shown(path) + ": nothing to write: " + missing.front() + "; ask for other parts");
  files::write_safetensors(path, tensors, metadata_of(experiment, trace));
  return missing;
}

}  // namespace qkv::experiment
