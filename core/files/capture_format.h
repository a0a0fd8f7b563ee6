#pragma once
#include <set>
#include <string>
#include <vector>

#include "core/files/tensors.h"

// What every writer of capture files shares (DESIGN.md §7).
namespace qkv::files {

/// What a capture file may hold: pattern, scores, q, k, v, z, hidden, logits.
const std::set<std::string>& capture_parts();
/// Throws Error for a part that is not one of those.
void check_capture_parts(const std::set<std::string>& parts);
/// "blocks.3.pattern".
std::string capture_tensor(std::size_t layer, const std::string& part);
/// A JSON list; broken UTF-8 is replaced.
std::string json_list(const std::vector<std::string>& texts);
std::string json_list(const std::vector<float>& numbers);

}  // namespace qkv::files
