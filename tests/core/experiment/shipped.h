#pragma once
#include <algorithm>
#include <cctype>
#include <sstream>
#include <string>
#include <vector>

#include "core/experiment/json.h"
#include "core/experiment/operations.h"

// What the tests of the shipped experiments share.
namespace qkv::experiment::shipped {

inline Experiment open(const std::string& name) {
  return load(std::string(QKV_SOURCE_DIR) + "/assets/experiments/" + name + ".json");
}

inline std::vector<std::string> words_of(const std::string& sentence) {
  std::istringstream in(sentence);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

inline std::string lower(std::string word) {
  std::ranges::transform(word, word.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

/// Position of a word in the sentence the experiment holds; −1 when it is not there.
inline int at(const Experiment& e, const std::string& word) {
  for (std::size_t i = 0; i < e.tokens.size(); ++i)
    if (e.tokens[i].text == word) return static_cast<int>(i);
  return -1;
}

/// Position of a name in a list of names; −1 when it is not there.
inline int at(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

}  // namespace qkv::experiment::shipped
