#include "core/text/byte_trie.h"

namespace qkv::text {

ByteTrie::ByteTrie(std::vector<std::pair<std::string, int>> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  struct Range {  // the entries below a node, which agree in their first `depth` bytes
    std::uint32_t node;
    std::size_t begin, end, depth;
  };
  nodes_.emplace_back();
  std::vector<Range> open = {{0, 0, entries.size(), 0}};
  for (std::size_t next = 0; next < open.size(); ++next) {  // breadth first: siblings stay together
    const Range range = open[next];
    std::size_t i = range.begin;
    for (; i < range.end && entries[i].first.size() == range.depth; ++i)
      if (range.depth > 0 && nodes_[range.node].value < 0) nodes_[range.node].value = entries[i].second;
    nodes_[range.node].first_child = static_cast<std::uint32_t>(nodes_.size());
    while (i < range.end) {
      const char label = entries[i].first[range.depth];
      const std::size_t begin = i;
      while (i < range.end && entries[i].first[range.depth] == label) ++i;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({0, 0, static_cast<unsigned char>(label), -1});
      ++nodes_[range.node].children;
      if (range.depth == 0) roots_[static_cast<unsigned char>(label)] = node;
      open.push_back({node, begin, i, range.depth + 1});
    }
  }
}

}  // namespace qkv::text
