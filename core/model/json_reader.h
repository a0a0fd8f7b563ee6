#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::model {

/// Parses a hostile text: bounded depth, an object at the root. Throws Error beginning with `file`.
nlohmann::json parse_object(std::string_view text, const std::string& file);

/// An object of a configuration, read field by field. null is the same as absent. Every member throws Error
/// naming file, field, what was expected and what was found. Lives no longer than its JSON.
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string file, std::string path = {});

  bool has(const char* key) const;
  bool is_null(const char* key) const;  ///< there, but null
  /// Whole numbers; 3.0 counts as 3, as Python's writers may give it.
  std::optional<std::int64_t> integer(const char* key, std::int64_t least, std::int64_t most) const;
  std::optional<double> number(const char* key) const;           ///< finite
  std::optional<double> positive_number(const char* key) const;  ///< > 0
  std::optional<bool> boolean(const char* key) const;
  std::optional<std::string> text(const char* key) const;
  std::optional<std::vector<std::string>> texts(const char* key) const;
  std::optional<std::vector<double>> numbers(const char* key) const;
  std::optional<Fields> object(const char* key) const;
  /// Whether any value of this object is an object.
  bool is_nested() const;
  bool is_empty() const { return object_->empty(); }

  /// "FILE: " and "FILE: field 'PATH' ".
  std::string where() const { return file_ + ": "; }
  std::string where(const char* key) const;
  [[noreturn]] void must_be(const char* key, const std::string& expected) const;

 private:
  const nlohmann::json* find(const char* key) const;

  const nlohmann::json* object_;
  std::string file_, path_;
};

}  // namespace qkv::model
