#include "core/text/json_node.h"

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/text/unicode.h"

namespace qkv::text {
namespace {

constexpr int kDeepest = 64;

/// Whether brackets nest deeper than kDeepest: what reads the values is recursive.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

std::string describe(const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::string:
      return "the text " + files::in_quotes(json.get_ref<const std::string&>());
    case nlohmann::json::value_t::array:
      return "a list of " + std::to_string(json.size());
    case nlohmann::json::value_t::object:
      return "an object";
    case nlohmann::json::value_t::null:
      return "null";
    default:
      return json.dump();
  }
}

}  // namespace

std::string Node::where() const { return path_.empty() ? *file_ : *file_ + ": " + path_; }

void Node::refuse(std::string_view says) const { throw Error(where() + " " + std::string(says)); }

void Node::refuse_type(std::string_view kind, std::string_view type) const {
  refuse("is a " + std::string(kind) + " of the type " + files::in_quotes(type) +
         ", which is not supported; give token ids instead of text.");
}

void Node::must_be(std::string_view expected) const {
  refuse("must be " + std::string(expected) + ", but is " + describe(*json_) + ".");
}

bool Node::has(std::string_view key) const {
  const auto found = json_->find(key);
  return json_->is_object() && found != json_->end() && !found->is_null();
}

Node Node::at(std::string_view key) const {
  if (!json_->is_object()) must_be("an object");
  const auto found = json_->find(key);
  if (found == json_->end()) refuse("has no " + files::in_quotes(key) + ", which a tokenizer needs there.");
  return {*found, *file_, path_.empty() ? std::string(key) : path_ + "." + std::string(key)};
}

Node Node::element(std::size_t index) const {
  return {(*json_)[index], *file_, path_ + "[" + std::to_string(index) + "]"};
}

std::size_t Node::list_size() const {
  if (!json_->is_array()) must_be("a list");
  return json_->size();
}

const std::string& Node::text() const {
  if (!json_->is_string()) must_be("a text");
  return json_->get_ref<const std::string&>();
}

char32_t Node::character() const {
  if (count_characters(text()) != 1) must_be("one character");
  return character_at(text(), 0);
}

bool Node::boolean() const {
  if (!json_->is_boolean()) must_be("true or false");
  return json_->get<bool>();
}

double Node::number() const {
  if (!json_->is_number() || !std::isfinite(json_->get<double>())) must_be("a number");
  return json_->get<double>();
}

int Node::integer(int least, int most) const {
  const bool is_small = json_->is_number_unsigned()
                            ? json_->get<std::uint64_t>() <=
                                  static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                            : json_->is_number_integer();
  const std::int64_t value = is_small ? json_->get<std::int64_t>() : 0;
  if (!is_small || value < least || value > most)
    must_be("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return static_cast<int>(value);
}

std::string Node::text(std::string_view key, std::string otherwise) const {
  return has(key) ? at(key).text() : otherwise;
}

bool Node::boolean(std::string_view key, bool otherwise) const {
  return has(key) ? at(key).boolean() : otherwise;
}

nlohmann::json parse_json(std::string_view text, const std::string& file) {
  if (is_too_deep(text))
    throw Error(file + ": lists and objects are nested more than " + std::to_string(kDeepest) +
                " deep, which no tokenizer is.");
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw Error(file + " is not whole JSON: it breaks at byte " + std::to_string(error.byte) + " of " +
                std::to_string(text.size()) + "; get the file again.");
  } catch (const nlohmann::json::exception&) {  // a number beyond every range
    throw Error(file + " is not JSON that can be read: it has a number out of range.");
  }
}

}  // namespace qkv::text
