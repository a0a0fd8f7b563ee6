#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/files/atomic_file.h"
#include "core/files/dtype.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

std::int64_t element_bytes(const TensorSource& tensor) { return tensor.dtype == "I64" ? 8 : 4; }

/// Length, JSON and the spaces that align the data to eight bytes.
std::string header_of(const std::vector<const TensorSource*>& order,
                      const std::map<std::string, std::string>& metadata) {
  auto header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::int64_t at = 0;
  for (const TensorSource* tensor : order) {
    const auto end = at + element_count(tensor->shape) * element_bytes(*tensor);
    header[tensor->name] = {{"dtype", tensor->dtype}, {"shape", tensor->shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
  return out + text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::vector<TensorSource>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<const TensorSource*> order;
  std::set<std::string> names = {"__metadata__"};
  for (const TensorSource& tensor : tensors) {
    const std::string where = shown(path) + ": tensor " + in_quotes(tensor.name);
    if (tensor.dtype != "F32" && tensor.dtype != "I64") throw Error(where + ": only F32 and I64 are written");
    if (element_count(tensor.shape) < 0)
      throw Error(where + ": the shape " + shape_text(tensor.shape) + " is wrong");
    if (!names.insert(tensor.name).second) throw Error(where + ": this name is taken");
    order.push_back(&tensor);
  }
  // Eight-byte elements first, so that every tensor is aligned to its own element.
  std::stable_partition(order.begin(), order.end(), [](const auto* t) { return t->dtype == "I64"; });

  AtomicFile file(path);
  file.write(header_of(order, metadata));
  constexpr std::int64_t kStep = 1 << 18;
  std::vector<std::int64_t> buffer;
  for (const TensorSource* tensor : order) {
    const auto count = element_count(tensor->shape);
    buffer.resize(static_cast<std::size_t>(std::min(count, kStep)));
    for (std::int64_t first = 0; first < count; first += kStep) {
      const auto now = std::min(kStep, count - first);
      tensor->fill(buffer.data(), first, now);
      file.write({reinterpret_cast<const char*>(buffer.data()),
                  static_cast<std::size_t>(now * element_bytes(*tensor))});
    }
  }
  file.commit();
}

}  // namespace qkv::files
