#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/text/tokenizer.h"

namespace qkv::text::testing {

/// A tokenizer.json of these parts; `parts` may add to them or replace them.
inline std::string json_of(const std::string& model, const std::string& parts = "") {
  return R"({"version": "1.0", "model": )" + model + (parts.empty() ? "" : ", " + parts) + "}";
}

inline Tokenizer open(const std::string& json) { return {json, "tokenizer.json"}; }

/// "token[begin,end)" of each, one space between.
inline std::string spell(const std::vector<Token>& tokens) {
  std::string out;
  for (const Token& token : tokens)
    out += (out.empty() ? "" : " ") + token.text + "[" + std::to_string(token.begin) + "," +
           std::to_string(token.end) + ")";
  return out;
}

/// Every whole stretch is unknown to this model but keeps its own spelling, so that it shows what came before
/// it.
inline std::string showing(const std::string& parts) {
  return json_of(R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0]]})", parts);
}

inline std::string shown(const std::string& parts, const std::string& text) {
  return spell(open(showing(parts)).encode(text));
}

}  // namespace qkv::text::testing
