#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace qkv::text {

/// A value in a JSON file of a tokenizer together with its path, so that every refusal can name it. Lives no
/// longer than the value. Every accessor throws Error when the value is not what is asked for.
class Node {
 public:
  Node(const nlohmann::json& json, const std::string& file, std::string path = {})
      : json_(&json), file_(&file), path_(std::move(path)) {}

  const nlohmann::json& json() const { return *json_; }
  const std::string& file() const { return *file_; }
  /// "FILE: PATH", for the beginning of a sentence.
  std::string where() const;
  /// Throws Error "FILE: PATH says".
  [[noreturn]] void refuse(std::string_view says) const;
  /// Throws Error: the component is a `kind` ("normalizer") of this type, which is not supported.
  [[noreturn]] void refuse_type(std::string_view kind, std::string_view type) const;
  /// Throws Error "FILE: PATH must be EXPECTED, but is …".
  [[noreturn]] void must_be(std::string_view expected) const;

  /// Whether an object has the key with a value other than null.
  bool has(std::string_view key) const;
  bool is_null() const { return json_->is_null(); }
  Node at(std::string_view key) const;
  Node element(std::size_t index) const;
  std::size_t list_size() const;

  const std::string& text() const;
  char32_t character() const;  ///< a text of one character
  bool boolean() const;
  double number() const;
  int integer(int least, int most) const;
  /// With `otherwise` when the key is missing or null.
  std::string text(std::string_view key, std::string otherwise) const;
  bool boolean(std::string_view key, bool otherwise) const;

 private:
  const nlohmann::json* json_;
  const std::string* file_;
  std::string path_;
};

/// Parses a hostile text. Throws Error beginning with `file` when it is not JSON or nested too deep.
nlohmann::json parse_json(std::string_view text, const std::string& file);

}  // namespace qkv::text
