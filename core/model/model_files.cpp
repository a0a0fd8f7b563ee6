#include "core/model/model_files.h"

#include <set>

#include "core/error.h"
#include "core/files/input_file.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"
#include "core/model/json_reader.h"

namespace qkv::model {
namespace {

namespace fs = std::filesystem;
using files::in_quotes;
using files::shown;

constexpr const char* kOneFile = "model.safetensors";
constexpr const char* kIndex = "model.safetensors.index.json";
constexpr std::uintmax_t kMaxIndex = 100'000'000;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string first_bytes(const fs::path& path) {
  std::string bytes(4, '\0');
  try {
    bytes.resize(files::InputFile(path).read(0, bytes.size(), bytes.data()));
  } catch (const Error&) {  // whoever reads it says why it cannot be
    return {};
  }
  return bytes;
}

bool is_pickle_name(const fs::path& path) {
  static const std::set<std::string> kEndings = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt"};
  return kEndings.contains(path.extension().string());
}

/// Tensor names to the file each lies in, as the index has it.
std::map<std::string, std::string> read_index(const fs::path& path) {
  const std::string file = shown(path);
  const nlohmann::json json = parse_object(files::read_file(path, kMaxIndex), file);
  const auto found = json.find("weight_map");
  if (found == json.end() || !found->is_object() || found->empty())
    throw Error(file + ": field 'weight_map' must map each tensor to its file");
  std::map<std::string, std::string> out;
  for (const auto& [tensor, shard] : found->items()) {
    if (!shard.is_string()) throw Error(file + ": weight_map gives no file for " + in_quotes(tensor));
    const std::string name = shard.get<std::string>();
    const bool plain = fs::path(name).filename() == fs::path(name) && name != "." && name != ".." &&
                       name.find('\0') == std::string::npos && name.find('\\') == std::string::npos;
    if (name.empty() || !plain)
      throw Error(file + ": weight_map names the file " + in_quotes(name) +
                  ", which does not lie in the folder itself; shards must stand beside the index");
    out[tensor] = name;
  }
  return out;
}

void add_file(ModelFiles& model, const fs::path& path) {
  model.files.emplace_back(path);
  model.names.push_back(path.filename().string());
  const std::size_t at = model.files.size() - 1;
  for (const files::TensorEntry& entry : model.files[at].entries()) {
    const auto [old, is_new] = model.tensors.try_emplace(entry.name, ModelFiles::Place{at, nullptr});
    if (!is_new)
      throw Error(shown(path) + ": tensor " + in_quotes(entry.name) + " is also in " +
                  in_quotes(model.names[old->second.file]) + ", so it is not clear which is meant");
  }
}

/// Entries move with their files while the vector grows, so they are looked up once all are there.
void settle(ModelFiles& model) {
  for (auto& [name, place] : model.tensors) place.entry = model.files[place.file].find(name);
}

ModelFiles open_shards(const fs::path& folder) {
  const auto index = read_index(folder / kIndex);
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : index) shards.insert(shard);
  ModelFiles model;
  for (const std::string& shard : shards) {
    if (!is_there(folder / shard))
      throw Error(shown(folder / shard) +
                  ": the index names this file, but it is not there; download it too");
    add_file(model, folder / shard);
  }
  settle(model);
  for (const auto& [tensor, shard] : index) {
    const auto found = model.tensors.find(tensor);
    if (found == model.tensors.end() || model.names[found->second.file] != shard)
      throw Error(shown(folder / kIndex) + ": weight_map says that tensor " + in_quotes(tensor) + " is in " +
                  in_quotes(shard) + ", but it is not; index and shards belong to different versions");
  }
  return model;
}

[[noreturn]] void refuse_pickle(const fs::path& path) {
  throw Error(
      shown(path) +
      ": is a pickle, which can run code when it is read, so it is never opened; convert it once, " +
      "with Python: AutoModel.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)");
}

[[noreturn]] void refuse_gguf(const fs::path& path) {
  throw Error(shown(path) + ": is a GGUF file, whose weights are mostly quantised and is not read; " +
              "use the folder with config.json and model.safetensors it was made from");
}

/// Nothing to read was found: says what is there instead.
[[noreturn]] void refuse_folder(const fs::path& folder) {
  std::error_code error;
  fs::path pickle;
  for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    const fs::path& path = each->path();
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) continue;
    if (first_bytes(path) == "GGUF") refuse_gguf(path);
    if (is_pickle_name(path) && (pickle.empty() || path < pickle)) pickle = path;
  }
  if (!pickle.empty()) refuse_pickle(pickle);
  throw Error(shown(folder) + ": holds neither " + kOneFile + " nor " + kIndex +
              ", so there are no weights to read; a model folder has config.json and one of them");
}

}  // namespace

void refuse_foreign_weights(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return;
  const std::string magic = first_bytes(path);
  if (magic == "GGUF") refuse_gguf(path);
  const bool pickled = magic.starts_with("PK") || magic.starts_with('\x80');  // zipped by torch.save, or bare
  if (is_pickle_name(path) || (pickled && path.extension().empty())) refuse_pickle(path);
}

ModelFiles open_model_files(const fs::path& folder) {
  if (is_there(folder / kOneFile)) {
    if (first_bytes(folder / kOneFile) == "GGUF") refuse_gguf(folder / kOneFile);
    ModelFiles model;
    add_file(model, folder / kOneFile);
    settle(model);
    return model;
  }
  if (is_there(folder / kIndex)) return open_shards(folder);
  refuse_folder(folder);
}

}  // namespace qkv::model
