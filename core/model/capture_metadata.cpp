#include "core/model/capture_metadata.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/model/json_reader.h"

namespace qkv::model {
namespace {

using nlohmann::json;

json parse(const ArrayFile& file, const std::string& key, const std::string& text) {
  try {
    // parse_object() bounds depth; a value of any kind is wrapped to become an object.
    return parse_object("{\"value\":" + text + "}", file.name).at("value");
  } catch (const std::exception&) {
    throw Error(file.name + ": metadata '" + key + "' is not JSON: " + files::in_quotes(text));
  }
}

}  // namespace

std::optional<std::vector<std::string>> text_list(const ArrayFile& file, const std::string& key,
                                                  std::int64_t count) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return {};
  const json list = parse(file, key, found->second);
  const std::string expected =
      file.name + ": metadata '" + key + "' must be a list of " + std::to_string(count) + " texts";
  if (!list.is_array()) throw Error(expected);
  if (std::ssize(list) != count) throw Error(expected + ", but has " + std::to_string(list.size()));
  std::vector<std::string> out;
  for (const json& each : list) {
    if (!each.is_string()) throw Error(expected);
    out.push_back(each.get<std::string>());
  }
  return out;
}

std::optional<std::vector<double>> layer_numbers(const ArrayFile& file, const std::string& key,
                                                 std::size_t layers) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return {};
  std::string text = found->second;
  if (text == "True") text = "true";  // Python's str(True)
  if (text == "False") text = "false";
  if (text == "None" || text.empty()) return {};
  const json value = parse(file, key, text);
  if (value.is_null()) return {};
  const auto refuse = [&] {
    throw Error(file.name + ": metadata '" + key + "' must be a number, or a list of one for each of the " +
                std::to_string(layers) + " layers, but is " + files::in_quotes(text));
  };
  const auto number = [&](const json& each) {
    if (each.is_boolean()) return each.get<bool>() ? 1.0 : 0.0;
    if (each.is_null()) return 0.0;
    if (!each.is_number() || !std::isfinite(each.get<double>())) refuse();
    return each.get<double>();
  };
  if (!value.is_array()) return std::vector<double>(layers, number(value));
  if (value.size() != layers) refuse();
  std::vector<double> out;
  for (const json& each : value) out.push_back(number(each));
  return out;
}

}  // namespace qkv::model
