#pragma once
#include <functional>
#include <optional>
#include <vector>

#include "core/text/json_node.h"
#include "core/text/normalized_string.h"

namespace qkv::text {

/// A stretch of the text: what the model encodes, or an added token found there.
struct Stretch {
  NormalizedString text;
  std::optional<int> added;  ///< the id of the added token
};

using PreTokenizer = std::function<void(std::vector<Stretch>&)>;

PreTokenizer bert_pre_tokenizer();
PreTokenizer byte_level_pre_tokenizer(bool add_prefix_space, bool use_regex);
/// At every match of an expression, which stays a stretch of its own.
PreTokenizer isolating_pre_tokenizer(const std::string& regex);

/// The "pre_tokenizer" of a tokenizer.json, null included. Throws Error naming a component that is not known.
PreTokenizer read_pre_tokenizer(const Node& node);

}  // namespace qkv::text
