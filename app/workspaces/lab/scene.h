#pragma once
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

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  /// The experiment the trace belongs to (a large one is evaluated behind the newest).
  const experiment::Experiment& experiment() const { return *traced_experiment; }
  /// Shows what an edit made earlier in this frame; what was drawn before it is of the old trace.
  void follow_document();
  /// Value as shown: of the trace, or its difference from the start.
  float shown(const Cell& c) const;
  /// The cell whose operands are outlined: the one under the pointer, else the selected one.
  std::optional<Cell> traced() const { return view.hovered ? view.hovered : view.selected; }
};

// The parts, each in the file of its name.
float banner(Scene& s, Rect area);               ///< names the first NaN or ∞ of the input; its height, 0 without any
void token_strip(Scene& s, Rect area);
void formula_bar(Scene& s, Rect area);
void pipeline(Scene& s, Rect area);
void stage_box(Scene& s, const StageBox& box);   ///< one matrix: title, cells, colour scale, caption, hit region
void marks(Scene& s);                            ///< outlines of hover, selection, operands, consumers, edits
void edit_box(Scene& s, const StageBox& box);    ///< click, drag, double-click, wheel, context menu on one matrix
void cell_editor(Scene& s, Rect area);           ///< the text field over a cell being typed; wheel and pan of the canvas
void context_menu(Scene& s);                     ///< popup "cell-menu"; drawn last, over everything
void drawer(Scene& s, Rect area, bool figure = false);  ///< a figure has no grip and no buttons
void rail(Scene& s, Rect area);

/// The cell of a box under a point.
std::optional<Cell> cell_at(const StageBox& box, Point at);
/// The id of a box's hit region: "stage/weights", "stage/lens", "stage/x/1" for the residual after the layer.
std::string region_id(const StageBox& box, int layer);

}  // namespace qkv::workspaces
