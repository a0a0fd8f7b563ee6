#include "core/model/json_reader.h"

#include <cmath>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::model {

using nlohmann::json;

json parse_object(std::string_view text, const std::string& file) {
  constexpr int kMaxDepth = 100;
  const auto check = [&](int depth, json::parse_event_t, json&) {
    if (depth > kMaxDepth) throw Error(file + ": is nested too deeply");
    return true;
  };
  json parsed(json::value_t::discarded);
  try {
    if (text.find('\0') == std::string_view::npos)
      parsed = json::parse(text, check);  // nlohmann ends at a NUL
  } catch (const json::exception&) {      // said below
  }
  if (parsed.is_discarded())
    throw Error(file + ": is not valid JSON in UTF-8, so it is damaged or something else");
  if (!parsed.is_object()) throw Error(file + ": must hold a JSON object");
  return parsed;
}

Fields::Fields(const json& object, std::string file, std::string path)
    : object_(&object), file_(std::move(file)), path_(std::move(path)) {}

const json* Fields::find(const char* key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

bool Fields::has(const char* key) const { return find(key) != nullptr; }

bool Fields::is_null(const char* key) const { return object_->contains(key) && object_->at(key).is_null(); }

std::string Fields::where(const char* key) const { return file_ + ": field '" + path_ + key + "' "; }

void Fields::must_be(const char* key, const std::string& expected) const {
  const json* value = find(key);
  const std::string found =
      value ? files::in_quotes(value->dump(-1, ' ', false, json::error_handler_t::replace)) : "missing";
  throw Error(where(key) + "must be " + expected + ", but is " + found);
}

std::optional<std::int64_t> Fields::integer(const char* key, std::int64_t least, std::int64_t most) const {
  const json* value = find(key);
  if (!value) return {};
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) ||
      number != std::floor(number))
    must_be(key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return static_cast<std::int64_t>(number);
}

std::optional<double> Fields::number(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  if (!value->is_number() || !std::isfinite(value->get<double>())) must_be(key, "a number");
  return value->get<double>();
}

std::optional<double> Fields::positive_number(const char* key) const {
  const auto value = number(key);
  if (value && *value <= 0) must_be(key, "a number greater than 0");
  return value;
}

std::optional<bool> Fields::boolean(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  if (!value->is_boolean()) must_be(key, "true or false");
  return value->get<bool>();
}

std::optional<std::string> Fields::text(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  if (!value->is_string()) must_be(key, "a text");
  return value->get<std::string>();
}

std::optional<std::vector<std::string>> Fields::texts(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  std::vector<std::string> out;
  if (!value->is_array()) must_be(key, "a list of texts");
  for (const json& each : *value) {
    if (!each.is_string()) must_be(key, "a list of texts");
    out.push_back(each.get<std::string>());
  }
  return out;
}

std::optional<std::vector<double>> Fields::numbers(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  std::vector<double> out;
  if (!value->is_array()) must_be(key, "a list of numbers");
  for (const json& each : *value) {
    const bool is_number = each.is_number() && std::isfinite(each.get<double>());
    if (!is_number && !each.is_boolean()) must_be(key, "a list of numbers");
    out.push_back(each.is_boolean() ? (each.get<bool>() ? 1 : 0) : each.get<double>());
  }
  return out;
}

std::optional<Fields> Fields::object(const char* key) const {
  const json* value = find(key);
  if (!value) return {};
  if (!value->is_object()) must_be(key, "an object");
  return Fields(*value, file_, path_ + key + ".");
}

bool Fields::is_nested() const {
  for (const json& value : *object_)
    if (value.is_object()) return true;
  return false;
}

}  // namespace qkv::model
