#include "core/text/tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/wording.h"
#include "core/text/byte_level.h"
#include "core/text/pipeline.h"

namespace qkv::text {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 26;

/// How many characters begin before each byte of a text, its end included.
class Characters {
 public:
  explicit Characters(std::string_view text) : ascii_(is_ascii(text)), size_(text.size()) {
    if (ascii_) return;
    before_.reserve(size_ + 1);
    int count = 0;
    for (std::size_t at = 0; at < size_; ++at) {
      if (at > 0 && !continues_character(text[at])) ++count;
      before_.push_back(count);
    }
    before_.push_back(size_ > 0 ? count + 1 : 0);
  }
  int at(std::size_t byte) const {
    byte = std::min(byte, size_);
    return ascii_ ? static_cast<int>(byte) : before_[byte];
  }

 private:
  bool ascii_;
  std::size_t size_;
  std::vector<int> before_;
};

std::string with_marked_bytes(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_length(bytes[at]);
    if (at + length <= bytes.size() && files::is_utf8(bytes.substr(at, length))) {
      out += bytes.substr(at, length);
      at += length;
      continue;
    }
    std::array<char, 4> digits{};
    std::snprintf(digits.data(), digits.size(), "%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(bytes[at++])));
    out += "⟨" + std::string(digits.data()) + "⟩";
  }
  return out;
}

/// The byte that "<0xE2>" stands for.
std::optional<char> fallback_byte(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token.back() != '>') return {};
  int value = 0;
  for (const char c : token.substr(3, 2)) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return {};
    value = value * 16 + digit;
  }
  return static_cast<char>(value);
}

constexpr std::string_view kAdvice = "download the tokenizer's files again";

}  // namespace

struct Tokenizer::Parts : Pipeline {
  explicit Parts(Pipeline pipeline) : Pipeline(std::move(pipeline)), vocabulary(model->vocabulary()) {
    for (const auto& [id, token] : added->by_id()) vocabulary.put(id, token.content);
  }
  std::vector<Token> tokens_of(std::string_view text) const;

  Vocabulary vocabulary;  ///< the model's with the added tokens
};

Tokenizer::Tokenizer(const std::filesystem::path& folder_or_file)
    : parts_(std::make_unique<const Parts>(
          files::advised(kAdvice, [&] { return read_tokenizer_files(folder_or_file); }))) {}
Tokenizer::Tokenizer(std::string_view tokenizer_json, const std::string& file)
    : parts_(std::make_unique<const Parts>(
          files::advised(kAdvice, [&] { return read_tokenizer_json(tokenizer_json, file); }))) {}
Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;

std::vector<Token> Tokenizer::Parts::tokens_of(std::string_view text) const {
  std::vector<Stretch> stretches = added->extract(text, normalizer);
  if (pre_tokenizer) pre_tokenizer(stretches);
  const Characters characters(text);
  WordCache cache;
  std::vector<Token> tokens;
  for (const Stretch& stretch : stretches) {
    const std::string& word = stretch.text.text();
    const auto add = [&](int id, const std::string& token, std::size_t begin, std::size_t end,
                         bool is_special) {
      const Span span = stretch.text.original(begin, end);
      tokens.push_back({id, token, characters.at(span.begin), characters.at(span.end), is_special});
    };
    if (stretch.added) {
      add(*stretch.added, word, 0, word.size(), added->is_special(*stretch.added));
      continue;
    }
    if (word.empty()) continue;
    if (const std::vector<Piece>* known = cache.find(word)) {
      for (const Piece& piece : *known) add(piece.id, piece.text, piece.begin, piece.end, false);
      continue;
    }
    const std::vector<Piece> pieces = model->encode(word);
    for (const Piece& piece : pieces) add(piece.id, piece.text, piece.begin, piece.end, false);
    cache.keep(word, pieces);
  }
  return tokens;
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool special_tokens) const {
  if (text.size() > kLongestText)
    throw Error("The text has " + std::to_string(text.size() >> 20) + " MB; " +
                std::to_string(kLongestText >> 20) +
                " MB is the most that can be made tokens at once: shorten it.");
  if (!files::is_utf8(text))
    throw Error("The text is not UTF-8, so it cannot be made tokens; save it as UTF-8.");
  std::vector<Token> tokens = parts_->tokens_of(text);
  if (!parts_->post_processor) return tokens;
  Encodings pieces = parts_->post_processor({std::move(tokens)}, special_tokens);
  if (pieces.size() == 1) return std::move(pieces.front());
  tokens.clear();
  for (std::vector<Token>& piece : pieces) std::ranges::move(piece, std::back_inserter(tokens));
  return tokens;
}

int Tokenizer::size() const { return parts_->vocabulary.size(); }

const std::string& Tokenizer::token(int id) const { return parts_->vocabulary.token(id); }

std::optional<int> Tokenizer::id_of(std::string_view token) const { return parts_->vocabulary.id_of(token); }

std::optional<int> Tokenizer::unknown() const { return parts_->model->unknown_token(); }

std::string Tokenizer::readable(int id) const {
  std::string token = this->token(id);
  if (parts_->added->by_id().contains(id)) return token;
  if (parts_->is_byte_level) {
    std::string bytes;
    for (std::size_t at = 0; at < token.size(); at += utf8_length(token[at])) {
      const auto byte = byte_of(character_at(token, at));
      if (!byte) return token;  // not spelled in byte characters after all
      bytes += static_cast<char>(*byte);
    }
    return with_marked_bytes(bytes);
  }
  if (const auto byte = fallback_byte(token)) return with_marked_bytes(std::string(1, *byte));
  const std::string prefix = parts_->model->prefix(), suffix = parts_->model->suffix();
  if (!prefix.empty() && token.size() > prefix.size() && token.starts_with(prefix))
    token.erase(0, prefix.size());
  if (!suffix.empty() && token.ends_with(suffix)) token.resize(token.size() - suffix.size());
  const std::string& space = parts_->space;
  for (std::size_t at = 0; !space.empty() && (at = token.find(space, at)) != token.npos; ++at)
    token.replace(at, space.size(), " ");
  return token;
}

}  // namespace qkv::text
