#include "core/experiment/import_shapes.h"

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::experiment {

std::vector<Matrix> slices_of(const NamedTensor& array, Role role, const std::string& file) {
  std::vector<std::int64_t> shape = array.tensor.shape;
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  while (shape.size() < 2) shape.insert(shape.begin(), 1);
  if (shape.size() > 3)
    throw Error(file + ": " + array.described(role) +
                " has too many axes, expected a matrix or one matrix a head");
  if (array.tensor.values.empty()) throw Error(file + ": " + array.described(role) + " has no numbers");
  const auto heads = shape.size() == 3 ? shape[0] : 1;
  const Eigen::Index columns = shape.back(), rows = shape[shape.size() - 2];
  std::vector<Matrix> slices;
  for (std::int64_t h = 0; h < heads; ++h)
    slices.emplace_back(
        Eigen::Map<const Matrix>(array.tensor.values.data() + h * rows * columns, rows, columns));
  return slices;
}

Fit fit_of(const NamedTensor& array, Role role, Wanted wanted, const std::string& other,
           const std::string& file) {
  const auto stored = slices_of(array, role, file);
  const Eigen::Index rows = stored[0].rows(), columns = stored[0].cols();
  const bool as_is = rows == wanted.rows && (wanted.columns == 0 || columns == wanted.columns);
  const bool turned = columns == wanted.rows && (wanted.columns == 0 || rows == wanted.columns);
  if (!as_is && !turned) {
    const std::string in = std::to_string(wanted.rows);
    const std::string out = wanted.columns      ? std::to_string(wanted.columns)
                            : role == Role::w_v ? "d_v"
                                                : "d_k";
    throw Error(file + ": " + array.described(role) + " does not fit " + other + ": expected [" + in + ", " +
                out + "] or its transpose");
  }
  const bool transposed = turned && (array.out_in() || !as_is);
  Fit fit{transposed, transposed ? rows : columns, {}};
  if (transposed)
    fit.note = "transposed: stored [out, in]";
  else if (array.out_in())
    fit.note = "taken as [in, out], for only that fits";
  else if (turned)
    fit.note = "square: taken as [in, out]";
  return fit;
}

}  // namespace qkv::experiment
