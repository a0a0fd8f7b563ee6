#include "tests/core/model/naive.h"

#include <cmath>
#include <random>

namespace qkv::model::naive {

void Checkpoint::add(const std::string& name, std::vector<std::int64_t> shape) {
  std::mt19937 random(seed_++);
  std::normal_distribution<float> normal(0, shape.size() == 1 ? 0.1f : 0.4f);
  std::int64_t count = 1;
  for (const auto axis : shape) count *= axis;
  const float middle = shape.size() == 1 && name.ends_with("weight") ? 1 : 0;
  files::Tensor tensor{std::move(shape), {}};
  for (std::int64_t i = 0; i < count; ++i) tensor.values.push_back(middle + normal(random));
  tensors_[name] = std::move(tensor);
}

void Checkpoint::add_linear(const std::string& name, int out, int in, bool bias) {
  add(name + ".weight", {out, in});
  if (bias) add(name + ".bias", {out});
}

void Checkpoint::add_norm(const std::string& name, int width, bool bias) {
  add(name + ".weight", {width});
  if (bias) add(name + ".bias", {width});
}

void Checkpoint::write(const std::filesystem::path& folder, const std::string& config) const {
  std::vector<files::TensorSource> sources;
  for (const auto& [name, tensor] : tensors_)
    sources.push_back({name, "F32", tensor.shape,
                       [values = &tensor.values](void* out, std::int64_t first, std::int64_t count) {
                         std::copy_n(values->begin() + first, count, static_cast<float*>(out));
                       }});
  files::write_safetensors(folder / "model.safetensors", sources, {{"format", "pt"}});
  files::write_file_atomically(folder / "config.json", config);
}

MatrixD Checkpoint::matrix(const std::string& name) const {
  return tensors_.at(name).matrix(name).cast<double>();
}

MatrixD Checkpoint::linear(const MatrixD& x, const std::string& name) const {
  MatrixD y = x * matrix(name + ".weight").transpose();
  if (tensors_.contains(name + ".bias")) y.rowwise() += matrix(name + ".bias").row(0);
  return y;
}

MatrixD Checkpoint::layer_norm(const MatrixD& x, const std::string& name, double epsilon) const {
  MatrixD y = x;
  const MatrixD gain = matrix(name + ".weight"), bias = matrix(name + ".bias");
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    const double mean = x.row(i).mean();
    const double variance = (x.row(i).array() - mean).square().mean();
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      y(i, j) = (x(i, j) - mean) / std::sqrt(variance + epsilon) * gain(0, j) + bias(0, j);
  }
  return y;
}

MatrixD Checkpoint::rms_norm(const MatrixD& x, const std::string& name, double epsilon) const {
  MatrixD y = x;
  const MatrixD gain = matrix(name + ".weight");
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      y(i, j) = x(i, j) / std::sqrt(x.row(i).array().square().mean() + epsilon) * gain(0, j);
  return y;
}

MatrixD Checkpoint::rows(const std::string& name, const std::vector<int>& ids) const {
  const MatrixD table = matrix(name);
  MatrixD out(std::ssize(ids), table.cols());
  for (std::size_t i = 0; i < ids.size(); ++i) out.row(static_cast<Eigen::Index>(i)) = table.row(ids[i]);
  return out;
}

MatrixD attention(const MatrixD& q, const MatrixD& k, const MatrixD& v, int d, double scale, bool causal) {
  const Eigen::Index heads = q.cols() / d, group = heads / (k.cols() / d);
  MatrixD z = MatrixD::Zero(q.rows(), q.cols());
  for (Eigen::Index h = 0; h < heads; ++h)
    for (Eigen::Index i = 0; i < q.rows(); ++i) {
      double sum = 0;
      for (Eigen::Index j = 0; j < k.rows(); ++j) {
        if (causal && j > i) continue;
        double dot = 0;
        for (int e = 0; e < d; ++e) dot += q(i, h * d + e) * k(j, h / group * d + e);
        const double weight = std::exp(scale * dot);  // small numbers: no maximum is needed
        sum += weight;
        for (int e = 0; e < d; ++e) z(i, h * d + e) += weight * v(j, h / group * d + e);
      }
      for (int e = 0; e < d; ++e) z(i, h * d + e) /= sum;
    }
  return z;
}

MatrixD rope(MatrixD x, int d, const std::vector<double>& angles, double factor) {
  const auto half = std::ssize(angles);
  for (Eigen::Index position = 0; position < x.rows(); ++position)
    for (Eigen::Index head = 0; head < x.cols() / d; ++head)
      for (Eigen::Index i = 0; i < half; ++i) {
        const double angle = static_cast<double>(position) * angles[static_cast<std::size_t>(i)];
        double &a = x(position, head * d + i), &b = x(position, head * d + half + i);
        const double turned = factor * (a * std::cos(angle) - b * std::sin(angle));
        b = factor * (a * std::sin(angle) + b * std::cos(angle));
        a = turned;
      }
  return x;
}

std::vector<double> frequencies(double theta, int dims) {
  std::vector<double> out;
  for (int i = 0; i < dims; i += 2) out.push_back(std::pow(theta, -static_cast<double>(i) / dims));
  return out;
}

double relu(double x) { return x > 0 ? x : 0; }
double gelu(double x) { return x * std::erfc(-x / std::sqrt(2.0)) / 2; }
double gelu_tanh(double x) {
  return x / 2 * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}
double silu(double x) { return x / (1 + std::exp(-x)); }

}  // namespace qkv::model::naive
