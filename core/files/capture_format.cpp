#include "core/files/capture_format.h"

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

std::string text_of(const nlohmann::json& list) {
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

const std::set<std::string>& capture_parts() {
  static const std::set<std::string> parts = {"pattern", "scores", "q", "k", "v", "z", "hidden", "logits"};
  return parts;
}

void check_capture_parts(const std::set<std::string>& parts) {
  for (const std::string& part : parts)
    if (!capture_parts().contains(part))
      throw Error("There is no part " + in_quotes(part) +
                  " of a capture; expected some of pattern, scores, q, k, v, z, hidden and logits");
}

std::string capture_tensor(std::size_t layer, const std::string& part) {
  return "blocks." + std::to_string(layer) + "." + part;
}

std::string json_list(const std::vector<std::string>& texts) { return text_of(texts); }
std::string json_list(const std::vector<float>& numbers) { return text_of(numbers); }

}  // namespace qkv::files
