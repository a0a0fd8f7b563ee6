#pragma once
#include <memory>

#include "core/text/added_tokens.h"
#include "core/text/post_processors.h"
#include "core/text/pre_tokenizers.h"
#include "core/text/token_model.h"

namespace qkv::text {

/// Everything a tokenizer is made of; parts that it has not are empty functions.
struct Pipeline {
  Normalizer normalizer;
  PreTokenizer pre_tokenizer;
  std::unique_ptr<const TokenModel> model;
  std::unique_ptr<const AddedTokens> added;
  PostProcessor post_processor;
  bool is_byte_level = false;  ///< tokens are spelled in byte characters
  std::string space;           ///< what tokens spell for a space ("▁"), where they do
};

/// From the bytes of a tokenizer.json; `file` begins every sentence of an Error.
Pipeline read_tokenizer_json(std::string_view bytes, const std::string& file);
/// From a folder, or one of its files, as Tokenizer() says.
Pipeline read_tokenizer_files(const std::filesystem::path& folder_or_file);

}  // namespace qkv::text
