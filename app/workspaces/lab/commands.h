#pragma once
#include <optional>
#include <string>

#include "app/documents/lab_document.h"
#include "app/workspaces/lab/view.h"
#include "core/experiment/operations.h"
#include "core/export/literals.h"

// What the Lab's actions do, each from one place: menu, shortcut, palette, context menu and pointer all call these.
namespace qkv::workspaces {

/// Gives a cell a value (an edit, or an override of a computed cell). The same merge key continues one undo step.
void set_value(documents::LabDocument& document, const Cell& cell, float value, const std::string& merge_key = {});
/// The number of a text as people write it ("0.25", "−1e3", "1,5"); nothing when it is none.
std::optional<float> number_from(std::string text);
using exports::exact_text;
/// Adds steps × 0.1 (× 0.01 fine, × 1 coarse) to the selected cell.
void nudge(documents::LabDocument& document, LabView& view, int steps, bool fine, bool coarse);
void reset(documents::LabDocument& document, const Cell& cell, experiment::Extent extent);
/// Gives one weight matrix, or X, fresh random numbers from a new seed, said in the status bar.
void randomise(documents::LabDocument& document, LabView& view, const Cell& cell);
/// Walks the selection by cells; starts at the first weight when nothing is selected.
void move_selection(const documents::LabDocument& document, LabView& view, int rows, int columns);
/// Walks the selection to the next or previous stage, keeping row and column where they fit.
void move_stage(const documents::LabDocument& document, LabView& view, int by);
/// Parameters and X; there is no rule by which a score bias would be drawn.
bool can_randomise(const documents::LabDocument& document, const Cell& cell);
/// The matrices of one experiment may be edited here; false with the reason for the status bar.
bool can_edit(const documents::LabDocument& document, const Cell& cell);
/// Applies one of operations.h; an Error becomes the view's notice. Returns true when it was applied.
template <class Operation>
bool change(documents::LabDocument& document, LabView& view, const std::string& what, Operation operation,
            const std::string& merge_key = {}) {
  try {
    document.apply(operation(document.experiment()), what, merge_key);
    return true;
  } catch (const std::exception& e) {
    view.notice = e.what();
    return false;
  }
}

}  // namespace qkv::workspaces
