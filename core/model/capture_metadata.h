#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/model/capture_arrays.h"

// The metadata of capture files: hostile texts that hold JSON.
namespace qkv::model {

/// A list of texts under this key, `count` of them; nothing where the key is absent. Throws Error.
std::optional<std::vector<std::string>> text_list(const ArrayFile& file, const std::string& key,
                                                  std::int64_t count);
/// One number for all layers or a list of one a layer; nothing where the key is absent. true and false count
/// as 1 and 0. Throws Error.
std::optional<std::vector<double>> layer_numbers(const ArrayFile& file, const std::string& key,
                                                 std::size_t layers);

}  // namespace qkv::model
