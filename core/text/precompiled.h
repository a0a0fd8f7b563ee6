#pragma once
#include "core/text/normalizers.h"

namespace qkv::text {

/// The normalizer that SentencePiece compiles into a double-array trie and a pool of replacements
/// ("precompiled_charsmap" of its model proto), as base64. Throws Error when it is damaged.
Normalizer read_precompiled(const Node& node);

}  // namespace qkv::text
