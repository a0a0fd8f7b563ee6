#include "app/cli/trace_model.h"

#include <algorithm>
#include <iostream>

#include "app/cli/progress_line.h"
#include "core/error.h"
#include "core/files/safetensors_file.h"
#include "core/files/wording.h"
#include "core/model/capture_file.h"
#include "core/model/model.h"
#include "core/model/model_files.h"
#include "core/text/unknown_words.h"

namespace qkv::cli {
namespace {

/// `unknown` becomes the sentence on what the model has no token for.
std::vector<int> ids_of(const std::filesystem::path& folder, const std::optional<std::string>& text,
                        const std::optional<std::vector<int>>& given, const model::Model& model, std::string& unknown) {
  if (given) return *given;
  const std::string name = folder.string();
  if (!text) throw Error(name + ": is a model folder, so it needs a text: add --text or --ids");
  if (!model.tokenizer()) {
    const std::string& problem = model.summary().tokenizer_problem;
    throw Error(problem.empty()
                    ? name + ": has no tokenizer (tokenizer.json), so --text cannot be used; add --ids"
                    : problem);
  }
  std::vector<int> ids;
  const auto tokens = model.tokenizer()->encode(*text);
  for (const text::Token& token : tokens) ids.push_back(token.id);
  unknown = text::unknown_words(*model.tokenizer(), *text, tokens);
  return ids;
}

/// Only what the parts need is computed: without patterns and scores, the pass keeps nothing of size n².
model::Keep keep_for(const std::set<std::string>& parts) {
  const auto wanted = [&](std::initializer_list<const char*> names) {
    return parts.empty() ||
           std::any_of(names.begin(), names.end(), [&](const char* name) { return parts.contains(name); });
  };
  model::Keep keep;
  keep.attention = wanted({"pattern", "scores", "q", "k", "v", "z"});
  keep.hidden = wanted({"hidden"});
  keep.logits = wanted({"logits"});
  return keep;
}

bool is_capture(const std::filesystem::path& file) {
  try {
    return files::SafetensorsFile(file).metadata().contains("attn_capture");
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void refuse_to_replace_input(const std::filesystem::path& path, const std::filesystem::path& out) {
  namespace fs = std::filesystem;
  const auto refuse_if_same = [&](const fs::path& input) {
    std::error_code ignored;
    if (fs::equivalent(input, out, ignored))
      throw Error(files::shown(out) + ": is what the trace is computed from, so --out must not replace it; " +
                  "give another name");
  };
  std::error_code error;
  if (!fs::exists(out, error)) return;
  refuse_if_same(path);
  if (!fs::is_directory(path, error) || is_capture(out)) return;
  for (fs::directory_iterator each(path, error), end; !error && each != end; each.increment(error))
    if (!each->is_directory(error)) refuse_if_same(each->path());
}

bool is_model_path(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return true;
  model::refuse_foreign_weights(path);
  return false;
}

model::Capture pass_over(const std::filesystem::path& folder, const std::optional<std::string>& text,
                         const std::optional<std::vector<int>>& ids, const model::Keep& keep) {
  ProgressLine line;
  const auto show = [&](double fraction, const std::string& what) { line.show(fraction, what); };
  const auto model = model::Model::open(folder, show);
  return pass_over(*model, folder, text, ids, keep);
}

model::Capture pass_over(const model::Model& model, const std::filesystem::path& folder,
                         const std::optional<std::string>& text, const std::optional<std::vector<int>>& ids,
                         const model::Keep& keep) {
  ProgressLine line;
  std::string unknown;
  model::Capture capture = model::forward(model, {ids_of(folder, text, ids, model, unknown), {}, keep},
                                          [&](double fraction, const std::string& what) { line.show(fraction, what); });
  if (!unknown.empty()) capture.notes.push_back(unknown);
  if (!model.summary().warning.empty()) capture.notes.push_back(model.summary().warning);
  if (const auto& unused = model.summary().unused; !unused.empty())
    capture.notes.push_back(folder.string() + ": nothing reads the tensors " + files::list_of(unused) + ".");
  return capture;
}

void print_notes(const model::Capture& capture) {
  for (const std::string& note : capture.notes) std::cerr << note << std::endl;
}

void trace_model(const TraceOptions& options) {
  const model::Capture capture = pass_over(options.path, options.text, options.ids, keep_for(options.parts));
  ProgressLine line;
  model::write_capture(capture, options.out, options.parts,
                       [&](double fraction, const std::string& what) { line.show(fraction, what); });
  print_notes(capture);
}

}  // namespace qkv::cli
