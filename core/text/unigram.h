#pragma once
#include <optional>

#include "core/text/byte_trie.h"
#include "core/text/token_model.h"

namespace qkv::text {

/// The unigram language model (Kudo 2018): of all ways to cut a word into tokens, the most likely.
class Unigram : public TokenModel {
 public:
  explicit Unigram(const Node& node);
  std::vector<Piece> encode(std::string_view word) const override;
  std::optional<int> unknown_token() const override { return unknown_; }

 private:
  /// Ends of the likeliest pieces, unknown ones next to each other joined.
  std::vector<std::size_t> cut(std::string_view word) const;
  int unknown() const;

  std::vector<double> scores_;  ///< log-probabilities by id
  double unknown_score_ = 0;
  std::optional<int> unknown_;
  ByteTrie trie_;
  bool byte_fallback_ = false;
};

}  // namespace qkv::text
