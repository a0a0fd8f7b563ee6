#include <iostream>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "core/error.h"
#include "core/files/wording.h"
#include "core/text/tokenizer.h"

namespace qkv::cli {
namespace {

/// The string that the line is in JSON.
std::string parse_line(const std::string& line, std::size_t number) {
  try {
    const auto json = nlohmann::json::parse(line);
    if (json.is_string()) return json.get<std::string>();
  } catch (const nlohmann::json::exception&) {  // said below
  }
  throw Error("Line " + std::to_string(number) +
              " of the input must be a JSON string in UTF-8, such as \"a dog\", but is " +
              files::in_quotes(line) + ".");
}

/// {"ids": […], "tokens": […], "offsets": [[begin, end], …]} on one line.
std::string answer(const std::vector<text::Token>& tokens) {
  std::string ids, texts, offsets;
  for (const text::Token& token : tokens) {
    const char* comma = ids.empty() ? "" : ",";
    ids += comma + std::to_string(token.id);
    texts += comma + nlohmann::json(token.text).dump();
    offsets += comma + ("[" + std::to_string(token.begin) + "," + std::to_string(token.end) + "]");
  }
  return "{\"ids\":[" + ids + "],\"tokens\":[" + texts + "],\"offsets\":[" + offsets + "]}";
}

}  // namespace

void tokenize(const TokenizeOptions& options) {
  const text::Tokenizer tokenizer(options.model);
  std::string line;
  for (std::size_t number = 1; std::getline(std::cin, line); ++number) {
    const std::vector<text::Token> tokens =
        tokenizer.encode(parse_line(line, number), options.special_tokens);
    std::cout << answer(tokens) << std::endl;  // whoever waits for each answer gets it
    if (!std::cout) throw Error("The answer to line " + std::to_string(number) + " could not be written.");
  }
  if (std::cin.bad()) throw Error("The input could not be read to its end.");
}

}  // namespace qkv::cli
