#include "tests/fuzz/targets.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/documents/lesson.h"
#include "app/documents/lesson_values.h"
#include "app/prose/formula.h"
#include "app/prose/prose.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/json.h"
#include "core/files/parse.h"
#include "core/model/capture_file.h"
#include "core/model/model.h"
#include "core/text/tokenizer.h"

namespace qkv::fuzz {
namespace {

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

/// Saves, opens and computes it, the last when it is small enough to take no time.
void use(const experiment::Experiment& e) {
  promise(experiment::same(e, experiment::from_json(experiment::to_json(e), "again.json")),
          "a lossless round trip");
  constexpr std::size_t kSmall = 32;
  const bool is_narrow = e.d_model <= 64 && e.d_k <= 64 && e.d_v <= 64;
  if (e.tokens.size() > kSmall || !is_narrow || e.layers.size() > 2) return;
  const attention::Trace trace = experiment::evaluate(e);
  promise(trace.n() == std::ssize(e.tokens), "one row a token");
  experiment::compare_with_expected(e, trace);
}

void use(const files::TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors)
    promise(files::element_count(tensor.shape) == std::ssize(tensor.values),
            "as many values as the shape says");
  use(experiment::import_tensors(file, "fuzzed"));
}

/// A tokenizer.json, a NUL byte and a text.
void use_tokenizer(std::string_view bytes) {
  const std::size_t end = bytes.find('\0');
  const text::Tokenizer tokenizer(bytes.substr(0, end), "fuzzed.json");
  const std::string_view text = end == bytes.npos ? "" : bytes.substr(end + 1);
  for (int id = 0; id < tokenizer.size() && id < 300; ++id) tokenizer.readable(id);
  for (const bool special_tokens : {true, false}) {
    for (const text::Token& token : tokenizer.encode(text, special_tokens))
      promise(token.begin >= 0 && token.begin <= token.end && token.end <= std::ssize(text),
              "offsets within the text");
  }
}

/// A folder of this process's own for what can only be read from files; removed at the end.
const std::filesystem::path& scratch_folder() {
  struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("qkvlab_fuzz_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

/// A config.json, a NUL byte and a model.safetensors.
void use_checkpoint(std::string_view bytes) {
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  const auto& folder = scratch_folder();
  std::ofstream(folder / "config.json", std::ios::binary) << bytes.substr(0, end);
  std::ofstream(folder / "model.safetensors", std::ios::binary)
      << bytes.substr(std::min(end + 1, bytes.size()));
  const auto model = model::Model::open(folder);
  const model::Capture capture = model::forward(*model, {{0, model->summary().vocabulary - 1}, {}, {}});
  promise(std::ssize(capture.layers) == model->summary().layers, "every layer is captured");
  for (int head = 0; head < capture.heads; ++head) model::pattern_tile(capture, 0, head, {0, 0, 2, 2});
}

/// A capture file, as far as a small screen would show it.
void use_capture(std::string_view bytes) {
  const model::Capture capture = model::parse_capture(bytes, "fuzzed");
  promise(capture.heads > 0 && capture.n_queries() > 0 && capture.n_keys() > 0, "something to show");
  const model::Tile tile{0, 0, std::min(capture.n_queries(), 4), std::min(capture.n_keys(), 4)};
  for (int layer = 0; layer < static_cast<int>(capture.layers.size()) && layer < 4; ++layer) {
    if (model::has_scores(capture, layer)) model::scaled_tile(capture, layer, capture.heads - 1, tile);
    if (model::has_pattern(capture, layer)) model::pattern_tile(capture, layer, capture.heads - 1, tile);
  }
}

/// The text of a lesson; and the same bytes as a formula, which must not be hidden by a mistake of the text.
void use_prose(std::string_view bytes) {
  try {
    prose::parse_formula(bytes);
  } catch (const Error& error) {
    promise(std::string_view(error.what()).size() <= 500, "sentences of at most 500 characters");
  }
  const prose::Text text = prose::parse(bytes, "fuzzed.md");
  int line = 1;
  for (const prose::Block& block : text) {
    promise(block.line >= line, "lines that rise");
    line = block.line;
    if (block.kind == prose::Block::Kind::formula) prose::parse_formula(block.spans.at(0).text);
  }
  promise(line <= 1 + std::ranges::count(bytes, '\n'), "lines of the text");
  prose::plain(text);
}

/// Asks, and lets an Error be an answer: what a lesson says need not fit the experiment it is asked of here.
template <class Ask>
void asking(Ask ask) {
  try {
    ask();
  } catch (const Error& error) {
    promise(std::string_view(error.what()).size() <= 500, "sentences of at most 500 characters");
  }
}

/// A lesson, and all it says asked of the default experiment.
void use_lesson(std::string_view text) {
  const documents::Lesson lesson = documents::parse_lesson(text, "fuzzed.md");
  const experiment::Experiment& e = experiment::default_experiment();
  static const attention::Trace trace = experiment::evaluate(e);
  const experiment::Scope beside{e, trace, e, trace}, scope{e, trace, e, trace, &beside};
  promise(!lesson.steps.empty() && !lesson.title.empty(), "a lesson has a title and steps");
  for (const documents::LessonStep& step : lesson.steps) {
    promise(!step.setup.experiment.empty() && !step.figure.name.empty() && step.line > 0, "a step has an experiment and a figure");
    for (const auto& claim : step.claims) asking([&] { claim.check(scope); });
    for (const auto& place : step.spotlight) asking([&] { experiment::place_from(place, e, trace); });
    for (const auto& setting : step.setup.settings) asking([&] { use(experiment::with_setting(e, setting)); });
    const auto value = [&](const std::string& expression, int) { asking([&] { experiment::Expression(expression).value(scope); }); };
    documents::visit_values(step.text, value, [](const std::string&, int) { promise(false, "formulas were checked when it was read"); });
    if (!step.question) continue;
    const auto& options = step.question->options;
    promise(options.empty() == step.question->goal.has_value() && options.size() != 1 && options.size() <= 5, "answers or a goal");
    if (step.question->goal) asking([&] { step.question->goal->check(scope); });
  }
}

/// `read` with Error as an answer.
std::function<void(std::string_view)> answering(std::function<void(std::string_view)> read) {
  return [read = std::move(read)](std::string_view bytes) {
    try {
      read(bytes);
    } catch (const Error& error) {
      promise(std::string_view(error.what()).size() <= 500, "sentences of at most 500 characters");
    }
  };
}

}  // namespace

const std::vector<Target>& targets() {
  constexpr std::uintmax_t kUnpacked = 16 << 20;
  static const std::vector<Target> all = {
      {"safetensors", answering([](auto bytes) { use(files::parse_safetensors(bytes, "fuzzed")); })},
      {"npy", answering([](auto bytes) { use(files::parse_npy(bytes, "fuzzed", "X")); })},
      {"npz", answering([](auto bytes) { use(files::parse_npz(bytes, "fuzzed", kUnpacked)); })},
      {"csv", answering([](auto bytes) { use(files::parse_csv(bytes, "fuzzed", "X")); })},
      {"experiment", answering([](auto text) { use(experiment::from_json(text, "fuzzed.json")); })},
      {"tokenizer", answering(use_tokenizer)},
      {"checkpoint", answering(use_checkpoint)},
      {"capture", answering(use_capture)},
      {"lesson", answering(use_lesson)},
      {"prose", answering(use_prose)}};
  return all;
}

}  // namespace qkv::fuzz
