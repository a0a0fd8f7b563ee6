#include "core/text/token_model.h"

#include "core/error.h"
#include "core/files/wording.h"
#include "core/text/bpe.h"
#include "core/text/unigram.h"
#include "core/text/whole_words.h"

namespace qkv::text {
namespace {

constexpr std::size_t kMostWords = 20'000, kLongestWord = 256;

/// Files of the library's first versions do not say the type: only Unigram lists its vocabulary, only BPE has
/// merges.
std::string type_of(const Node& node) {
  if (node.has("type")) return node.at("type").text();
  if (node.has("merges")) return "BPE";
  if (node.at("vocab").json().is_array()) return "Unigram";
  return node.has("max_input_chars_per_word") ? "WordPiece" : "WordLevel";
}

}  // namespace

const std::vector<Piece>* WordCache::find(std::string_view word) const {
  const auto found = words_.find(word);
  return found == words_.end() ? nullptr : &found->second;
}

void WordCache::keep(std::string_view word, const std::vector<Piece>& pieces) {
  if (word.size() > kLongestWord) return;
  if (words_.size() >= kMostWords) words_.clear();
  words_.emplace(word, pieces);
}

int TokenModel::unknown_id(const std::string& token) const {
  if (const auto id = vocabulary_.id_of(token)) return *id;
  throw Error(where_ + " has no token for a part of this text, and its unknown token " +
              files::in_quotes(token) + " is not in its vocabulary; change the text.");
}

std::unique_ptr<const TokenModel> read_model(const Node& node) {
  const std::string type = type_of(node);
  if (type == "BPE") return std::make_unique<Bpe>(Bpe::read(node));
  if (type == "Unigram") return std::make_unique<Unigram>(node);
  if (type == "WordPiece") return std::make_unique<WordPiece>(WordPiece::read(node));
  if (type == "WordLevel") return std::make_unique<WordLevel>(node);
  node.refuse_type("model", type);
}

}  // namespace qkv::text
