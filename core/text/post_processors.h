#pragma once
#include <functional>
#include <vector>

#include "core/text/json_node.h"
#include "core/text/tokenizer.h"

namespace qkv::text {

/// An encoded text as the pieces that processors made of it: at first one, then also what they added.
using Encodings = std::vector<std::vector<Token>>;
using PostProcessor = std::function<Encodings(Encodings, bool special_tokens)>;

/// The token's text and id.
struct NamedToken {
  std::string text;
  int id = 0;
};
/// first … last around the text, as BERT and RoBERTa have it; either may be left out by an empty text.
PostProcessor surrounding(const NamedToken& first, const NamedToken& last);
/// Offsets of byte-level tokens without the spaces at their ends.
PostProcessor trimming(bool add_prefix_space);
/// One after the other.
PostProcessor in_sequence(std::vector<PostProcessor> steps);

/// The "post_processor" of a tokenizer.json, null included. Throws Error naming a component that is not
/// known.
PostProcessor read_post_processor(const Node& node);

}  // namespace qkv::text
