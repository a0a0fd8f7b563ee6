#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/text/json_node.h"

namespace qkv::text {

/// Larger ids are refused: no model has as many rows.
inline constexpr int kLargestId = (1 << 24) - 1;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Tokens and their ids, both ways.
class Vocabulary {
 public:
  /// {"token": id, …}; throws Error when an id is out of range or used twice.
  static Vocabulary from_object(const Node& node);
  /// Token by token from id 0; of a token that comes twice the last id counts.
  static Vocabulary from_list(std::vector<std::string> tokens);

  void put(int id, const std::string& token);
  std::optional<int> id_of(std::string_view token) const;
  const std::string& token(int id) const;  ///< empty for an id that is not there
  /// How many tokens there are, and one more than the largest id.
  int count() const { return count_; }
  int size() const { return static_cast<int>(tokens_.size()); }

 private:
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> ids_;
  int count_ = 0;
};

}  // namespace qkv::text
