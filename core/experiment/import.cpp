#include "core/experiment/import.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/experiment/import_names.h"
#include "core/experiment/import_shapes.h"
#include "core/experiment/import_tokens.h"
#include "core/experiment/json.h"
#include "core/files/wording.h"

namespace qkv::experiment {
namespace {

std::shared_ptr<const Matrix> share(Matrix matrix) {
  return std::make_shared<const Matrix>(std::move(matrix));
}

Parameter imported(Matrix matrix) {
  Parameter parameter;
  parameter.origin = Origin::imported;
  parameter.values = share(std::move(matrix));
  return parameter;
}

/// One of the three projections: where its matrix, its bias and its result are in a Head.
struct Projection {
  Role weight, bias, result;
  Stage stage;
  Parameter Head::*w;
  std::optional<Parameter> Head::*b;
  std::shared_ptr<const Matrix> Head::*given;
  std::vector<std::string> Head::*columns;
};
const Projection kProjections[] = {
    {Role::w_q, Role::b_q, Role::q, Stage::q, &Head::w_q, &Head::b_q, &Head::q, &Head::q_columns},
    {Role::w_k, Role::b_k, Role::k, Stage::k, &Head::w_k, &Head::b_k, &Head::k, &Head::k_columns},
    {Role::w_v, Role::b_v, Role::v, Stage::v, &Head::w_v, &Head::b_v, &Head::v, &Head::v_columns}};

class Importer {
 public:
  Importer(files::TensorFile contents, const std::filesystem::path& path)
      : file_(files::shown(path)), contents_(std::move(contents)), roles_(sort_by_role(contents_, file_)) {
    e_.title = path.stem().string();
    e_.layers.emplace_back();
    notes_.push_back("Imported from " + files::shown(path.filename()));
  }

  Experiment run() {
    check_completeness();
    read_heads();
    read_x();
    for (const Projection& projection : kProjections) read_projection(projection);
    read_w_o();
    e_.tokens = tokens_of(contents_, roles_, static_cast<std::size_t>(tokens_), file_);
    if (contents_.metadata.contains("attn_capture")) apply_capture_metadata(contents_, file_, e_);
    read_expected();
    for (const auto& [what, names] : inferred_) notes_.push_back(files::list_of(names) + " " + what);
    if (!roles_.ignored.empty()) notes_.push_back("not used: " + files::list_of(roles_.ignored));
    for (const std::string& note : notes_) e_.source += (e_.source.empty() ? "" : "; ") + note;
    return std::move(e_);
  }

 private:
  [[noreturn]] void refuse(const std::string& sentence) const { throw Error(file_ + ": " + sentence); }
  const NamedTensor* find(Role role) const { return roles_.find(role); }
  Layer& layer() { return e_.layers.front(); }

  /// X alone is enough (Q = K = V = X); otherwise each of Q, K and V needs a projection of X or a matrix of
  /// its own.
  void check_completeness() {
    std::vector<std::string> missing;
    bool any = false;
    for (const Projection& p : kProjections) {
      any = any || find(p.weight) || find(p.result);
      if (find(p.result) || (find(p.weight) && find(Role::x))) continue;
      missing.push_back(std::string(title_of(find(p.weight) ? Role::x : p.weight)));
    }
    if (!any && find(Role::x)) return;
    if (!any) missing.insert(missing.begin(), "X");
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    if (missing.empty()) return;
    std::string sentence =
        "has no " + files::list_of(missing) + "; expected X, W_Q, W_K and W_V, or Q, K and V";
    if (!roles_.ignored.empty())
      sentence += " (these names are not known: " + files::list_of(roles_.ignored) + ")";
    refuse(sentence);
  }

  /// The number of heads, said by the first array of three axes; the others must agree.
  void read_heads() {
    const NamedTensor* first = nullptr;
    Role first_role{};
    for (const Projection& p : kProjections)
      for (const Role role : {p.weight, p.result}) {
        const NamedTensor* array = find(role);
        if (!array) continue;
        const auto heads = slices_of(*array, role, file_).size();
        if (first && heads != heads_)
          refuse(first->described(first_role) + " has " + std::to_string(heads_) + " heads, but " +
                 array->described(role) + " has " + std::to_string(heads));
        if (!first) heads_ = heads;
        if (!first) first_role = role;
        if (!first) first = array;
      }
    if (heads_ > static_cast<std::size_t>(kMaxHeads))
      refuse(first->described(first_role) + " has " + std::to_string(heads_) + " heads, but at most " +
             std::to_string(kMaxHeads) + " can be shown");
    layer().heads.resize(heads_);
  }

  void set_tokens(Eigen::Index n, const std::string& from) {
    if (n < 1 || n > kMaxTokens)
      refuse(from + " has " + std::to_string(n) + " tokens (rows), expected 1 to " +
             std::to_string(kMaxTokens) + ": the scores are a square of that side");
    if (tokens_ == 0) {
      tokens_ = n;
      tokens_from_ = from;
    }
    if (n != tokens_)
      refuse(tokens_from_ + " has " + std::to_string(tokens_) + " rows, but " + from + " has " +
             std::to_string(n) + "; each row is one token");
  }

  int width(Eigen::Index columns, const std::string& from) const {
    if (columns < 1 || columns > kMaxWidth)
      refuse(from + " gives " + std::to_string(columns) + " columns, expected 1 to " +
             std::to_string(kMaxWidth));
    return static_cast<int>(columns);
  }

  void read_x() {
    e_.embedding.origin = Origin::imported;
    const NamedTensor* array = find(Role::x);
    if (!array) return;
    const auto slices = slices_of(*array, Role::x, file_);
    if (slices.size() != 1) refuse(array->described(Role::x) + " has three axes, expected [tokens, d_model]");
    set_tokens(slices[0].rows(), array->described(Role::x));
    e_.d_model = width(slices[0].cols(), array->described(Role::x));
    x_columns_ = slices[0].cols();
    e_.embedding.values = share(slices[0]);
    read_names(array->name, e_.d_model, e_.dimensions);
  }

  /// A CSV's header row names the columns.
  void read_names(const std::string& array, int columns, std::vector<std::string>& names) const {
    const auto found = contents_.texts.find(array);
    if (found == contents_.texts.end() || found->second.size() != static_cast<std::size_t>(columns)) return;
    for (const std::string& name : found->second)
      if (name.size() > static_cast<std::size_t>(kMaxTokenBytes))
        refuse("the column name " + files::in_quotes(name) + " of " + files::in_quotes(array) + " is " +
               std::to_string(name.size()) + " bytes long, expected at most " +
               std::to_string(kMaxTokenBytes));
    names = found->second;
  }

  void read_projection(const Projection& p) {
    const NamedTensor* weight = find(p.weight);
    const NamedTensor* result = find(p.result);
    int& d = p.stage == Stage::v ? e_.d_v : e_.d_k;
    if (weight && find(Role::x)) {
      const Fit fit = fit_of(*weight, p.weight, {x_columns_, 0}, find(Role::x)->described(Role::x), file_);
      if (!fit.note.empty()) inferred_[fit.note].emplace_back(title_of(p.weight));
      set_width(p, fit.columns, weight->described(p.weight));
      const auto slices = slices_of(*weight, p.weight, file_);
      for (std::size_t h = 0; h < heads_; ++h) {
        layer().heads[h].*p.w = imported(fit.transposed ? Matrix(slices[h].transpose()) : slices[h]);
        if (!fit.transposed) read_names(weight->name, d, layer().heads[h].*p.columns);
      }
      read_bias(p, d, weight->described(p.weight));
      if (result) expect(p.result, p.stage, d);
    } else if (result) {
      const auto slices = slices_of(*result, p.result, file_);
      set_tokens(slices[0].rows(), result->described(p.result));
      set_width(p, slices[0].cols(), result->described(p.result));
      for (std::size_t h = 0; h < heads_; ++h) layer().heads[h].*p.given = share(slices[h]);
      if (weight) roles_.ignored.push_back(files::in_quotes(weight->name));
      if (const NamedTensor* bias = find(p.bias)) roles_.ignored.push_back(files::in_quotes(bias->name));
    } else {
      set_width(p, x_columns_, "X");
      layer().heads[0].*p.w = imported(Matrix::Identity(x_columns_, x_columns_));
      if (p.stage == Stage::v)
        notes_.push_back("only X was found, so W_Q, W_K and W_V are identities (Q = K = V = X)");
    }
  }

  void set_width(const Projection& p, Eigen::Index columns, const std::string& from) {
    if (p.stage == Stage::k && columns != e_.d_k)
      refuse(d_k_from_ + " gives " + std::to_string(e_.d_k) + " columns of Q, but " + from + " gives " +
             std::to_string(columns) + " columns of K; both must be d_k");
    (p.stage == Stage::v ? e_.d_v : e_.d_k) = width(columns, from);
    if (p.stage == Stage::q) d_k_from_ = from;
  }

  void read_bias(const Projection& p, int d, const std::string& weight) {
    const NamedTensor* bias = find(p.bias);
    if (!bias) return;
    const auto& values = bias->tensor.values;
    if (values.size() != heads_ * static_cast<std::size_t>(d))
      refuse(bias->described(p.bias) + " does not fit " + weight + ": expected " + std::to_string(d) +
             " numbers a head");
    for (std::size_t h = 0; h < heads_; ++h)
      layer().heads[h].*p.b =
          imported(Eigen::Map<const Matrix>(values.data() + h * static_cast<std::size_t>(d), 1, d));
  }

  void read_w_o() {
    const NamedTensor* bias = find(Role::b_o);
    const NamedTensor* weight = find(Role::w_o);
    if (!weight) {
      if (!find(Role::x)) e_.d_model = e_.d_v;  // no number depends on it
      if (bias) refuse(bias->described(Role::b_o) + " is there without W_O");
      return;
    }
    NamedTensor flat = *weight;  // [h, d_v, d_model] is [h·d_v, d_model] in the same order
    auto& shape = flat.tensor.shape;
    if (heads_ > 1 && shape.size() == 3) shape = {shape[0] * shape[1], shape[2]};
    const auto inside = static_cast<Eigen::Index>(heads_) * e_.d_v;
    const Fit fit = fit_of(
        flat, Role::w_o, {inside, x_columns_},
        "the output of the heads [" + std::to_string(tokens_) + ", " + std::to_string(inside) + "]", file_);
    if (!fit.note.empty()) inferred_[fit.note].emplace_back(title_of(Role::w_o));
    const Matrix stored = slices_of(flat, Role::w_o, file_)[0];
    e_.d_model = width(fit.columns, weight->described(Role::w_o));
    layer().w_o = imported(fit.transposed ? Matrix(stored.transpose()) : stored);
    if (!bias) return;
    if (bias->tensor.values.size() != static_cast<std::size_t>(e_.d_model))
      refuse(bias->described(Role::b_o) + " does not fit " + weight->described(Role::w_o) + ": expected " +
             std::to_string(e_.d_model) + " numbers");
    layer().b_o = imported(Eigen::Map<const Matrix>(bias->tensor.values.data(), 1, e_.d_model));
  }

  /// The user's own result of one stage, to be compared with ours.
  void expect(Role role, Stage stage, Eigen::Index columns) {
    const auto slices = slices_of(*find(role), role, file_);
    const std::size_t heads = stage == Stage::layer_output ? 1 : heads_;
    if (slices.size() != heads || slices[0].rows() != tokens_ || slices[0].cols() != columns)
      refuse(find(role)->described(role) + " cannot be compared with what is computed, which is [" +
             (heads > 1 ? std::to_string(heads) + ", " : "") + std::to_string(tokens_) + ", " +
             std::to_string(columns) + "]");
    for (std::size_t h = 0; h < heads; ++h)
      e_.expected.push_back({stage, 0, static_cast<int>(h), share(slices[h])});
  }

  void read_expected() {
    for (const auto& [role, stage] : {std::pair{Role::scores, Stage::scores},
                                      {Role::scaled, Stage::scaled},
                                      {Role::weights, Stage::weights}})
      if (find(role)) expect(role, stage, tokens_);
    const auto layer_width = layer().w_o ? e_.d_model : static_cast<int>(heads_) * e_.d_v;
    if (find(Role::layer_output)) expect(Role::layer_output, Stage::layer_output, layer_width);
    const NamedTensor* output = find(Role::output);
    if (!output) return;
    // One matrix for several heads, or after a W_O, can only be the output of the layer.
    const bool of_heads = slices_of(*output, Role::output, file_).size() == heads_;
    const bool of_layer = !of_heads || (layer().w_o && output->tensor.shape.back() == layer_width);
    expect(Role::output, of_layer ? Stage::layer_output : Stage::output, of_layer ? layer_width : e_.d_v);
    if (of_layer && !find(Role::layer_output))
      notes_.push_back("'output' is compared with the output of the layer");
  }

  std::string file_;
  files::TensorFile contents_;
  Roles roles_;
  Experiment e_;
  std::vector<std::string> notes_;
  std::map<std::string, std::vector<std::string>> inferred_;  ///< "transposed: stored [out, in]" → W_Q, W_K
  std::size_t heads_ = 1;
  Eigen::Index tokens_ = 0, x_columns_ = 0;  ///< 0: not known (yet)
  std::string tokens_from_, d_k_from_;
};

}  // namespace

Experiment import_tensors(files::TensorFile contents, const std::filesystem::path& path) {
  return Importer(std::move(contents), path).run();
}

Experiment import_matrices(const std::filesystem::path& path) {
  return import_tensors(files::read_tensors(path), path);
}

Experiment open_any(const std::filesystem::path& path) {
  std::error_code ignored;  // whatever it is, opening the file will say it
  if (std::filesystem::is_directory(path, ignored))
    throw Error(files::shown(path) +
                ": is a folder; expected an experiment (.json) or matrices "
                "(.safetensors, .npz, .npy or .csv)");
  return path.extension() == ".json" ? load(path) : import_matrices(path);
}

}  // namespace qkv::experiment
