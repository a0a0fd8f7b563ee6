#include "app/documents/predictions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/model/head_logits.h"

namespace qkv::documents {
namespace {

constexpr double kQuickSteps = 4e6;  ///< multiplications that take about a millisecond

bool has_head(const ModelRun& run) { return run.model && run.model->summary().head != model::Head::none; }

/// Softmax of one row of logits, NaN where they are.
std::vector<float> probabilities(const Matrix& logits) {
  std::vector<float> p(static_cast<std::size_t>(logits.cols()));
  const float top = logits.row(0).maxCoeff();
  double sum = 0;
  for (Eigen::Index i = 0; i < logits.cols(); ++i) {
    p[static_cast<std::size_t>(i)] = std::exp(logits(0, i) - top);
    sum += static_cast<double>(p[static_cast<std::size_t>(i)]);
  }
  for (float& v : p) v = static_cast<float>(static_cast<double>(v) / sum);
  return p;
}

/// The ids of the most probable, largest first; NaN last.
std::vector<int> most_probable(const std::vector<float>& p, int count) {
  std::vector<int> ids(p.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto key = [&](int i) {
    const float v = p[static_cast<std::size_t>(i)];
    return std::isnan(v) ? -1.f : v;
  };
  const auto middle = ids.begin() + std::min<std::ptrdiff_t>(count, static_cast<std::ptrdiff_t>(ids.size()));
  std::partial_sort(ids.begin(), middle, ids.end(), [&](int a, int b) { return key(a) != key(b) ? key(a) > key(b) : a < b; });
  ids.erase(middle, ids.end());
  return ids;
}

}  // namespace

Predictions predict(const std::shared_ptr<const ModelRun>& run, int position, int count) {
  Predictions out{run, position, {}};
  if (!has_head(*run) || run->intact->hidden.empty()) return out;
  const auto logits_of = [&](const model::Capture& c) { return model::head_logits(*run->model, c.hidden.back().row(position)); };
  const Matrix intact = logits_of(*run->intact);
  const Matrix shown = run->capture == run->intact ? intact : logits_of(*run->capture);
  const auto p_intact = probabilities(intact), p_shown = probabilities(shown);
  std::vector<int> ids = most_probable(p_intact, count);
  if (run->capture != run->intact) {  // what the ablation brought up belongs in the table too
    const int top = most_probable(p_shown, 1).front();
    if (std::ranges::find(ids, top) == ids.end()) ids.back() = top;
  }
  const text::Tokenizer* tokenizer = run->model->tokenizer();
  for (const int id : ids) {
    const auto i = static_cast<std::size_t>(id);
    out.rows.push_back({id, tokenizer ? tokenizer->readable(id) : std::to_string(id), p_intact[i], p_shown[i], intact(0, id), shown(0, id)});
  }
  return out;
}

std::shared_ptr<const Predictions> Predictor::of(const std::shared_ptr<const ModelRun>& run, int position) {
  if (!has_head(*run)) return nullptr;
  const double steps = 2.0 * run->model->summary().vocabulary * run->model->summary().width;
  return latest_.of({run, position}, steps < kQuickSteps, [](const auto& key) { return predict(key.first, key.second); });
}

}  // namespace qkv::documents
