#include "core/text/precompiled.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::text {
namespace {

constexpr std::size_t kLongestCluster = 5;  // longer ones are looked up character by character

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return {};
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

/// One 32-bit unit of the array (darts-clone): a label and where its children begin, or a value.
struct Unit {
  std::uint32_t bits;
  bool has_leaf() const { return (bits >> 8 & 1) != 0; }
  std::uint32_t value() const { return bits & 0x7fffffffu; }
  std::uint32_t label() const { return bits & 0x800000ffu; }
  std::uint32_t offset() const { return bits >> 10 << ((bits & 0x200u) >> 6); }
};

class CharacterMap {
 public:
  CharacterMap(std::string_view bytes, std::string where) : where_(std::move(where)) {
    if (bytes.size() < 4) damaged("it is shorter than its own length");
    const std::size_t length = word(bytes, 0);
    if (length > bytes.size() - 4) damaged("its trie ends after the file does");
    if (length < 4) damaged("its trie is empty");
    for (std::size_t i = 0; i + 4 <= length; i += 4) units_.push_back({word(bytes, 4 + i)});
    pool_ = bytes.substr(4 + length / 4 * 4);
    if (!files::is_utf8(pool_)) damaged("its replacements are not UTF-8");
  }

  /// What the shortest beginning of `key` that the trie holds is replaced by.
  std::optional<std::string_view> replacement(std::string_view key) const {
    std::size_t at = unit(0).offset();
    for (const char byte : key) {
      const auto label = static_cast<unsigned char>(byte);
      if (label == 0) break;
      at ^= label;
      const Unit here = unit(at);
      if (here.label() != label) break;
      at ^= here.offset();
      if (here.has_leaf()) return pooled(unit(at).value());
    }
    return {};
  }

 private:
  static std::uint32_t word(std::string_view bytes, std::size_t at) {
    const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[at + i])}; };
    return byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
  }
  [[noreturn]] void damaged(const std::string& how) const {
    throw Error(where_ + " is damaged: " + how + "; get the file again.");
  }
  Unit unit(std::size_t at) const {
    if (at >= units_.size()) damaged("its trie points past its end");
    return units_[at];
  }
  std::string_view pooled(std::size_t at) const {
    if (at > pool_.size() || (at < pool_.size() && continues_character(pool_[at])))
      damaged("a replacement does not begin where a character does");
    const std::string_view rest = std::string_view(pool_).substr(at);
    return rest.substr(0, rest.find('\0'));
  }

  std::vector<Unit> units_;
  std::string pool_, where_;
};

/// `fresh` for `count` old characters: those that are more than before are new, the last swallows those that
/// are fewer.
void append_replacement(std::vector<Change>& changes, std::size_t count, std::string_view fresh) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < fresh.size(); at += utf8_length(fresh[at]))
    changes.push_back({character_at(fresh, at), ++number > count ? 1 : 0});
  if (number < count && !changes.empty()) changes.back().change -= static_cast<int>(count - number);
}

void apply(const CharacterMap& map, NormalizedString& s) {
  const std::string& text = s.text();
  std::vector<Change> changes;
  changes.reserve(text.size());
  bool modified = false;
  std::size_t begin = 0;
  for (const std::size_t end : grapheme_ends(text)) {
    s.check_growth(changes.size());
    const std::string_view cluster = std::string_view(text).substr(begin, end - begin);
    begin = end;
    if (cluster.size() <= kLongestCluster) {
      if (const auto fresh = map.replacement(cluster)) {
        modified = true;
        append_replacement(changes, count_characters(cluster), *fresh);
        continue;
      }
    }
    for (std::size_t at = 0; at < cluster.size();) {
      const std::size_t length = utf8_length(cluster[at]);
      if (const auto fresh = map.replacement(cluster.substr(at, length))) {
        modified = true;
        append_replacement(changes, 1, *fresh);
      } else {
        changes.push_back({character_at(cluster, at), 0});
      }
      at += length;
    }
  }
  if (modified) s.transform(changes);
}

}  // namespace

Normalizer read_precompiled(const Node& node) {
  const Node field = node.at("precompiled_charsmap");
  const auto bytes = from_base64(field.text());
  if (!bytes) field.refuse("is not base64; get the file again.");
  const auto map = std::make_shared<const CharacterMap>(*bytes, field.where());
  return [map](NormalizedString& s) { apply(*map, s); };
}

}  // namespace qkv::text
