#pragma once
#include "app/controls/ui.h"
#include "app/documents/lab_document.h"
#include "app/workspaces/lab/view.h"

namespace qkv::workspaces {

/// The Lab: token strip, formula, pipeline, drawer and rail of one experiment, in `area`.
void lab(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area);

/// A figure alone (no controls), for export: "pipeline" (or ""), "formula", "drawer", or one stage by its name ("weights",
/// "q", …). Returns the part of `area` it fills. Throws Error for an unknown name.
Rect lab_figure(controls::Ui& ui, documents::LabDocument& document, LabView& view, Rect area, const std::string& name);

/// What an experiment opens with: its first target (of this layer and head) selected, so that the drawer explains
/// something at once.
void show_first_target(const documents::LabDocument& document, LabView& view,
                       std::optional<std::pair<int, int>> layer_and_head = std::nullopt);

}  // namespace qkv::workspaces
