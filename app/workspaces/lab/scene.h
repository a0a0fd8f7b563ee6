#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "app/controls/ui.h"
#include "app/documents/lab_document.h"
#include "app/workspaces/lab/layout.h"
#include "app/workspaces/lab/view.h"

namespace qkv::workspaces {

/// What the parts of the Lab share while one frame is built.
struct Scene {
  controls::Ui& ui;
  documents::LabDocument& document;
  LabView& view;
  std::shared_ptr<const attention::Trace> trace;
  std::shared_ptr<const experiment::Experiment> traced_experiment;  ///< the one the trace belongs to
  PipelineLayout layout;
  std::string prefix{};  ///< of the ids of its regions: another scene of the same frame has another one
  /// Cells that answer to the hand, of those that can be edited at all; null: all of them.
  std::function<bool(const Cell&)> may_change = nullptr;

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  /// The experiment the trace belongs to (a large one is evaluated behind the newest).
  const experiment::Experiment& experiment() const { return *traced_experiment; }
  /// Shows what an edit made earlier in this frame; what was drawn before it is of the old trace.
  void follow_document();
  /// Value as shown: of the trace, or its difference from the start.
  float shown(const Cell& c) const;
  /// Whether the hand may change this cell here.
  bool editable(const Cell& c) const;
  std::string id(std::string_view part) const { return prefix + std::string(part); }
  /// The cell whose operands are outlined: the one under the pointer, else the selected one.
  std::optional<Cell> traced() const { return view.hovered ? view.hovered : view.selected; }
};

/// The document as it is now.
Scene scene_of(controls::Ui& ui, documents::LabDocument& document, LabView& view);

// The parts, each in the file of its name.
float banner(Scene& s, Rect area);               ///< names the first NaN or ∞ of the input; its height, 0 without any
void token_strip(Scene& s, Rect area);
void formula_bar(Scene& s, Rect area);
void pipeline(Scene& s, Rect area);
void stage_box(Scene& s, const StageBox& box);   ///< one matrix: title, cells, colour scale, caption, hit region
/// An arrow from left to right; nothing where there is no room for one.
void connector(Scene& s, Point from, Point to, drawing::Color color, float width = 1.25f);
void marks(Scene& s);                            ///< outlines of hover, selection, operands, consumers, edits
void edit_box(Scene& s, const StageBox& box);    ///< click, drag, double-click, wheel, context menu on one matrix
void canvas_gestures(Scene& s, Rect area);       ///< wheel and pan of the canvas
void cell_editor(Scene& s);                      ///< the text field over a cell being typed
void context_menu(Scene& s);                     ///< popup "cell-menu"; drawn last, over everything
void drawer(Scene& s, Rect area, bool figure = false);  ///< a figure has no grip and no buttons
void rail(Scene& s, Rect area);

/// The cell of a box under a point.
std::optional<Cell> cell_at(const StageBox& box, Point at);
/// The id of a box's hit region: "stage/weights", "stage/lens", "stage/x/next" for the residual after the layer,
/// "stage/weights/head1" of a head that is not the one shown.
std::string region_id(const Scene& s, const StageBox& box);

}  // namespace qkv::workspaces
