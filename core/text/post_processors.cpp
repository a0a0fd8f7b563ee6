#include "core/text/post_processors.h"

#include <algorithm>
#include <limits>
#include <map>

#include "core/files/wording.h"
#include "core/text/byte_level.h"
#include "core/text/unicode.h"
#include "core/text/vocabulary.h"

namespace qkv::text {
namespace {

constexpr std::size_t kMostTexts = 16, kMostAdded = 4096;  // of one template

Token added(const NamedToken& token) { return {token.id, token.text, 0, 0, true}; }

bool is_space(char32_t c) { return c == byte_character(' ') || is_whitespace(c); }

void trim(Token& token, bool is_first, bool add_prefix_space) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < token.text.size(); at += utf8_length(token.text[at]))
    characters.push_back(character_at(token.text, at));
  const auto not_space = [](char32_t c) { return !is_space(c); };
  const auto first = std::find_if(characters.begin(), characters.end(), not_space);
  const auto last = std::find_if(characters.rbegin(), characters.rend(), not_space);
  auto leading = static_cast<int>(first - characters.begin());
  const auto trailing = static_cast<int>(last - characters.rbegin());
  // A space that was put before the text is not in it, so there is nothing to take away.
  if (leading == 1 && add_prefix_space && (is_first || token.begin == 0)) leading = 0;
  token.begin = std::min(token.begin + leading, token.end);
  if (trailing > 0 && token.end >= trailing) token.end = std::max(token.end - trailing, token.begin);
}

NamedToken read_named(const Node& pair) {
  if (!pair.json().is_array() || pair.json().size() != 2) pair.must_be("a token and its id");
  return {pair.element(0).text(), pair.element(1).integer(0, kLargestId)};
}

PostProcessor read_surrounding(const Node& node) {
  const NamedToken first = read_named(node.at("cls"));
  return surrounding(first, read_named(node.at("sep")));
}

/// A part of a template: the text, or these tokens.
struct Part {
  bool is_text = false;
  std::vector<Token> tokens;
};

PostProcessor read_template(const Node& node) {
  std::map<std::string, std::vector<Token>> specials;
  const Node known = node.at("special_tokens");
  if (!known.json().is_object()) known.must_be("an object");
  for (const auto& [name, value] : known.json().items()) {
    const Node special(value, node.file(), "the special token " + files::in_quotes(name));
    const Node ids = special.at("ids"), tokens = special.at("tokens");
    if (ids.list_size() != tokens.list_size()) special.refuse("has not as many ids as tokens.");
    for (std::size_t i = 0; i < ids.list_size(); ++i)
      specials[name].push_back(added({tokens.element(i).text(), ids.element(i).integer(0, kLargestId)}));
  }
  std::vector<Part> parts;
  std::size_t repeats = 0, tokens = 0;
  const Node list = node.at("single");
  for (std::size_t i = 0; i < list.list_size(); ++i) {
    const Node part = list.element(i);
    if (part.has("Sequence")) {
      if (part.at("Sequence").at("id").text() != "A") part.refuse("names a second text, but single has one.");
      parts.push_back({true, {}});
    } else {
      const Node id = part.at("SpecialToken").at("id");
      const auto found = specials.find(id.text());
      if (found == specials.end()) id.refuse("names a token that special_tokens has not.");
      parts.push_back({false, found->second});
      tokens += found->second.size();
    }
    repeats += parts.back().is_text ? 1 : 0;
    if (repeats > kMostTexts || tokens > kMostAdded)
      list.refuse("repeats the text or adds tokens without measure.");
  }
  return [parts](const Encodings& texts, bool special_tokens) {
    Encodings out;
    for (const Part& part : parts) {
      if (part.is_text) {
        out.push_back(texts.front());
      } else if (special_tokens) {
        out.push_back(part.tokens);
      }
    }
    return out;
  };
}

/// Whether the component adds tokens, and so must be the only one that does.
bool adds_tokens(const Node& node) {
  const std::string& type = node.at("type").text();
  return type == "TemplateProcessing" || type == "BertProcessing" || type == "RobertaProcessing";
}

PostProcessor read_sequence(const Node& list) {
  std::vector<PostProcessor> steps;
  int adding = 0;
  for (std::size_t i = 0; i < list.list_size(); ++i) {
    const Node element = list.element(i);
    PostProcessor step = read_post_processor(element);
    if (!step) continue;
    if (adds_tokens(element) && ++adding > 1)
      element.refuse("is the second in its sequence that adds special tokens, which is not supported; give token ids instead of text.");
    steps.push_back(std::move(step));
  }
  return in_sequence(std::move(steps));
}

}  // namespace

PostProcessor surrounding(const NamedToken& first, const NamedToken& last) {
  return [first, last](Encodings texts, bool special_tokens) {
    if (!special_tokens) return texts;
    std::vector<Token>& tokens = texts.front();
    if (!first.text.empty()) tokens.insert(tokens.begin(), added(first));
    if (!last.text.empty()) tokens.push_back(added(last));
    return texts;
  };
}

PostProcessor trimming(bool add_prefix_space) {
  return [add_prefix_space](Encodings texts, bool) {
    for (std::vector<Token>& tokens : texts)
      for (std::size_t i = 0; i < tokens.size(); ++i) trim(tokens[i], i == 0, add_prefix_space);
    return texts;
  };
}

PostProcessor in_sequence(std::vector<PostProcessor> steps) {
  return [steps = std::move(steps)](Encodings texts, bool special_tokens) {
    for (const PostProcessor& step : steps) texts = step(std::move(texts), special_tokens);
    return texts;
  };
}

PostProcessor read_post_processor(const Node& node) {
  if (node.is_null()) return {};
  const std::string& type = node.at("type").text();
  if (type == "Sequence") return read_sequence(node.at("processors"));
  if (type == "TemplateProcessing") return read_template(node);
  if (type == "BertProcessing") return read_surrounding(node);
  if (type == "RobertaProcessing") {
    PostProcessor around = read_surrounding(node);
    if (!node.boolean("trim_offsets", true)) return around;
    return in_sequence({trimming(node.boolean("add_prefix_space", true)), std::move(around)});
  }
  if (type == "ByteLevel") {
    if (!node.boolean("trim_offsets", true)) return in_sequence({});
    return trimming(node.boolean("add_prefix_space", true));
  }
  node.refuse_type("post-processor", type);
}

}  // namespace qkv::text
