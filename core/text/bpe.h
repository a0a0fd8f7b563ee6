#pragma once
#include <cstdint>
#include <optional>
#include <utility>

#include "core/text/token_model.h"

namespace qkv::text {

struct BpeOptions {
  std::optional<std::string> unknown;
  std::string prefix, suffix;  ///< of every character but the first of a word; of the last one
  bool fuse_unknown = false, byte_fallback = false, ignore_merges = false;
};

/// Byte-pair encoding (Sennrich, Haddow and Birch 2016): of all neighbours in a word, those that were merged
/// first in training are merged first.
class Bpe : public TokenModel {
 public:
  using Merges = std::vector<std::pair<std::string, std::string>>;
  /// Throws Error when a merge names a token that is not in the vocabulary.
  Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, std::string where);
  static Bpe read(const Node& node);
  /// A line "a b" of merges.txt; nothing when it is not two tokens.
  static std::optional<std::pair<std::string, std::string>> parse_merge(std::string_view line);

  std::vector<Piece> encode(std::string_view word) const override;
  std::optional<int> unknown_token() const override {
    return options_.unknown ? vocabulary_.id_of(*options_.unknown) : std::nullopt;
  }
  std::string prefix() const override { return options_.prefix; }
  std::string suffix() const override { return options_.suffix; }

 private:
  /// Neighbours in a word, as a doubly linked list in an array.
  struct Symbol {
    int id = 0;
    int before = -1, after = -1;
    std::size_t length = 0;  ///< bytes of the word; 0 once it was merged away
  };
  struct Merge {
    std::uint32_t rank = 0;
    int id = 0;
  };

  std::vector<Symbol> characters(std::string_view word) const;
  void merge(std::vector<Symbol>& symbols) const;
  const Merge* find_merge(int first, int second) const;

  BpeOptions options_;
  std::unordered_map<std::uint64_t, Merge> merges_;
  std::vector<int> bytes_;  ///< ids of <0x00> to <0xFF>, −1 for one that is not there
};

}  // namespace qkv::text
