#include "core/text/whole_words.h"

#include <algorithm>
#include <limits>

#include "core/text/unicode.h"

namespace qkv::text {

WordPiece::WordPiece(Vocabulary vocabulary, std::string unknown, std::string prefix,
                     std::size_t most_characters, std::string where)
    : TokenModel(std::move(vocabulary), std::move(where)),
      unknown_(std::move(unknown)),
      prefix_(std::move(prefix)),
      most_characters_(most_characters) {}

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
  std::string spelled;
  for (std::size_t begin = 0; begin < word.size();) {
    spelled = begin > 0 ? prefix_ : "";
    const std::size_t added = spelled.size();
    std::size_t end = std::min(word.size(), begin + vocabulary_.longest());
    while (end < word.size() && end > begin && continues_character(word[end])) --end;
    spelled += word.substr(begin, end - begin);
    std::optional<int> id;
    while (end > begin && !(id = vocabulary_.id_of(spelled))) {
      do --end;
      while (end > begin && continues_character(word[end]));
      spelled.resize(added + end - begin);
    }
    if (!id) return as_unknown();
    pieces.push_back({*id, spelled, begin, end});
    begin = end;
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
