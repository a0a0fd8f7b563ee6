#pragma once
#include "app/controls/ui.h"
#include "app/documents/lab_document.h"
#include "app/workspaces/lab/view.h"

namespace qkv::workspaces {

/// The Lab: token strip, formula, pipeline, drawer and rail of one experiment, in `area`.
void lab(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area);

/// The figure alone (no controls), for export as SVG, PDF or a PNG of a figure: the pipeline, or one stage by its name
/// ("weights", "q", …), or "drawer" or "formula". Throws Error for an unknown name.
void lab_figure(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area, const std::string& name);

/// What an experiment opens with: its first target selected, so that the drawer explains something at once.
void show_first_target(const documents::LabDocument& document, LabView& view);

}  // namespace qkv::workspaces
