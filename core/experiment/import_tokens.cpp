#include "core/experiment/import_tokens.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::experiment {
namespace {

using nlohmann::json;

std::vector<std::string> texts_of(const std::string& list, const std::string& file) {
  const json parsed = json::parse(list, nullptr, false);
  std::vector<std::string> texts;
  for (std::size_t i = 0; parsed.is_array() && i < parsed.size() && parsed[i].is_string(); ++i)
    texts.push_back(parsed[i].get<std::string>());
  if (!parsed.is_array() || texts.size() != parsed.size())
    throw Error(file + ": the metadata 'tokens' must be a JSON list of strings");
  return texts;
}

std::vector<std::string> texts_of(const NamedTensor& ids, const std::string& file) {
  std::vector<std::string> texts;
  for (const float id : ids.tensor.values) {
    constexpr float kExact = 16'777'216;  // 2^24: whole numbers beyond it are not exact in float32
    if (!(std::abs(id) <= kExact) || id != std::trunc(id))
      throw Error(file + ": " + ids.described(Role::tokens) + " must hold texts or whole numbers up to 2^24");
    texts.push_back(std::to_string(static_cast<int>(id)));
  }
  return texts;
}

std::vector<std::string> given_texts(const files::TensorFile& contents, const Roles& roles,
                                     const std::string& file) {
  for (const auto& [name, texts] : contents.texts)
    if (role_of(name) == Role::tokens) return texts;
  if (const auto list = contents.metadata.find("tokens"); list != contents.metadata.end())
    return texts_of(list->second, file);
  if (const NamedTensor* ids = roles.find(Role::tokens)) return texts_of(*ids, file);
  return {};
}

}  // namespace

std::vector<Token> tokens_of(const files::TensorFile& contents, const Roles& roles, std::size_t count,
                             const std::string& file) {
  std::vector<Token> tokens;
  for (std::string& text : given_texts(contents, roles, file)) {
    if (text.size() > static_cast<std::size_t>(kMaxTokenBytes))
      throw Error(file + ": token " + std::to_string(tokens.size()) + " is " + std::to_string(text.size()) +
                  " bytes long, expected at most " + std::to_string(kMaxTokenBytes));
    tokens.push_back({std::move(text)});
  }
  if (!tokens.empty() && tokens.size() != count)
    throw Error(file + ": there are " + std::to_string(tokens.size()) + " tokens, but the matrices have " +
                std::to_string(count) + " rows; expected one token a row");
  while (tokens.size() < count) tokens.push_back({std::string("t").append(std::to_string(tokens.size()))});
  return tokens;
}

void apply_capture_metadata(const files::TensorFile& contents, const std::string& file, Experiment& e) {
  const auto said = [&](const char* key) -> const std::string* {
    const auto found = contents.metadata.find(key);
    return found == contents.metadata.end() ? nullptr : &found->second;
  };
  if (const std::string* causal = said("causal"); causal && *causal != "false")
    e.mask = attention::MaskKind::causal;
  if (const std::string* window = said("window")) {
    const auto [end, fault] = std::from_chars(window->data(), window->data() + window->size(), e.window);
    if (fault != std::errc() || end != window->data() + window->size() || e.window < 1)
      throw Error(file + ": the metadata 'window' is " + files::in_quotes(*window) +
                  ", expected a number from 1");
    e.window = std::min(e.window, kMaxTokens);  // a wider one hides nothing either
    e.mask = attention::MaskKind::sliding_window;
  }
  if (const std::string* scale = said("scale")) {
    const json list = json::parse(*scale, nullptr, false);
    const bool good = list.is_array() && !list.empty() && list[0].is_number();
    const float factor = good ? list[0].get<float>() : 0;
    const float temperature = 1 / (factor * std::sqrt(static_cast<float>(e.d_k)));
    if (!(temperature > 0) || !std::isfinite(temperature))
      throw Error(file + ": the metadata 'scale' is " + files::in_quotes(*scale) +
                  ", expected a JSON list of a number greater than 0 for each layer");
    constexpr float kRounding = 1e-6f;  // 1/√d_k written in decimal is not another temperature
    if (std::abs(temperature - 1) > kRounding) e.temperature = temperature;
  }
}

}  // namespace qkv::experiment
