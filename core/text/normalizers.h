#pragma once
#include <functional>

#include "core/text/json_node.h"
#include "core/text/normalized_string.h"

namespace qkv::text {

using Normalizer = std::function<void(NormalizedString&)>;

struct BertOptions {
  bool clean_text = true, handle_chinese = true, strip_accents = true, lowercase = true;
};
Normalizer bert_normalizer(const BertOptions& options);
Normalizer normal_form_normalizer(NormalForm form);

/// The "normalizer" of a tokenizer.json, null included. Throws Error naming a component that is not known.
Normalizer read_normalizer(const Node& node);

/// The "pattern" of a Replace or a Split: {"String": …} or {"Regex": …}.
std::function<std::vector<Match>(std::string_view)> read_pattern(const Node& node);

}  // namespace qkv::text
