#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/model/capture.h"

// Between files of arrays, whatever their format, and a Capture.
namespace qkv::model {

/// An array that can be read in whole: shape known, numbers on demand.
struct ArraySource {
  std::vector<std::int64_t> shape;
  std::function<void(float* out)> read;
};

struct ArrayFile {
  std::string name;  ///< begins every sentence
  std::map<std::string, ArraySource> arrays;
  std::map<std::string, std::string> metadata;
  std::map<std::string, std::vector<std::string>> texts;
};

/// Whether the names are those of a capture file or of TransformerLens.
bool has_capture_names(const ArrayFile& file);
/// Whether the arrays, by their shapes alone, are patterns: [L, H, n, n], [H, n, n]; one of two axes needs a
/// look inside.
bool has_pattern_shapes(const ArrayFile& file);

/// Throws Error as read_capture() does.
Capture capture_of(const ArrayFile& file);

}  // namespace qkv::model
