#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Text to token ids exactly as Hugging Face's tokenizers library does it, from the files it writes.
namespace qkv::text {

/// One token of an encoded text.
struct Token {
  int id = 0;
  std::string text;        ///< as the vocabulary spells it: "Ġdog", "##ing", "<0xE2>"
  int begin = 0, end = 0;  ///< [begin, end) in code points of the text; [0, 0) for added special tokens
  bool special = false;    ///< put there by the post-processor, or a special added token found in the text
};

/// Immutable once opened; encode() may be called from several threads.
class Tokenizer {
 public:
  /// A folder (tokenizer.json, else vocab.json + merges.txt, else vocab.txt, with tokenizer_config.json where
  /// present) or one such file. Throws Error naming the file and the component that is damaged or not
  /// supported.
  explicit Tokenizer(const std::filesystem::path& folder_or_file);
  /// From the bytes of a tokenizer.json; `file` begins every sentence of an Error.
  Tokenizer(std::string_view tokenizer_json, const std::string& file);
  ~Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;

  /// Text that is not UTF-8 is an Error. `special_tokens`: whether the post-processor adds its own ([CLS],
  /// <s>, …).
  std::vector<Token> encode(std::string_view text, bool special_tokens = true) const;

  /// One more than the largest id.
  int size() const;
  /// As the vocabulary spells it; empty for an id that is not there.
  const std::string& token(int id) const;
  std::optional<int> id_of(std::string_view token) const;
  /// What stands for a part of a text that no token spells; none where there is no such token.
  std::optional<int> unknown() const;
  /// What a reader sees of a token: "Ġdog" as " dog", "##ing" as "ing", bytes that are not whole characters
  /// as "⟨E2⟩".
  std::string readable(int id) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Whether the folder holds anything a Tokenizer can be made from.
bool has_tokenizer(const std::filesystem::path& folder);

}  // namespace qkv::text
