#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/files/safetensors_file.h"

namespace qkv::model {

/// The tensors of a model folder: model.safetensors, or the shards that model.safetensors.index.json names.
struct ModelFiles {
  struct Place {
    std::size_t file = 0;
    const files::TensorEntry* entry = nullptr;
  };
  std::vector<files::SafetensorsFile> files;
  std::vector<std::string> names;  ///< of the files, within the folder
  std::map<std::string, Place> tensors;
};

/// Opens the headers; no tensor is read yet. Throws Error: no weights (and when they are pickled or GGUF, why
/// those are not read and how to convert them), a shard's name that leaves the folder, a shard that is
/// missing or damaged, a tensor in two shards, an index that disagrees with the shards.
ModelFiles open_model_files(const std::filesystem::path& folder);

/// Throws Error when `path` is a file of weights of a kind that is not read (GGUF, a pickle, …), saying why
/// and what to do; returns otherwise.
void refuse_foreign_weights(const std::filesystem::path& path);

}  // namespace qkv::model
