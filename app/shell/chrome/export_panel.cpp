#include <algorithm>
#include <cmath>

#include "app/controls/text_layout.h"
#include "app/documents/ffmpeg.h"
#include "app/drawing/scaled.h"
#include "app/figures/numbers.h"
#include "app/shell/chrome/overlay.h"
#include "app/shell/chrome/session.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/symbols.h"
#include "core/experiment/sweep.h"

// The popup "export": what is taken along, in which form, and where it goes.
namespace qkv::shell {

using controls::Key;
using controls::MenuItem;
using controls::Ui;
using drawing::Rect;
using drawing::TextStyle;

namespace {

constexpr float kWidth = 620, kPreview = 236, kTitle = 24, kControl = 30, kLabel = 104, kRow = 40, kGap = 10, kSentence = 36;
constexpr int kRows = 6;
constexpr const char* kId = "export";
constexpr const char *kFigures = "export/figures", *kParameters = "export/parameters";

/// What a kind gives, one sentence.
const char* words_of(ExportKind kind) {
  switch (kind) {
    case ExportKind::picture:
      return "What is on screen, as pixels or as vectors whose text stays text.";
    case ExportKind::derivation:
      return "How the selected number was made, step by step, with its live operands.";
    case ExportKind::matrix:
      return "The whole matrix of the selected number; every number reads back exactly.";
    case ExportKind::script:
      return "A Python script that computes every stage of this experiment again, with the same numbers.";
    case ExportKind::capture:
      return "Every stage as a safetensors file, which this program, Python and TransformerLens's users can read.";
    case ExportKind::sweep:
      return "An animation: one slider moves from one end to the other, a picture at each step.";
    case ExportKind::talk:
      return "Every step of the talk: a page each, a picture each, or a video that shows first what a step hides.";
  }
  return "";
}

/// The rows below one another: a label at the left, the control right of it.
class Form {
 public:
  Form(Ui& on, Session& session, Rect area) : ui(on), s(session), x(session.exporting), area_(area) {}

  Rect row(const char* label) {
    const float pitch = std::min(kRow, area_.h / kRows), top = area_.y + pitch * static_cast<float>(count_++);
    ui.p.text_middle(area_.x, top + kControl / 2, label, {.color = ui.p.theme().text2, .size = 12});
    return {area_.x + kLabel, top, area_.w - kLabel, std::min(kControl, pitch - 2)};
  }
  void note(const char* label, const std::string& text) {
    const Rect r = row(label);
    const TextStyle style{.color = ui.p.theme().text, .size = 12, .weight = 500};
    ui.p.text_middle(r.x, r.center().y, ui.p.text_engine().elided(text, style, r.w), style);
  }
  void format() {
    std::vector<std::string> names;
    for (const ExportFormat& format : formats_of(x.kind)) names.push_back(format.name);
    int& at = x.format[static_cast<std::size_t>(x.kind)];
    if (names.size() == 1) return note("Format", names.front());
    const Rect r = row("Format");
    at = controls::segmented(ui, "export/format", {r.x, r.y, std::min(r.w, 110.f * static_cast<float>(names.size())), r.h}, names, at, "Format");
  }
  /// A button that opens a list; the list itself is drawn last, by lists().
  void choice(const char* label, const char* list, const std::string& shown) {
    const Rect r = row(label);
    const Rect anchor{r.x, r.y, std::min(r.w, 260.f), r.h};
    if (controls::button(ui, std::string(list) + "/button", anchor, ui.p.text_engine().elided(shown, {.size = 12, .weight = 500}, anchor.w - 44),
                         {.drop_down = true, .align = drawing::Align::left}))
      controls::open_popup(s.in, list);
    (list == kFigures ? figures_at_ : parameters_at_) = anchor;
  }
  void figure() {
    const auto figures = figures_of(s);
    auto it = std::ranges::find(figures, x.figure, &ExportFigure::name);
    if (it == figures.end()) x.figure.clear(), it = figures.begin();
    choice("Show", kFigures, it->title);
  }
  void look() {
    Rect r = row("Theme");
    x.theme = controls::segmented(ui, "export/theme", {r.x, r.y, std::min(r.w, 330.f), r.h}, {"As on screen", "Light", "Dark"}, x.theme, "Theme of the picture");
    r = row("Background");
    x.transparent = controls::segmented(ui, "export/background", {r.x, r.y, std::min(r.w, 330.f), r.h}, {"Theme", "Transparent"}, x.transparent ? 1 : 0,
                                        "What is behind the picture") == 1;
  }
  void scale() {
    const Rect r = row("Scale");
    float scale = static_cast<float>(x.scale);
    controls::slider(ui, "export/scale", {r.x, r.y, std::min(r.w, 200.f), r.h}, scale, 1, 8,
                     {.integer = true, .step = 1, .label = "Scale", .hint = "Pixels of the picture for each pixel of the window"});
    x.scale = static_cast<int>(std::lround(scale));
    const Rect& window = ui.p.drawing().bounds;
    const auto pixels = [&](float side) { return figures::number(std::round(side * static_cast<float>(x.scale)), 0); };
    const std::string text = std::to_string(x.scale) + "×" + (x.figure.empty() ? ": " + pixels(window.w) + " × " + pixels(window.h) + " pixels" : "");
    ui.p.text_middle(r.x + std::min(r.w, 200.f) + 14, r.center().y, text, {.color = ui.p.theme().text2, .size = 12});
  }
  void seconds() {
    const Rect r = row("A step stands");
    float seconds = static_cast<float>(x.seconds);
    controls::slider(ui, "export/seconds", {r.x, r.y, std::min(r.w, 200.f), r.h}, seconds, 1, 30, {.integer = true, .step = 1, .label = "Seconds", .hint = "How long each step is seen in the video"});
    x.seconds = static_cast<int>(std::lround(seconds));
    ui.p.text_middle(r.x + std::min(r.w, 200.f) + 14, r.center().y, std::to_string(x.seconds) + " s", {.color = ui.p.theme().text2, .size = 12});
  }
  void range() {
    const Rect r = row("From, to");
    const auto field = [&](const char* id, float at, double& value, const char* label) {
      const auto typed = controls::text_field(ui, id, {r.x + at, r.y, 84, r.h}, workspaces::exact_text(static_cast<float>(value)), {.mono = true, .label = label});
      if (typed.committed)
        if (const auto number = workspaces::number_from(*typed.committed)) value = static_cast<double>(*number);
    };
    field("export/from", 0, x.from, "From");
    field("export/to", 94, x.to, "To");
    std::string frames;
    try {
      const auto count = experiment::sweep_values(s.lab.experiment(), {x.parameter, x.from, x.to, x.frames}).size();
      frames = std::to_string(count) + (count == 1 ? " frame" : " frames");
    } catch (const std::exception&) {  // said below
    }
    ui.p.text_middle(r.x + 192, r.center().y, frames, {.color = ui.p.theme().text2, .size = 12});
  }
  /// The open list, in front of everything.
  void lists() {
    if (controls::popup_open(s.in, kFigures)) {
      std::vector<MenuItem> items;
      for (const ExportFigure& figure : figures_of(s)) items.push_back({.id = "f" + figure.name, .label = figure.title, .checked = figure.name == x.figure});
      if (const auto chosen = controls::menu(ui, kFigures, figures_at_, items)) x.figure = chosen->substr(1);
    }
    if (controls::popup_open(s.in, kParameters)) {
      std::vector<MenuItem> items;
      for (const std::string& name : parameters()) items.push_back({.id = name, .label = name, .checked = name == x.parameter});
      if (const auto chosen = controls::menu(ui, kParameters, parameters_at_, items)) take_parameter(*chosen);
    }
  }

  Ui& ui;
  Session& s;
  ExportState& x;

 private:
  /// The sliders of the rail, and the selected number where it can be changed.
  std::vector<std::string> parameters() const {
    std::vector<std::string> names = experiment::sweep_parameters();
    if (s.view.selected && workspaces::can_edit(s.lab, *s.view.selected)) names.push_back(experiment::format_cell(workspaces::stored_cell(*s.view.selected)));
    return names;
  }
  void take_parameter(const std::string& name) {
    x.parameter = name;
    const bool whole = name.starts_with("d_") || name == "window";
    x.from = whole ? 1 : name == "temperature" ? 0.1 : name == "softcap" ? 1 : -2;
    x.to = whole ? (name == "window" ? static_cast<double>(s.lab.experiment().tokens.size()) : 64) : name == "temperature" ? 5 : name == "softcap" ? 30 : 2;
  }

  Rect area_, figures_at_{}, parameters_at_{};
  int count_ = 0;
};

void rows(Form& form) {
  ExportState& x = form.x;
  switch (x.kind) {
    case ExportKind::picture:
      form.figure();
      form.format();
      form.look();
      if (format_of(x).extension == std::string_view(".png")) form.scale();
      break;
    case ExportKind::sweep:
      form.choice("Parameter", kParameters, x.parameter);
      form.range();
      form.figure();
      form.format();
      form.look();
      break;
    case ExportKind::talk:
      form.note("Talk", form.s.workspace == Workspace::present && form.s.talk ? form.s.talk->talk().title + ", " + std::to_string(form.s.talk->count()) + " steps" : "What F5 presents from here");
      form.note("Size", "1920 × 1080 pixels");
      form.format();
      form.look();
      if (x.format[static_cast<std::size_t>(x.kind)] > 1) form.seconds();
      break;
    case ExportKind::derivation:
    case ExportKind::matrix: {
      const ExportSubject of = subject_of(form.s);
      if (of.trace && x.kind == ExportKind::matrix) {
        const auto shape = attention::shape_of(*of.trace, of.cell.stage, of.cell.layer, of.cell.head);
        form.note("Matrix", workspaces::plain_symbol(of.cell.stage) + ", " + std::to_string(shape.rows) + " × " + std::to_string(shape.columns));
      } else if (of.trace) {
        form.note("Number", of.name + " = " + figures::number(attention::value(*of.trace, of.cell), 4));
      }
      form.format();
      break;
    }
    default:
      form.format();
  }
}

/// What will be written, small. `frame`: the window without this panel.
void preview(Ui& ui, const Session& s, const drawing::Drawing& frame, Rect area) {
  const ExportState& x = s.exporting;
  const bool dark = x.theme == 0 ? s.settings.dark : x.theme == 2;
  if (x.figure.empty() && dark != s.settings.dark) return;  // the window is on screen in one theme only
  drawing::Drawing figure;
  try {
    if (!x.figure.empty()) figure = s.export_preview(x.figure, dark);
  } catch (const std::exception&) {  // said when it is written
    return;
  }
  const drawing::Drawing& shown = x.figure.empty() ? frame : figure;
  if (shown.bounds.empty()) return;
  const float factor = std::min({1.f, area.w / shown.bounds.w, area.h / shown.bounds.h});
  const Rect box{std::round(area.right() - shown.bounds.w * factor), area.y, shown.bounds.w * factor, shown.bounds.h * factor};
  ui.p.stroke(box.inset(-1), ui.p.theme().border_strong);
  ui.p.push_clip(box);
  if (dark != s.settings.dark) ui.p.fill(box, drawing::built_in_theme(dark).canvas);
  drawing::Drawing small{.bounds = shown.bounds, .commands = shown.commands, .regions = {}};
  drawing::append_scaled(ui.p.drawing(), small, factor, {box.x, box.y});
  ui.p.pop_clip();
}

/// The first lines of a text that will be written.
void text_preview(Ui& ui, Session& s, Rect area) {
  constexpr float kLine = 14;
  const drawing::Theme& t = ui.p.theme();
  const TextStyle style{.color = t.text2, .size = 9.5f, .family = drawing::Family::mono};
  std::string text;
  try {
    text = export_text(s);
  } catch (const std::exception&) {  // said when it is written
    return;
  }
  ui.p.fill(area, t.sunken, 4);
  float y = area.y + 18;
  for (std::size_t at = 0; at < text.size() && y < area.bottom() - 4; y += kLine) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    ui.p.text_fit({area.x + 10, y}, std::string_view(text).substr(at, std::min<std::size_t>(end - at, 200)), style, area.w - 20);
    at = end + 1;
  }
}

/// While one is written: how far it is, and a way to stop it.
void progress(Ui& ui, Session& s, Rect body) {
  const drawing::Theme& t = ui.p.theme();
  const Rect bar{body.x, body.y + 84, body.w, 8};
  ui.p.text_middle(body.x, bar.y - 20, s.export_job.doing(), {.color = t.text, .size = 12});
  const int percent = static_cast<int>(std::lround(s.export_job.fraction() * 100));
  ui.p.text_middle(body.right(), bar.y - 20, std::to_string(percent) + " %", {.color = t.text2, .size = 12, .family = drawing::Family::mono}, drawing::Align::right);
  ui.p.fill(bar, t.sunken, 4);
  ui.p.fill({bar.x, bar.y, std::max(8.f, bar.w * static_cast<float>(s.export_job.fraction())), bar.h}, t.accent, 4);
  if (controls::button(ui, "export/stop", {body.right() - 92, body.bottom() - kControl, 92, kControl}, "Cancel", {.hint = "Nothing half-written is left"}))
    s.export_job.cancel();
}

void copy(Session& s) {
  try {
    s.clipboard->set(export_text(s));
    notice_of(s) = std::string("Copied as ") + format_of(s.exporting).name + ".";
    close_overlay(s.in, kId);
  } catch (const std::exception& error) {
    close_overlay(s.in, kId);
    show_message(s, "This could not be copied", error.what());
  }
}

}  // namespace

void open_export(Session& s) {
  s.exporting.ffmpeg = documents::has_ffmpeg();
  controls::open_popup(s.in, kId);
}

void export_panel(Ui& below, Session& s) {
  controls::PopupUi popup = begin_overlay(below, kId);
  if (!popup.open) return;
  Ui& ui = popup.ui;
  const bool pictured = s.exporting.kind == ExportKind::picture && !s.export_job.busy() && s.export_preview;
  const drawing::Drawing frame = pictured && s.exporting.figure.empty() ? below.p.drawing() : drawing::Drawing{};
  ExportState& x = s.exporting;
  const drawing::Theme& t = ui.p.theme();
  const Rect bounds = ui.p.drawing().bounds;
  const float rest = 2 * kOverlayPadding + kTitle + kGap + kControl + kGap + kSentence + kGap + kControl;
  const float beside = bounds.w >= kWidth + kPreview + 48 ? kPreview : 0;
  const float w = std::min(kWidth + beside, bounds.w - 48), h = std::min(rest + kRows * kRow, bounds.h - 48);
  const Rect panel{std::round((bounds.w - w) / 2), std::round((bounds.h - h) * 0.4f), w, h};
  overlay_panel(ui, kId, panel, true);
  const Rect body = panel.inset(kOverlayPadding + 4, kOverlayPadding);
  ui.p.text_middle(body.x, body.y + kTitle / 2, "Export", {.color = t.text, .size = 14, .weight = 600});
  if (s.export_job.busy()) return progress(ui, s, body);

  const Rect kinds{body.x, body.y + kTitle + kGap, body.w, kControl};
  x.kind = static_cast<ExportKind>(controls::segmented(ui, "export/kind", kinds, {"Picture", "Derivation", "Matrix", "Script", "Capture", "Animation", "Talk"},
                                                       static_cast<int>(x.kind), "What is taken along"));
  const std::string trouble = export_trouble(s);
  const std::string& said = trouble.empty() ? words_of(x.kind) : trouble;
  float y = kinds.bottom() + kGap + 2;
  const TextStyle style{.color = trouble.empty() ? t.text2 : t.error, .size = 12};
  auto lines = ui.p.text_engine().wrapped(said, style, body.w);
  if (lines.size() > 2) {
    lines.resize(2);
    lines.back() = ui.p.text_engine().elided(lines.back() + " …", style, body.w);
  }
  for (const std::string& line : lines) {
    ui.p.text_middle(body.x, y + 8, line, style);
    y += 17;
  }
  const float top = kinds.bottom() + kGap + kSentence + kGap;
  const float form_h = body.bottom() - kControl - kGap - top;
  Form form(ui, s, {body.x, top, body.w - beside, form_h});
  rows(form);
  const Rect sample{body.right() - kPreview - 40, top, kPreview + 40, form_h - 4};
  if (beside > 0 && pictured) preview(ui, s, frame, sample);
  else if (beside > 0 && trouble.empty() && format_of(x).is_text) text_preview(ui, s, sample);

  const bool ready = trouble.empty();
  float right = body.right();
  const auto button = [&](const char* id, const char* label, controls::ButtonStyle look) {
    const float width = std::max(92.f, controls::button_width(ui, label));
    const Rect r{right - width, body.bottom() - kControl, width, kControl};
    right = r.x - kGap;
    return controls::button(ui, id, r, label, look);
  };
  const bool save = button("export/save", "Save…", {.enabled = ready, .primary = true});
  const bool copies = format_of(x).is_text && button("export/copy", "Copy", {.enabled = ready});
  const bool cancel = button("export/cancel", "Cancel", {});
  form.lists();
  if (cancel) return close_overlay(s.in, kId);
  if (copies) return copy(s);
  if (save || (ready && !s.in.editing() && take_key(ui, Key::enter))) {
    close_overlay(s.in, kId);
    open_file_dialog(s, FilePurpose::export_file);
  }
}

}  // namespace qkv::shell
