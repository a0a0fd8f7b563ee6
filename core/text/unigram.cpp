#include "core/text/unigram.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/text/unicode.h"

namespace qkv::text {
namespace {

constexpr double kUnknownPenalty = 10;  // SentencePiece's kUnkPenalty

Vocabulary read_tokens(const Node& list) {
  std::vector<std::string> tokens;
  const std::size_t size = list.list_size();
  if (size > static_cast<std::size_t>(kLargestId)) list.refuse("has more tokens than any model.");
  tokens.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const Node entry = list.element(i);
    if (!entry.json().is_array() || entry.json().size() != 2) entry.must_be("a token and its score");
    tokens.push_back(entry.element(0).text());
  }
  return Vocabulary::from_list(std::move(tokens));
}

std::string byte_name(char byte) {
  std::array<char, 8> name{};
  std::snprintf(name.data(), name.size(), "<0x%02X>",
                static_cast<unsigned>(static_cast<unsigned char>(byte)));
  return name.data();
}

}  // namespace

Unigram::Unigram(const Node& node) : TokenModel(read_tokens(node.at("vocab")), node.where()) {
  const Node list = node.at("vocab");
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::pair<std::string, int>> entries;
  for (int id = 0; id < vocabulary_.size(); ++id) {
    scores_.push_back(list.element(static_cast<std::size_t>(id)).element(1).number());
    least = std::min(least, scores_.back());
    entries.emplace_back(vocabulary_.token(id), *vocabulary_.id_of(vocabulary_.token(id)));
  }
  unknown_score_ = least - kUnknownPenalty;
  trie_ = ByteTrie(std::move(entries));
  if (vocabulary_.size() == 0) list.must_be("a list of tokens, with at least one");
  if (node.has("unk_id")) unknown_ = node.at("unk_id").integer(0, vocabulary_.size() - 1);
  byte_fallback_ = node.boolean("byte_fallback", false);
}

int Unigram::unknown() const {
  if (unknown_) return *unknown_;
  throw Error(where_ + " has no token for a part of this text, and no unknown token (unk_id); change the text.");
}

std::vector<std::size_t> Unigram::cut(std::string_view word) const {
  struct Best {  // of all ways to the end of a character
    double score = 0;
    std::size_t begin = 0;  // of the last piece
    int id = -1;
  };
  std::vector<Best> best(word.size() + 1);
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t length = utf8_length(word[at]);
    const double score = best[at].score;
    const auto offer = [&](std::size_t end, double offered, int id) {
      if (best[end].id < 0 || offered > best[end].score) best[end] = {offered, at, id};
    };
    bool has_character = false;
    trie_.prefixes(word, at, [&](std::size_t size, int id) {
      offer(at + size, scores_[static_cast<std::size_t>(id)] + score, id);
      has_character = has_character || size == length;
    });
    if (!has_character) offer(at + length, unknown_score_ + score, unknown());
    at += length;
  }
  std::vector<std::size_t> ends;
  bool after_unknown = false;
  for (std::size_t end = word.size(); end > 0; end = best[end].begin) {
    const bool is_unknown = unknown_ && best[end].id == *unknown_;
    if (!(is_unknown && after_unknown)) ends.push_back(end);
    after_unknown = is_unknown;
  }
  std::ranges::reverse(ends);
  return ends;
}

std::vector<Piece> Unigram::encode(std::string_view word) const {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (const std::size_t end : cut(word)) {
    const std::string part(word.substr(begin, end - begin));
    if (const auto id = vocabulary_.id_of(part)) {
      pieces.push_back({*id, part, begin, end});
    } else if (byte_fallback_ && std::ranges::all_of(part, [this](char b) {
                 return vocabulary_.id_of(byte_name(b)).has_value();
               })) {
      for (const char byte : part)
        pieces.push_back({*vocabulary_.id_of(byte_name(byte)), byte_name(byte), begin, end});
    } else {
      pieces.push_back({unknown(), part, begin, end});
    }
    begin = end;
  }
  return pieces;
}

}  // namespace qkv::text
