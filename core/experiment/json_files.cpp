#include "core/error.h"
#include "core/experiment/json.h"
#include "core/files/tensors.h"

namespace qkv::experiment {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

}  // namespace

Experiment load(const std::filesystem::path& path) {
  return from_json(files::read_file(path, kMaxFileBytes), path.filename().string());
}

void save(const Experiment& experiment, const std::filesystem::path& path) {
  const std::string text = to_json(experiment);
  if (text.size() > kMaxFileBytes)
    throw Error(
        "The experiment takes " + std::to_string(text.size() >> 20) +
        " MB as a file, more than the 64 MB that can be opened again; it was not saved. Make d_k, d_v or "
        "the number of layers smaller.");
  files::write_file_atomically(path, text);
}

}  // namespace qkv::experiment
