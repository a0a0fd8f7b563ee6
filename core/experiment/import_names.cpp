#include "core/experiment/import_names.h"

#include <array>
#include <utility>

#include "core/error.h"
#include "core/files/wording.h"

namespace qkv::experiment {
namespace {

/// Lower-case letters and digits only.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

/// The last part of a dotted name, with ".weight" and ".bias" kept on the part before them.
std::string_view last_part(std::string_view name) {
  auto end = name.size();
  if (name.ends_with(".weight") || name.ends_with(".bias")) end = name.rfind('.');
  const auto dot = end == 0 ? std::string_view::npos : name.rfind('.', end - 1);
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::map<std::string, Role> make_names() {
  std::map<std::string, Role> names;
  const auto add = [&](Role role, std::initializer_list<const char*> list) {
    for (const char* name : list) names.emplace(name, role);
  };
  const auto add_projection = [&](Role weight, Role bias, const std::string& letter,
                                  const std::string& word) {
    for (const std::string& base :
         {letter, word, letter + "proj", word + "proj", letter + "linear", word + "linear", "linear" + letter,
          "to" + letter, "w" + letter, "w" + word}) {
      names.emplace(base + "weight", weight);
      names.emplace(base + "weights", weight);
      names.emplace(base + "bias", bias);
    }
    for (const std::string& name : {"w" + letter, "w" + word, letter + "proj", "weight" + letter})
      names.emplace(name, weight);
    for (const std::string& name : {"b" + letter, "b" + word, "bias" + letter}) names.emplace(name, bias);
  };
  add_projection(Role::w_q, Role::b_q, "q", "query");
  add_projection(Role::w_k, Role::b_k, "k", "key");
  add_projection(Role::w_v, Role::b_v, "v", "value");
  add_projection(Role::w_o, Role::b_o, "o", "out");
  add(Role::w_o, {"woutput"});
  add(Role::b_o, {"boutput"});
  add(Role::x, {"x", "embedding", "embeddings", "input", "inputs", "hiddenstates", "inputsembeds"});
  add(Role::q, {"q", "query", "queries"});
  add(Role::k, {"k", "key", "keys"});
  add(Role::v, {"v", "value", "values"});
  add(Role::tokens, {"tokens", "token", "words", "strtokens", "tokenids", "inputids", "ids"});
  add(Role::scores, {"scores", "attentionscores", "attnscores", "qk", "qkt"});
  add(Role::scaled, {"scaled", "scaledscores"});
  add(Role::weights, {"weights", "pattern", "attention", "attentions", "attentionweights", "attnweights",
                      "attn", "attentionpattern", "attnpattern", "probs", "attentionprobs"});
  add(Role::output, {"output", "out", "outputs", "z"});
  add(Role::layer_output, {"layeroutput", "attnoutput", "attentionoutput", "attnout"});
  return names;
}

constexpr std::array<std::string_view, 19> kTitles = {"X",
                                                      "W_Q",
                                                      "W_K",
                                                      "W_V",
                                                      "b_Q",
                                                      "b_K",
                                                      "b_V",
                                                      "Q",
                                                      "K",
                                                      "V",
                                                      "W_O",
                                                      "b_O",
                                                      "tokens",
                                                      "scores",
                                                      "scaled",
                                                      "weights",
                                                      "output",
                                                      "layer_output",
                                                      "an unknown array"};

}  // namespace

Role role_of(std::string_view name) {
  static const std::map<std::string, Role> names = make_names();
  auto found = names.find(plain(name));
  if (found == names.end()) found = names.find(plain(last_part(name)));
  return found == names.end() ? Role::unknown : found->second;
}

std::string_view title_of(Role role) { return kTitles[static_cast<std::size_t>(role)]; }

std::string NamedTensor::described(Role role) const {
  const std::string title(title_of(role));
  const std::string shape = files::shape_text(tensor.shape);
  return name == title ? title + " " + shape : title + " (" + files::in_quotes(name) + ") " + shape;
}

Roles sort_by_role(files::TensorFile& contents, const std::string& file) {
  Roles roles;
  const bool alone = contents.tensors.size() == 1;
  for (auto& [name, tensor] : contents.tensors) {
    Role role = role_of(name);
    if (role == Role::unknown && alone) role = Role::x;
    if (role == Role::unknown) {
      roles.ignored.push_back(files::in_quotes(name));
      continue;
    }
    const auto [at, is_new] = roles.arrays.emplace(role, NamedTensor{name, std::move(tensor)});
    if (!is_new)
      throw Error(file + ": both " + files::in_quotes(at->second.name) + " and " + files::in_quotes(name) +
                  " could be " + std::string(title_of(role)) + "; keep one of them");
  }
  return roles;
}

}  // namespace qkv::experiment
