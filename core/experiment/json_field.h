#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.h"

namespace qkv::experiment {

/// Numbers as float32 straight from their decimal digits: reading by way of double would round twice.
using Json =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, float>;

/// Parses a hostile text: bounded depth and count, no key twice. Throws Error beginning with `file`.
Json parse_json(std::string_view text, const std::string& file);

/// `text`, or its beginning and "…" when it is longer than max_bytes; cut between characters.
std::string shortened(std::string_view text, std::size_t max_bytes);

/// A value in a file together with its path, so that every refusal can name it. Lives no longer than its
/// Json.
class Field {
 public:
  Field(const Json& json, const std::string& file, std::string path = {})
      : json_(&json), file_(&file), path_(std::move(path)) {}

  const Json& json() const { return *json_; }
  /// Throws Error "FILE: PATH must be EXPECTED, but is …."
  [[noreturn]] void must_be(std::string_view expected) const;
  /// Throws Error "FILE: PATH SAYS."
  [[noreturn]] void refuse(std::string_view says) const;

  /// Throws Error unless it is an object with no other keys than these.
  void check_keys(std::initializer_list<std::string_view> known) const;
  bool has(std::string_view key) const { return json_->contains(key); }
  Field at(std::string_view key) const;  ///< throws Error when it is missing
  Field element(std::size_t index) const;
  std::size_t list_size(std::size_t least,
                        std::size_t most) const;  ///< throws Error unless a list of that length

  std::string text(std::size_t max_bytes) const;
  bool boolean() const;
  int integer(int least, int most) const;
  std::uint64_t seed() const;
  float number() const;           ///< "NaN", "Infinity" and "-Infinity" included
  float positive_number() const;  ///< > 0 and finite
  std::vector<std::string> texts(std::size_t max_count, std::size_t max_bytes) const;
  std::vector<float> numbers(std::size_t max_count) const;
  std::shared_ptr<const Matrix> matrix(std::size_t max_rows, std::size_t max_columns) const;
  /// Index into `names`.
  template <class Names>
  std::size_t one_of(const Names& names) const {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (json_->is_string() && json_->get_ref<const std::string&>() == names[i]) return i;
    std::string expected;
    for (std::size_t i = 0; i < names.size(); ++i)
      expected += (i == 0 ? "\"" : i + 1 == names.size() ? "\" or \"" : "\", \"") + std::string(names[i]);
    must_be(expected + "\"");
  }

 private:
  const Json* json_;
  const std::string* file_;
  std::string path_;
};

}  // namespace qkv::experiment
