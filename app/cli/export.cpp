
#include "app/cli/commands.h"
#include "app/cli/trace_model.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/operations.h"
#include "core/experiment/words.h"
#include "core/export/derivation.h"
#include "core/export/matrix_text.h"
#include "core/export/script.h"
#include "core/files/tensors.h"
#include "core/model/capture_file.h"
#include "core/model/head_inputs.h"

namespace qkv::cli {
namespace {

using attention::Cell;
using attention::Trace;
using experiment::Experiment;

/// What is exported, whether it came from an experiment or from a head of a model.
struct Traced {
  Trace trace;
  std::vector<std::string> tokens;
};

bool is_script(const std::string& kind) { return kind == "numpy" || kind == "pytorch"; }

Experiment experiment_of(const ExportOptions& o) {
  Experiment e = experiment::open_any(o.path);
  return o.text ? experiment::with_sentence(std::move(e), *o.text) : e;
}

std::vector<std::string> texts_of(const Experiment& e) {
  std::vector<std::string> texts;
  for (const experiment::Token& token : e.tokens) texts.push_back(token.text);
  return texts;
}

/// One head of a pass through a model, or of a capture file, as a trace of one layer of one head.
Traced head_of(const ExportOptions& o) {
  const auto [layer, head] = o.head.value_or(std::pair{0, 0});
  if (!is_model_path(o.path)) {
    model::Capture capture = model::read_capture(o.path);
    return {attention::attend(model::head_inputs(capture, layer, head)), capture.tokens};
  }
  model::Keep keep;
  keep.logits = false;
  const auto opened = model::Model::open(o.path, {});
  const model::Capture capture = pass_over(*opened, o.path, o.text, o.ids, keep);
  return {attention::attend(model::head_inputs(*opened, capture, layer, head)), capture.tokens};
}

/// The cell as --head and --select name it together. Throws Error when it is not in the trace.
Cell cell_of(const ExportOptions& o, const Trace& trace, bool of_model) {
  Cell cell = *o.select;
  if (of_model) {
    if (cell.layer != 0 || cell.head != 0)
      throw Error("--select " + experiment::format_cell(cell) + ": of a model the head is named by --head " +
                  std::to_string(cell.layer) + "." + std::to_string(cell.head) + ", and the cell without it.");
  } else if (o.head && cell.layer == 0 && cell.head == 0) {
    if (attention::is_per_layer(cell.stage)) cell.layer = o.head->first;
    if (attention::is_per_head(cell.stage)) cell.head = o.head->second;
  }
  (void)attention::value(trace, cell);  // says what there is instead
  return cell;
}

std::string exported(const ExportOptions& o, const Traced& of, bool of_model) {
  const Cell cell = cell_of(o, of.trace, of_model);
  if (o.kind == "latex") return exports::derivation_as_latex(of.trace, cell, of.tokens);
  if (o.kind == "markdown") return exports::derivation_as_markdown(of.trace, cell, of.tokens);
  if (o.kind == "npy") return exports::matrix_npy(of.trace, cell);
  return exports::matrix_text(of.trace, cell, exports::Notation::csv);
}

}  // namespace

void export_to_file(const ExportOptions& o) {
  check_exists(o.path);
  refuse_to_replace_input(o.path, o.out);
  const bool of_model = shell::is_for_model_workspace(o.path);
  if (of_model) {
    if (is_script(o.kind))
      throw Error(o.path.string() + ": a script is made of an experiment; open the head in the Lab (press O), save it there, and " +
                  "export that file.");
    return files::write_file_atomically(o.out, exported(o, head_of(o), true));
  }
  if (o.ids) throw Error(o.path.string() + ": --ids is for model folders; an experiment has its own tokens, so leave it out.");
  const Experiment e = experiment_of(o);
  Trace trace = experiment::evaluate(e);
  if (is_script(o.kind)) {
    const auto language = o.kind == "numpy" ? exports::Language::numpy : exports::Language::pytorch;
    return files::write_file_atomically(o.out, exports::script(e, trace, language));
  }
  files::write_file_atomically(o.out, exported(o, {std::move(trace), texts_of(e)}, false));
}

}  // namespace qkv::cli
