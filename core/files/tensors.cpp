#include "core/files/tensors.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::files {

Matrix Tensor::matrix(const std::string& name) const {
  if (shape.size() > 2)
    throw Error("The array " + in_quotes(name) + " has the shape " + shape_text(shape) +
                ", but a matrix of at most two axes is expected");
  const Eigen::Index rows = shape.size() < 2 ? 1 : shape[0];
  const Eigen::Index columns = shape.empty() ? 1 : shape.back();
  return Eigen::Map<const Matrix>(values.data(), rows, columns);
}

TensorFile read_tensors(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(c < 128 ? std::tolower(c) : c); });
  if (extension == ".safetensors") return read_safetensors(path);
  if (extension == ".npz") return read_npz(path);
  if (extension == ".npy") return read_npy(path);
  if (extension == ".csv" || extension == ".tsv" || extension == ".txt") return read_csv(path);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) throw Error(shown(path) + ": there is no such file; check the path");
  throw Error(
      shown(path) +
      ": is not a kind of file that can be read; files of matrices end in .safetensors, .npz, .npy or .csv");
}

}  // namespace qkv::files
