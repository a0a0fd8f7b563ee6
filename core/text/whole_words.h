#pragma once
#include "core/text/byte_trie.h"
#include "core/text/token_model.h"

namespace qkv::text {

/// WordPiece (Schuster and Nakajima 2012, as BERT has it): the longest token a word begins with, again and
/// again; a word that cannot be cut so is one unknown token.
class WordPiece : public TokenModel {
 public:
  WordPiece(Vocabulary vocabulary, std::string unknown, std::string prefix, std::size_t most_characters,
            std::string where);
  static WordPiece read(const Node& node);
  std::vector<Piece> encode(std::string_view word) const override;
  std::optional<int> unknown_token() const override { return vocabulary_.id_of(unknown_); }
  std::string prefix() const override { return prefix_; }

 private:
  std::string unknown_, prefix_;
  ByteTrie beginnings_, continuations_;  ///< the latter without the prefix
  std::size_t most_characters_;
};

/// Each word is one token, or the unknown one.
class WordLevel : public TokenModel {
 public:
  explicit WordLevel(const Node& node);
  std::vector<Piece> encode(std::string_view word) const override;
  std::optional<int> unknown_token() const override { return vocabulary_.id_of(unknown_); }

 private:
  std::string unknown_;
};

}  // namespace qkv::text
