#include "core/text/bpe.h"

#include <array>
#include <cstdio>
#include <queue>

#include "core/error.h"
#include "core/files/wording.h"
#include "core/text/unicode.h"

namespace qkv::text {
namespace {

constexpr std::size_t kLongestMark = 256;  // of what is put before or after a character

std::uint64_t pair_key(int first, int second) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(first)) << 32 |
         static_cast<std::uint32_t>(second);
}

/// A merge waiting for its turn: the lowest rank first, then the leftmost.
struct Waiting {
  std::uint32_t rank = 0;
  int at = 0, id = 0;
  bool operator<(const Waiting& other) const {  // for a queue whose largest comes first
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};

Bpe::Merges read_merges(const Node& list) {
  Bpe::Merges merges;
  const std::size_t size = list.list_size();
  merges.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const nlohmann::json& merge = list.json()[i];
    if (merge.is_string()) {
      const auto& line = merge.get_ref<const std::string&>();
      if (line.starts_with("#version")) continue;
      if (auto pair = Bpe::parse_merge(line)) {
        merges.push_back(std::move(*pair));
        continue;
      }
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      merges.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
      continue;
    }
    list.element(i).must_be("two tokens, as \"a b\" or [\"a\", \"b\"]");
  }
  return merges;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> Bpe::parse_merge(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == line.npos || line.find(' ', space + 1) != line.npos) return {};
  return std::pair{std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
}

Bpe Bpe::read(const Node& node) {
  if (node.has("dropout") && node.at("dropout").number() != 0)
    node.refuse("has a dropout, which makes tokens at random; set it to null.");
  BpeOptions options;
  if (node.has("unk_token")) options.unknown = node.at("unk_token").text();
  options.prefix = node.text("continuing_subword_prefix", "");
  options.suffix = node.text("end_of_word_suffix", "");
  if (options.prefix.size() > kLongestMark || options.suffix.size() > kLongestMark)
    node.refuse("has a prefix or suffix of more than " + std::to_string(kLongestMark) + " bytes.");
  options.fuse_unknown = node.boolean("fuse_unk", false);
  options.byte_fallback = node.boolean("byte_fallback", false);
  options.ignore_merges = node.boolean("ignore_merges", false);
  return {Vocabulary::from_object(node.at("vocab")), read_merges(node.at("merges")), std::move(options),
          node.where()};
}

Bpe::Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, std::string where)
    : TokenModel(std::move(vocabulary), std::move(where)), options_(std::move(options)) {
  const auto id_of = [this](const std::string& token, const auto& pair) {
    if (const auto id = vocabulary_.id_of(token)) return *id;
    throw Error(where_ + " merges " + files::in_quotes(pair.first) + " and " + files::in_quotes(pair.second) +
                ", but " + files::in_quotes(token) + " is not in its vocabulary; get the file again.");
  };
  merges_.reserve(merges.size());
  std::uint32_t rank = 0;
  for (const auto& pair : merges) {
    const int first = id_of(pair.first, pair), second = id_of(pair.second, pair);
    if (pair.second.size() < options_.prefix.size()) id_of("", pair);
    const int merged = id_of(pair.first + pair.second.substr(options_.prefix.size()), pair);
    merges_.insert_or_assign(pair_key(first, second), Merge{rank++, merged});
  }
  if (!options_.byte_fallback) return;
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::array<char, 8> name{};
    std::snprintf(name.data(), name.size(), "<0x%02X>", byte);
    bytes_.push_back(vocabulary_.id_of(name.data()).value_or(-1));
  }
}

const Bpe::Merge* Bpe::find_merge(int first, int second) const {
  const auto found = merges_.find(pair_key(first, second));
  return found == merges_.end() ? nullptr : &found->second;
}

std::vector<Bpe::Symbol> Bpe::characters(std::string_view word) const {
  std::vector<Symbol> symbols;
  symbols.reserve(word.size());
  const auto add = [&](int id, std::size_t length) {
    const int at = static_cast<int>(symbols.size());
    if (at > 0) symbols.back().after = at;
    symbols.push_back({id, at - 1, -1, length});
  };
  std::size_t unknown_length = 0;  // of the unknown token that waits for what follows it
  int unknown = 0;
  const auto add_unknown = [&] {
    if (unknown_length > 0) add(unknown, unknown_length);
    unknown_length = 0;
  };
  std::string spelled;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t length = utf8_length(word[at]);
    std::string_view character = word.substr(at, length);
    const bool has_prefix = at > 0 && !options_.prefix.empty();
    at += length;
    if (has_prefix || (at == word.size() && !options_.suffix.empty())) {
      spelled = has_prefix ? options_.prefix : "";
      spelled += character;
      if (at == word.size()) spelled += options_.suffix;
      character = spelled;
    }
    if (const auto id = vocabulary_.id_of(character)) {
      add_unknown();
      add(*id, length);
      continue;
    }
    const auto byte_id = [this](char byte) { return bytes_[static_cast<unsigned char>(byte)]; };
    if (options_.byte_fallback &&
        std::ranges::all_of(character, [&](char byte) { return byte_id(byte) >= 0; })) {
      for (const char byte : character)
        add(byte_id(byte), 1);  // before an unknown one that waits, as the library does
      continue;
    }
    if (!options_.unknown) continue;  // without an unknown token the character is lost
    if (!options_.fuse_unknown) add_unknown();
    if (unknown_length == 0) unknown = unknown_id(*options_.unknown);
    unknown_length += length;
  }
  add_unknown();
  return symbols;
}

void Bpe::merge(std::vector<Symbol>& symbols) const {
  const auto at = [&](int i) -> Symbol& { return symbols[static_cast<std::size_t>(i)]; };
  std::vector<Waiting> start;
  for (int i = 0; i + 1 < static_cast<int>(symbols.size()); ++i)
    if (const Merge* merge = find_merge(at(i).id, at(i + 1).id)) start.push_back({merge->rank, i, merge->id});
  std::priority_queue<Waiting> queue(std::less<Waiting>(), std::move(start));
  while (!queue.empty()) {
    const Waiting top = queue.top();
    queue.pop();
    Symbol& left = at(top.at);
    if (left.length == 0 || left.after < 0) continue;
    const int right_at = left.after;
    const Symbol right = at(right_at);
    const Merge* still = find_merge(left.id, right.id);  // others may have been merged in the meantime
    if (!still || still->id != top.id) continue;
    left.id = top.id;
    left.length += right.length;
    left.after = right.after;
    at(right_at).length = 0;
    if (right.after >= 0) at(right.after).before = top.at;
    if (left.before >= 0)
      if (const Merge* merge = find_merge(at(left.before).id, left.id))
        queue.push({merge->rank, left.before, merge->id});
    if (left.after >= 0)
      if (const Merge* merge = find_merge(left.id, at(left.after).id))
        queue.push({merge->rank, top.at, merge->id});
  }
}

std::vector<Piece> Bpe::encode(std::string_view word) const {
  if (options_.ignore_merges)
    if (const auto id = vocabulary_.id_of(word)) return {{*id, std::string(word), 0, word.size()}};
  std::vector<Symbol> symbols = characters(word);
  merge(symbols);
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (const Symbol& symbol : symbols) {
    if (symbol.length == 0) continue;
    pieces.push_back({symbol.id, vocabulary_.token(symbol.id), begin, begin + symbol.length});
    begin += symbol.length;
  }
  return pieces;
}

}  // namespace qkv::text
