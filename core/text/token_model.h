#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/text/json_node.h"
#include "core/text/vocabulary.h"

namespace qkv::text {

/// A token within one word.
struct Piece {
  int id = 0;
  std::string text;
  std::size_t begin = 0, end = 0;  ///< bytes of the word
};

/// Words met before in the same text and what they became; forgets all when it is full.
class WordCache {
 public:
  const std::vector<Piece>* find(std::string_view word) const;
  void keep(std::string_view word, const std::vector<Piece>& pieces);

 private:
  std::unordered_map<std::string, std::vector<Piece>, TextHash, std::equal_to<>> words_;
};

/// What cuts a word of the pre-tokenizer into tokens of the vocabulary.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  /// Throws Error when the word needs an unknown token that the model has not.
  virtual std::vector<Piece> encode(std::string_view word) const = 0;
  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// What stands for a part of a text that no token spells; none: there is no such token.
  virtual std::optional<int> unknown_token() const { return {}; }
  /// What begins tokens that continue a word ("##") and ends those that end one ("</w>"), for readers.
  virtual std::string prefix() const { return {}; }
  virtual std::string suffix() const { return {}; }

 protected:
  TokenModel(Vocabulary vocabulary, std::string where)
      : vocabulary_(std::move(vocabulary)), where_(std::move(where)) {}
  /// Throws Error when the token is not in the vocabulary.
  int unknown_id(const std::string& token) const;

  Vocabulary vocabulary_;
  std::string where_;  ///< begins every sentence
};

/// The "model" of a tokenizer.json. Throws Error naming a type that is not known.
std::unique_ptr<const TokenModel> read_model(const Node& node);

}  // namespace qkv::text
