#include "core/text/whole_words.h"

#include <limits>

#include "core/text/unicode.h"

namespace qkv::text {

WordPiece::WordPiece(Vocabulary vocabulary, std::string unknown, std::string prefix,
                     std::size_t most_characters, std::string where)
    : TokenModel(std::move(vocabulary), std::move(where)),
      unknown_(std::move(unknown)),
      prefix_(std::move(prefix)),
      most_characters_(most_characters) {
  std::vector<std::pair<std::string, int>> beginnings, continuations;
  for (int id = 0; id < vocabulary_.size(); ++id) {
    const std::string& token = vocabulary_.token(id);
    if (vocabulary_.id_of(token) != id) continue;  // a gap, or a token that comes again
    beginnings.emplace_back(token, id);
    if (token.starts_with(prefix_)) continuations.emplace_back(token.substr(prefix_.size()), id);
  }
  beginnings_ = ByteTrie(std::move(beginnings));
  continuations_ = ByteTrie(std::move(continuations));
}

WordPiece WordPiece::read(const Node& node) {
  constexpr int kMost = std::numeric_limits<int>::max();
  const int most =
      node.has("max_input_chars_per_word") ? node.at("max_input_chars_per_word").integer(0, kMost) : 100;
  return {Vocabulary::from_object(node.at("vocab")), node.text("unk_token", "[UNK]"),
          node.text("continuing_subword_prefix", "##"), static_cast<std::size_t>(most), node.where()};
}

std::vector<Piece> WordPiece::encode(std::string_view word) const {
  const auto as_unknown = [&]() -> std::vector<Piece> {
    return {{unknown_id(unknown_), unknown_, 0, word.size()}};
  };
  if (count_characters(word) > most_characters_) return as_unknown();
  std::vector<Piece> pieces;
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t length = 0;
    int id = 0;
    (begin == 0 ? beginnings_ : continuations_).prefixes(word, begin, [&](std::size_t size, int value) {
      length = size;
      id = value;
    });
    if (length == 0) return as_unknown();
    pieces.push_back({id, vocabulary_.token(id), begin, begin + length});
    begin += length;
  }
  return pieces;
}

WordLevel::WordLevel(const Node& node)
    : TokenModel(Vocabulary::from_object(node.at("vocab")), node.where()),
      unknown_(node.text("unk_token", "<unk>")) {}

std::vector<Piece> WordLevel::encode(std::string_view word) const {
  const auto id = vocabulary_.id_of(word);
  return {{id ? *id : unknown_id(unknown_), id ? std::string(word) : unknown_, 0, word.size()}};
}

}  // namespace qkv::text
