#include "tests/core/attention/reference.h"

#include <cmath>
#include <limits>

namespace qkv::attention {
namespace {

using Table = std::vector<std::vector<double>>;

Table table(int rows, int columns) { return Table(rows, std::vector<double>(columns, 0.0)); }

Table table(const Matrix& m) {
  Table t = table(static_cast<int>(m.rows()), static_cast<int>(m.cols()));
  for (int i = 0; i < m.rows(); ++i) {
    for (int j = 0; j < m.cols(); ++j) t[i][j] = m(i, j);
  }
  return t;
}

class Reference {
 public:
  explicit Reference(const Inputs& inputs) : in_(inputs), n_(static_cast<int>(inputs.embedding.rows())) {}

  std::map<Cell, double> run() {
    Table x = table(in_.embedding);
    const int d_model = static_cast<int>(in_.embedding.cols());
    if (in_.options.positions == Positions::sinusoidal) {
      for (int p = 0; p < n_; ++p) {
        for (int c = 0; c < d_model; ++c) {
          const double angle = p / std::pow(10000.0, 2.0 * (c / 2) / d_model);
          x[p][c] += c % 2 == 0 ? std::sin(angle) : std::cos(angle);
        }
      }
    }
    for (int l = 0; l < static_cast<int>(in_.layers.size()); ++l) {
      const Table stream = x;
      const bool has_norm = l == 0 && in_.norm.kind != NormKind::none;
      if (has_norm) x = normalised(x, in_.norm);
      keep(Stage::x, l, 0, x);
      const Table out = layer(x, l);
      if (has_norm) x = stream;
      if (out[0].size() != x[0].size()) return cells_;
      for (int i = 0; i < n_; ++i) {
        for (int c = 0; c < d_model; ++c) x[i][c] += out[i][c];
      }
    }
    keep(Stage::x, static_cast<int>(in_.layers.size()), 0, x);
    return cells_;
  }

 private:
  /// Applies what is fixed by hand and remembers.
  void keep(Stage stage, int layer, int head, Table& t) {
    for (int i = 0; i < static_cast<int>(t.size()); ++i) {
      for (int j = 0; j < static_cast<int>(t[i].size()); ++j) {
        const Cell cell{stage, layer, head, i, j};
        if (const auto it = in_.overrides.find(cell); it != in_.overrides.end()) t[i][j] = it->second;
        cells_[cell] = t[i][j];
      }
    }
  }

  Table project(const Table& x, const Matrix& given, const Matrix& w, const Vector& b) const {
    if (given.size() > 0) return table(given);
    Table t = table(n_, static_cast<int>(w.cols()));
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < w.cols(); ++j) {
        if (b.size() > 0) t[i][j] = b(j);
        for (int c = 0; c < w.rows(); ++c) t[i][j] += x[i][c] * static_cast<double>(w(c, j));
      }
    }
    return t;
  }

  static Table normalised(const Table& t, const Norm& norm) {
    Table r = t;
    for (std::size_t i = 0; i < t.size(); ++i) {
      const double d = static_cast<double>(t[i].size());
      double mean = 0, variance = 0;
      if (norm.kind == NormKind::layer)
        for (const double x : t[i]) mean += x / d;
      for (const double x : t[i]) variance += (x - mean) * (x - mean) / d;
      double factor = 1 / std::sqrt(variance + static_cast<double>(norm.epsilon));
      const auto row = static_cast<Eigen::Index>(i);
      if (norm.factors.size() > 0 && norm.factors(row) != 0) factor = norm.factors(row);
      for (std::size_t c = 0; c < t[i].size(); ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        r[i][c] = (t[i][c] - mean) * factor;
        if (norm.gain.size() > 0) r[i][c] *= norm.gain(column);
        if (norm.bias.size() > 0) r[i][c] += norm.bias(column);
      }
    }
    return r;
  }

  Table rotated(const Table& t) const {
    Table r = t;
    const Options& options = in_.options;
    if (options.rope_frequencies.size() > 0) {
      const int size = static_cast<int>(options.rope_frequencies.size());
      for (int p = 0; p < n_; ++p) {
        for (int i = 0; i < size; ++i) {
          const double angle = p * static_cast<double>(options.rope_frequencies(i));
          const double c = std::cos(angle) * options.rope_factor, s = std::sin(angle) * options.rope_factor;
          r[p][i] = t[p][i] * c - t[p][i + size] * s;
          r[p][i + size] = t[p][i + size] * c + t[p][i] * s;
        }
      }
      return r;
    }
    const int half = static_cast<int>(t[0].size()) / 2;
    for (int p = 0; p < n_; ++p) {
      for (int i = 0; i < half; ++i) {
        const double angle = p * std::pow(static_cast<double>(options.rope_base), -2.0 * i / (2.0 * half));
        const double c = std::cos(angle) * options.rope_factor, s = std::sin(angle) * options.rope_factor;
        r[p][i] = t[p][i] * c - t[p][i + half] * s;
        r[p][i + half] = t[p][i + half] * c + t[p][i] * s;
      }
    }
    return r;
  }

  bool allowed(int i, int j) const {
    const Mask& mask = in_.options.mask;
    if (mask.custom.count({i, j})) return mask.custom.at({i, j});
    if (!mask.padding.empty() && mask.padding[j]) return false;
    if (mask.kind == MaskKind::causal) return j <= i;
    if (mask.kind == MaskKind::sliding_window) return j <= i && i - j < mask.window;
    return true;
  }

  Table head(const Table& x, int l, int h) {
    const HeadInputs& own = in_.layers[l].heads[h];
    const Options& options = in_.options;
    Table q = project(x, own.q, own.w_q, own.b_q);
    Table k = project(x, own.k, own.w_k, own.b_k);
    Table v = project(x, own.v, own.w_v, own.b_v);
    keep(Stage::q, l, h, q);
    keep(Stage::k, l, h, k);
    keep(Stage::v, l, h, v);
    if (own.q_norm.kind != NormKind::none) {
      q = normalised(q, own.q_norm);
      keep(Stage::q_normalised, l, h, q);
    }
    if (own.k_norm.kind != NormKind::none) {
      k = normalised(k, own.k_norm);
      keep(Stage::k_normalised, l, h, k);
    }
    if (options.positions == Positions::rope) {
      q = rotated(q);
      keep(Stage::q_rotated, l, h, q);
      k = rotated(k);
      keep(Stage::k_rotated, l, h, k);
    }
    Table scores = table(n_, n_);
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < n_; ++j) {
        for (std::size_t c = 0; c < q[i].size(); ++c) scores[i][j] += q[i][c] * k[j][c];
      }
    }
    keep(Stage::scores, l, h, scores);
    Table scaled = scores;
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < n_; ++j) {
        if (options.scale) scaled[i][j] /= std::sqrt(static_cast<double>(q[i].size()));
        scaled[i][j] /= static_cast<double>(options.temperature);
        const double cap = options.softcap;
        if (cap > 0) scaled[i][j] = cap * std::tanh(scaled[i][j] / cap);
        if (options.positions == Positions::alibi) {
          const double heads = static_cast<double>(in_.layers[l].heads.size());
          scaled[i][j] -= std::pow(2.0, -8.0 * (h + 1) / heads) * std::abs(i - j);
        }
        if (options.score_bias.size() > 0) scaled[i][j] += options.score_bias(i, j);
        if (!allowed(i, j)) scaled[i][j] = -std::numeric_limits<double>::infinity();
      }
    }
    keep(Stage::scaled, l, h, scaled);
    Table weights = table(n_, n_);
    for (int i = 0; i < n_; ++i) {
      double sum = 0;
      for (int j = 0; j < n_; ++j) sum += std::exp(scaled[i][j]);
      for (int j = 0; j < n_; ++j) weights[i][j] = sum > 0 ? std::exp(scaled[i][j]) / sum : 0;
    }
    keep(Stage::weights, l, h, weights);
    Table output = table(n_, static_cast<int>(v[0].size()));
    for (int i = 0; i < n_; ++i) {
      for (int j = 0; j < n_; ++j) {
        for (std::size_t c = 0; c < v[j].size(); ++c) output[i][c] += weights[i][j] * v[j][c];
      }
    }
    keep(Stage::output, l, h, output);
    return output;
  }

  Table layer(const Table& x, int l) {
    Table concatenated(n_);
    for (int h = 0; h < static_cast<int>(in_.layers[l].heads.size()); ++h) {
      const Table output = head(x, l, h);
      for (int i = 0; i < n_; ++i)
        concatenated[i].insert(concatenated[i].end(), output[i].begin(), output[i].end());
    }
    Table out = in_.layers[l].w_o.size() > 0 ? project(concatenated, {}, in_.layers[l].w_o, in_.layers[l].b_o)
                                             : concatenated;
    keep(Stage::layer_output, l, 0, out);
    return out;
  }

  const Inputs& in_;
  int n_;
  std::map<Cell, double> cells_;
};

}  // namespace

std::map<Cell, double> reference(const Inputs& inputs) { return Reference(inputs).run(); }

}  // namespace qkv::attention
