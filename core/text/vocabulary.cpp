#include "core/text/vocabulary.h"

#include <algorithm>

#include "core/files/wording.h"

namespace qkv::text {

Vocabulary Vocabulary::from_object(const Node& node) {
  if (!node.json().is_object()) node.must_be("an object of tokens and their ids");
  Vocabulary vocabulary;
  vocabulary.ids_.reserve(node.json().size());
  std::vector<bool> used;
  for (const auto& [token, value] : node.json().items()) {
    const int id = Node(value, node.file(), "the id of " + files::in_quotes(token)).integer(0, kLargestId);
    if (static_cast<std::size_t>(id) < used.size() && used[static_cast<std::size_t>(id)])
      node.refuse("gives the id " + std::to_string(id) + " to " + files::in_quotes(vocabulary.token(id)) +
                  " and to " + files::in_quotes(token) + "; each token needs its own.");
    used.resize(std::max(used.size(), static_cast<std::size_t>(id) + 1));
    used[static_cast<std::size_t>(id)] = true;
    vocabulary.put(id, token);
  }
  vocabulary.count_ = static_cast<int>(node.json().size());
  return vocabulary;
}

Vocabulary Vocabulary::from_list(std::vector<std::string> tokens) {
  Vocabulary vocabulary;
  vocabulary.ids_.reserve(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) vocabulary.put(static_cast<int>(i), tokens[i]);
  vocabulary.count_ = static_cast<int>(tokens.size());
  return vocabulary;
}

void Vocabulary::put(int id, const std::string& token) {
  const auto index = static_cast<std::size_t>(id);
  if (index >= tokens_.size()) tokens_.resize(index + 1);
  tokens_[index] = token;
  ids_.insert_or_assign(token, id);
}

std::optional<int> Vocabulary::id_of(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

const std::string& Vocabulary::token(int id) const {
  static const std::string kNone;
  return id >= 0 && id < size() ? tokens_[static_cast<std::size_t>(id)] : kNone;
}

}  // namespace qkv::text
