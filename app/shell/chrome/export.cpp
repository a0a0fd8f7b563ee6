#include "app/shell/chrome/export.h"

#include "app/documents/ffmpeg.h"
#include "app/shell/chrome/session.h"
#include "app/workspaces/lab/symbols.h"
#include "core/experiment/sweep.h"
#include "core/export/derivation.h"
#include "core/export/matrix_text.h"
#include "core/export/script.h"

namespace qkv::shell {
namespace {

using attention::Cell;
using attention::Stage;

ExportSubject of_lab(Session& s) {
  ExportSubject subject;
  const experiment::Experiment& e = s.lab.traced_experiment();
  subject.trace = s.lab.trace();
  subject.cell = s.view.selected.value_or(Cell{Stage::weights, s.view.layer, s.view.head, s.view.query, s.view.key});
  for (const experiment::Token& token : e.tokens) subject.tokens.push_back(token.text);
  subject.name = workspaces::cell_name(e, subject.cell);
  return subject;
}

ExportSubject of_model(Session& s) {
  ExportSubject subject;
  if (!s.model.is_open()) {
    subject.missing = "No model is open.";
    return subject;
  }
  const auto run = s.model.run();
  if (s.model_view.words) {
    subject.missing = "Words are shown, which are several tokens together: press W to show tokens.";
    return subject;
  }
  const auto made = s.model.head_trace({s.model_view.layer, s.model_view.head});
  if (!made || !made->trace) {
    subject.missing = made ? made->error : "The steps of this head are still being computed.";
    return subject;
  }
  const auto& picture = s.model_view.head_picture(run);
  subject.trace = made->trace;
  subject.cell = {Stage::weights, 0, 0, workspaces::leading_query(s.model_view, picture), workspaces::leading_key(s.model_view, picture)};
  if (s.model_view.drawer && !s.model_view.story.chain.empty()) subject.cell = s.model_view.story.chain.front();
  subject.tokens = run->tokens.readable;
  subject.name = workspaces::TokenNames(subject.tokens).cell(subject.cell);
  return subject;
}

}  // namespace

const std::vector<ExportFormat>& formats_of(ExportKind kind) {
  static const std::array<std::vector<ExportFormat>, kExportKinds> kAll{{
      {{"PNG", ".png", false}, {"SVG", ".svg", false}, {"PDF", ".pdf", false}},
      {{"LaTeX", ".tex", true}, {"Markdown", ".md", true}, {"Text", ".txt", true}},
      {{"NumPy", ".py", true}, {"CSV", ".csv", true}, {"LaTeX", ".tex", true}, {".npy", ".npy", false}},
      {{"NumPy", ".py", true}, {"PyTorch", ".py", true}},
      {{"safetensors", ".safetensors", false}},
      {{"Numbered PNGs", ".png", false}, {"MP4", ".mp4", false}, {"WebM", ".webm", false}, {"GIF", ".gif", false}},
      {{"PDF", ".pdf", false}, {"PNGs", ".png", false}, {"MP4", ".mp4", false}, {"WebM", ".webm", false}, {"GIF", ".gif", false}},
  }};
  return kAll[static_cast<std::size_t>(kind)];
}

const ExportFormat& format_of(const ExportState& state) {
  const auto kind = static_cast<std::size_t>(state.kind);
  return formats_of(state.kind)[static_cast<std::size_t>(state.format[kind])];
}

std::vector<ExportFigure> figures_of(const Session& s) {
  if (s.workspace == Workspace::model)
    return {{"", "The whole window"}, {"map", "Map of the head"}, {"lines", "Lines of the head"}, {"text", "Text shaded by attention"}, {"heads", "Every head, small"}, {"drawer", "Explanation"}};
  if (s.workspace == Workspace::learn) return {{"", "The whole window"}, {"figure", "Figure of the step"}};
  if (s.workspace == Workspace::present) return {{"", "The whole window"}, {"step", "The step, without the keys"}};
  std::vector<ExportFigure> figures{{"", "The whole window"}, {"pipeline", "Pipeline"}, {"formula", "Formula"}, {"drawer", "Explanation"}};
  const auto trace = s.lab.trace();
  for (const Stage stage : {Stage::x, Stage::q, Stage::k, Stage::v, Stage::scores, Stage::scaled, Stage::weights, Stage::output, Stage::layer_output})
    if (attention::shape_of(*trace, stage, 0, 0).rows > 0)
      figures.push_back({std::string(attention::name_of(stage)), "Matrix " + workspaces::plain_symbol(stage)});
  return figures;
}

ExportSubject subject_of(Session& s) {
  if (s.workspace == Workspace::lab) return of_lab(s);
  if (s.workspace == Workspace::model) return of_model(s);
  ExportSubject subject;
  subject.missing = "Numbers are exported from the Lab and from the Model workspace: go there first.";
  return subject;
}

std::string export_trouble(Session& s) {
  const bool lab = s.workspace == Workspace::lab;
  switch (s.exporting.kind) {
    case ExportKind::picture:
      return "";
    case ExportKind::derivation:
    case ExportKind::matrix:
      return subject_of(s).missing;
    case ExportKind::script: {
      if (!lab) return "A script is made of an experiment: open the head in the Lab first (press O).";
      const long long count = exports::script_numbers(*s.lab.trace());
      return count <= exports::kMaxScriptNumbers ? "" : "It would hold " + std::to_string(count) + " numbers, at most " + std::to_string(exports::kMaxScriptNumbers) +
                                                          " can be read: choose fewer tokens, heads or dimensions.";
    }
    case ExportKind::capture:
      if (s.workspace == Workspace::model) return s.model.is_open() ? "" : "No model is open.";
      return lab ? "" : "A capture is of the Lab or of a model: go there first.";
    case ExportKind::sweep:
      if (!lab) return "A sweep moves a slider of an experiment: go to the Lab first.";
      if (s.exporting.format[static_cast<std::size_t>(ExportKind::sweep)] > 0 && !s.exporting.ffmpeg) return documents::kNoFfmpeg;
      try {
        (void)experiment::sweep_values(s.lab.experiment(), {s.exporting.parameter, s.exporting.from, s.exporting.to, s.exporting.frames});
      } catch (const std::exception& error) {
        return error.what();
      }
      return "";
    case ExportKind::talk:
      return s.exporting.format[static_cast<std::size_t>(ExportKind::talk)] > 1 && !s.exporting.ffmpeg ? documents::kNoFfmpeg : "";
  }
  return "";
}

documents::Talk talk_to_export(Session& s) { return s.workspace == Workspace::present && s.talk ? s.talk->as_given() : talk_here(s).first; }

std::string export_text(Session& s) {
  const ExportState& x = s.exporting;
  const int format = x.format[static_cast<std::size_t>(x.kind)];
  if (x.kind == ExportKind::script)
    return exports::script(s.lab.traced_experiment(), *s.lab.trace(), format == 0 ? exports::Language::numpy : exports::Language::pytorch);
  const ExportSubject of = subject_of(s);
  if (!of.trace) return "";
  if (x.kind == ExportKind::matrix) {
    if (format == 3) return exports::matrix_npy(*of.trace, of.cell);
    return exports::matrix_text(*of.trace, of.cell, static_cast<exports::Notation>(format));
  }
  if (format == 0) return exports::derivation_as_latex(*of.trace, of.cell, of.tokens);
  if (format == 1) return exports::derivation_as_markdown(*of.trace, of.cell, of.tokens);
  return exports::derivation_as_text(*of.trace, of.cell, of.tokens);
}

std::string export_name(Session& s) {
  const ExportState& x = s.exporting;
  const std::string extension = format_of(x).extension;
  const std::string place = s.workspace == Workspace::model ? "model" : "lab";
  switch (x.kind) {
    case ExportKind::picture:
      return (x.figure.empty() ? place : x.figure) + extension;
    case ExportKind::derivation:
      return "derivation" + extension;
    case ExportKind::matrix:
      return std::string(attention::name_of(subject_of(s).cell.stage)) + extension;
    case ExportKind::script:
      return "attention" + extension;
    case ExportKind::capture:
      return "capture" + extension;
    case ExportKind::sweep:
      return x.format[static_cast<std::size_t>(x.kind)] == 0 ? "sweep-%04d.png" : "sweep" + extension;
    case ExportKind::talk:
      return extension == ".png" ? "talk-%02d.png" : "talk" + extension;
  }
  return "";
}

}  // namespace qkv::shell
