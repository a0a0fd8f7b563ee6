#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qkv::text {

/// Keys by their bytes: which of them a text begins with.
class ByteTrie {
 public:
  ByteTrie() = default;
  /// Of a key that comes twice the first value counts. Empty keys are left out.
  explicit ByteTrie(std::vector<std::pair<std::string, int>> entries);

  bool empty() const { return nodes_.size() <= 1; }
  /// Calls visit(length, value) for every key that text begins with from `at` on, shortest first.
  template <class Visit>
  void prefixes(std::string_view text, std::size_t at, Visit visit) const {
    std::uint32_t node = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      node = child(node, static_cast<unsigned char>(text[i]));
      if (node == 0) return;
      if (nodes_[node].value >= 0) visit(i + 1 - at, nodes_[node].value);
    }
  }

 private:
  /// Children of one node lie side by side, sorted by label.
  struct TrieNode {
    std::uint32_t first_child = 0;
    std::uint16_t children = 0;
    unsigned char label = 0;
    int value = -1;
  };

  std::uint32_t child(std::uint32_t node, unsigned char label) const {
    if (node == 0) return roots_[label];
    const TrieNode& parent = nodes_[node];
    const auto begin = nodes_.begin() + parent.first_child, end = begin + parent.children;
    const auto found =
        std::lower_bound(begin, end, label, [](const TrieNode& n, unsigned char l) { return n.label < l; });
    return found != end && found->label == label ? static_cast<std::uint32_t>(found - nodes_.begin()) : 0;
  }

  std::vector<TrieNode> nodes_;
  std::array<std::uint32_t, 256> roots_{};
};

}  // namespace qkv::text
