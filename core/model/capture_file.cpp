#include "core/model/capture_file.h"

#include <cmath>
#include <memory>

#include "core/error.h"
#include "core/files/parse.h"
#include "core/files/safetensors_file.h"
#include "core/files/wording.h"
#include "core/model/available_memory.h"
#include "core/model/capture_arrays.h"

namespace qkv::model {
namespace {

namespace fs = std::filesystem;

ArrayFile of_safetensors(const std::shared_ptr<const files::SafetensorsFile>& file) {
  ArrayFile out{file->name(), {}, file->metadata(), {}};
  for (const files::TensorEntry& entry : file->entries())
    out.arrays[entry.name] = {entry.shape, [file, &entry](float* to) {
                                file->read(entry, 0, files::element_count(entry.shape), to);
                              }};
  return out;
}

ArrayFile of_tensors(const files::TensorFile& tensors, const std::string& name) {
  ArrayFile out{name, {}, tensors.metadata, tensors.texts};
  for (const auto& [array, tensor] : tensors.tensors)
    out.arrays[array] = {tensor.shape, [values = &tensor.values](float* to) {
                           std::copy(values->begin(), values->end(), to);
                         }};
  return out;
}

bool is_npz(const fs::path& path) { return path.extension() == ".npz"; }
bool is_npy(const fs::path& path) { return path.extension() == ".npy"; }

/// One array of two axes whose rows sum to one.
bool is_one_pattern(const files::TensorFile& file) {
  if (file.tensors.size() != 1) return false;
  const files::Tensor& tensor = file.tensors.begin()->second;
  if (tensor.shape.size() != 2 || tensor.shape[0] != tensor.shape[1] || tensor.shape[0] < 2) return false;
  const auto n = static_cast<std::size_t>(tensor.shape[0]);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      if (!(tensor.values[i * n + j] >= 0)) return false;
      sum += static_cast<double>(tensor.values[i * n + j]);
    }
    if (!(std::abs(sum - 1) < 1e-3)) return false;
  }
  return true;
}

void check_memory(const ArrayFile& file) {
  std::uint64_t bytes = 0;
  for (const auto& [name, source] : file.arrays)
    bytes += static_cast<std::uint64_t>(files::element_count(source.shape)) * sizeof(float);
  const std::uint64_t available = available_memory();
  if (bytes > available)
    throw Error(file.name + ": needs " + bytes_text(bytes) + " of memory, but only " + bytes_text(available) +
                " are available; save fewer parts or a shorter text");
}

}  // namespace

bool is_capture_file(const fs::path& path) {
  try {
    if (is_npz(path) || is_npy(path)) {
      const files::TensorFile tensors = files::read_tensors(path);
      const ArrayFile file = of_tensors(tensors, files::shown(path));
      return has_capture_names(file) || has_pattern_shapes(file) || is_one_pattern(tensors);
    }
    if (path.extension() != ".safetensors") return false;
    const auto file = std::make_shared<const files::SafetensorsFile>(path);
    return file->metadata().contains("attn_capture") || has_capture_names(of_safetensors(file));
  } catch (const Error&) {
    return false;
  }
}

Capture read_capture(const fs::path& path) {
  if (is_npz(path) || is_npy(path)) return capture_of_arrays(files::read_tensors(path), files::shown(path));
  const ArrayFile file = of_safetensors(std::make_shared<const files::SafetensorsFile>(path));
  check_memory(file);
  Capture capture = capture_of(file);
  if (capture.model.empty()) capture.model = path.stem().string();
  return capture;
}

Capture parse_capture(std::string_view safetensors, const std::string& file) {
  return capture_of_arrays(files::parse_safetensors(safetensors, file), file);
}

Capture capture_of_arrays(const files::TensorFile& arrays, const std::string& file) {
  return capture_of(of_tensors(arrays, file));
}

}  // namespace qkv::model
