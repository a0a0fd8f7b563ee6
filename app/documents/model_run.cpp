#include "app/documents/model_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/tensors.h"
#include "core/model/capture_file.h"
#include "core/text/unknown_words.h"

namespace qkv::documents {
namespace {

constexpr const char* kFirstText =
    "The dog chased the ball because it was excited. The dog chased the ball because it was red.";
constexpr std::uintmax_t kMaxSampleBytes = 1 << 16;

/// Token ids written by hand, between spaces or commas.
std::vector<int> ids_of(const std::string& text, int vocabulary) {
  std::vector<int> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    if (*at == ' ' || *at == ',' || *at == '\n' || *at == '\t') {
      ++at;
      continue;
    }
    int id = 0;
    const auto [next, fault] = std::from_chars(at, end, id);
    const bool whole = next == end || *next == ' ' || *next == ',' || *next == '\n' || *next == '\t';
    if (fault != std::errc() || !whole || id < 0 || id >= vocabulary)
      throw Error("This model has no tokenizer, so its text is token ids: whole numbers from 0 to " +
                  std::to_string(vocabulary - 1) + " between spaces.");
    ids.push_back(id);
    at = next;
  }
  return ids;
}

TokenLine line_of(const std::vector<std::string>& tokens, const std::vector<int>& ids) {
  TokenLine line;
  line.ids = ids;
  line.spelled = line.readable = tokens;
  line.special.assign(tokens.size(), false);
  line.apart = line.special;
  return line;
}

std::vector<model::Intervention> interventions_of(const std::vector<HeadId>& ablated) {
  std::vector<model::Intervention> list;
  for (const HeadId& h : ablated)
    list.push_back({.kind = model::Intervention::Kind::ablate_zero, .layer = h.layer, .head = h.head, .values = {}});
  return list;
}

/// "1.2": layer 1, head 2.
std::optional<HeadId> head_of(const std::string& text) {
  HeadId head;
  const char* const end = text.data() + text.size();
  const auto layer = std::from_chars(text.data(), end, head.layer);
  if (layer.ec != std::errc() || layer.ptr == end || *layer.ptr != '.') return std::nullopt;
  const auto number = std::from_chars(layer.ptr + 1, end, head.head);
  if (number.ec != std::errc() || number.ptr != end || head.layer < 0 || head.head < 0) return std::nullopt;
  return head;
}

}  // namespace

TokenLine tokens_of(const model::Model& model, const std::string& text, bool special_tokens) {
  TokenLine line;
  const int positions = model.summary().max_positions;
  const auto most = static_cast<std::size_t>(positions > 0 ? std::min(positions, kMaxWindowTokens) : kMaxWindowTokens);
  if (const text::Tokenizer* tokenizer = model.tokenizer()) {
    auto tokens = tokenizer->encode(text, special_tokens);
    line.cut = static_cast<int>(tokens.size() - std::min(tokens.size(), most));
    tokens.resize(std::min(tokens.size(), most));
    line.unknown = text::unknown_words(*tokenizer, text, tokens);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      line.ids.push_back(tokens[i].id);
      line.spelled.push_back(tokens[i].text);
      line.readable.push_back(tokens[i].special ? tokens[i].text : tokenizer->readable(tokens[i].id));
      line.special.push_back(tokens[i].special);
      line.apart.push_back(i > 0 && (tokens[i].special || tokens[i - 1].special || tokens[i].begin > tokens[i - 1].end));
    }
    return line;
  }
  auto ids = ids_of(text, model.summary().vocabulary);
  line.cut = static_cast<int>(ids.size() - std::min(ids.size(), most));
  ids.resize(std::min(ids.size(), most));
  std::vector<std::string> names;
  for (const int id : ids) names.push_back(std::to_string(id));
  const int cut = line.cut;
  line = line_of(names, ids);
  line.cut = cut;
  return line;
}

Sample sample_of(const model::Model& model, const std::filesystem::path& folder) {
  Sample sample;
  std::error_code ignored;
  if (std::filesystem::exists(folder / "text.json", ignored)) {
    try {
      const auto json = nlohmann::json::parse(files::read_file(folder / "text.json", kMaxSampleBytes));
      sample.text = json.value("text", "");
      sample.query = json.value("query", "");
      if (json.contains("head")) sample.head = head_of(json.at("head").get<std::string>());
    } catch (const std::exception&) {  // what was read until then
    }
  }
  if (!sample.text.empty()) return sample;
  if (model.tokenizer()) {
    sample.text = kFirstText;
    return sample;
  }
  std::string& ids = sample.text;
  const int period = std::min(8, model.summary().vocabulary);
  for (int i = 0; i < 2 * period; ++i) ids += (i ? " " : "") + std::to_string(model.summary().vocabulary - period + i % period);
  return sample;
}

std::shared_ptr<const ModelRun> run_pass(const std::shared_ptr<const model::Model>& model, const ModelState& state,
                                         const std::shared_ptr<const Sample>& sample, const std::shared_ptr<const ModelRun>& before,
                                         const model::Progress& progress, const std::stop_token& stop) {
  auto run = std::make_shared<ModelRun>();
  run->model = model;
  run->state = state;
  run->sample = sample;
  run->tokens = tokens_of(*model, state.text, state.special_tokens);
  run->keys = run->tokens;
  if (run->tokens.ids.empty()) throw Error("The text is empty: type a sentence.");
  model::Request request{.token_ids = run->tokens.ids, .interventions = {}, .keep = {.attention = true, .hidden = true, .logits = false, .last_logits_only = false}};
  const auto begin = std::chrono::steady_clock::now();
  if (before && before->model == model && before->intact->token_ids == run->tokens.ids)
    run->intact = before->intact;
  else
    run->intact = std::make_shared<const model::Capture>(model::forward(*model, request, progress, stop));
  if (state.ablated.empty()) {
    run->capture = run->intact;
  } else {
    request.interventions = interventions_of(state.ablated);
    run->capture = std::make_shared<const model::Capture>(model::forward(*model, request, progress, stop));
  }
  run->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return run;
}

std::shared_ptr<const ModelRun> run_of_capture(const std::filesystem::path& path) {
  auto run = std::make_shared<ModelRun>();
  run->capture = run->intact = std::make_shared<const model::Capture>(model::read_capture(path));
  run->tokens = line_of(run->capture->tokens, run->capture->token_ids);
  run->keys = line_of(run->capture->key_tokens, {});
  return run;
}

}  // namespace qkv::documents
