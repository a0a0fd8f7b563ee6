#pragma once
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/text/byte_trie.h"
#include "core/text/normalizers.h"
#include "core/text/pre_tokenizers.h"
#include "core/text/vocabulary.h"

namespace qkv::text {

struct AddedToken {
  std::string content;
  bool single_word = false, lstrip = false, rstrip = false, normalized = true, special = false;
};

/// Tokens beside the model's own, which are found in the text before the model sees it.
class AddedTokens {
 public:
  /// Ids are the model's where it has the token, else they go on after its vocabulary, as the library counts
  /// them. `where` begins every sentence of an Error.
  AddedTokens(const std::vector<AddedToken>& tokens, const Vocabulary& model, const Normalizer& normalizer,
              const std::string& where);
  static std::vector<AddedToken> read(const Node& list);

  /// The text in stretches, normalized: tokens that are not `normalized` are found in it as it is, the others
  /// after.
  std::vector<Stretch> extract(std::string_view text, const Normalizer& normalizer) const;
  bool is_special(int id) const;
  const std::unordered_map<int, AddedToken>& by_id() const { return by_id_; }

 private:
  void find(std::vector<Stretch>& out, const NormalizedString& text, const ByteTrie& trie) const;

  std::unordered_map<int, AddedToken> by_id_;
  ByteTrie exact_, normalized_;
};

}  // namespace qkv::text
