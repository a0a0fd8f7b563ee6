#include "core/error.h"
#include "core/text/pipeline.h"

namespace qkv::text {
namespace {

/// Calls visit(component) for the component and all that it is a sequence of.
template <class Visit>
void each_component(const nlohmann::json& component, Visit visit) {
  if (!component.is_object()) return;
  visit(component);
  for (const char* list : {"normalizers", "pretokenizers", "decoders"})
    if (component.contains(list) && component[list].is_array())
      for (const nlohmann::json& element : component[list]) each_component(element, visit);
}

/// How the vocabulary spells bytes and spaces, which only readers need to know.
void find_spelling(const nlohmann::json& json, Pipeline& pipeline) {
  for (const char* part : {"normalizer", "pre_tokenizer", "decoder"}) {
    if (!json.contains(part)) continue;
    each_component(json[part], [&](const nlohmann::json& component) {
      const auto text_of = [&](const nlohmann::json& from, const char* key) {
        return from.is_object() && from.contains(key) && from[key].is_string() ? from[key].get<std::string>()
                                                                               : std::string();
      };
      const std::string type = text_of(component, "type");
      if (type == "ByteLevel") pipeline.is_byte_level = true;
      if (type == "Metaspace") pipeline.space = text_of(component, "replacement");
      if (type == "Replace" && component.contains("pattern")) {
        const std::string from = text_of(component["pattern"], "String"), to = text_of(component, "content");
        if (from == " " && to == "▁") pipeline.space = to;
        if (from == "▁" && to == " ") pipeline.space = from;
      }
    });
  }
}

}  // namespace

// Truncation and padding of the file are not applied: transformers, which opens the same files, switches both
// off until its caller asks for them, and whoever looks at attention wants the text they typed.
Pipeline read_tokenizer_json(std::string_view bytes, const std::string& file) {
  const nlohmann::json json = parse_json(bytes, file);
  const Node root(json, file);
  if (!json.is_object() || !root.has("model"))
    throw Error(file + " is not a tokenizer of Hugging Face: it has no model.");
  if (root.has("version") && root.at("version").text() != "1.0") root.at("version").must_be("1.0");
  Pipeline pipeline;
  if (root.has("normalizer")) pipeline.normalizer = read_normalizer(root.at("normalizer"));
  if (root.has("pre_tokenizer")) pipeline.pre_tokenizer = read_pre_tokenizer(root.at("pre_tokenizer"));
  if (root.has("post_processor")) pipeline.post_processor = read_post_processor(root.at("post_processor"));
  pipeline.model = read_model(root.at("model"));
  std::vector<AddedToken> added;
  if (root.has("added_tokens")) added = AddedTokens::read(root.at("added_tokens"));
  pipeline.added =
      std::make_unique<AddedTokens>(added, pipeline.model->vocabulary(), pipeline.normalizer, file);
  find_spelling(json, pipeline);
  return pipeline;
}

}  // namespace qkv::text
