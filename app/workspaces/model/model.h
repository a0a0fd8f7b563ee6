#pragma once
#include <optional>
#include <string>

#include "app/controls/ui.h"
#include "app/documents/model_session.h"
#include "app/workspaces/model/view.h"

namespace qkv::workspaces {

/// The Model workspace: prompt, every head, the selected head, its tokens and the rail of numbers, in `area`.
void model(controls::Ui& ui, documents::ModelSession& session, ModelView& view, drawing::Rect area);

/// A figure alone (no controls), for export: "map" (or ""), "lines", "text", "heads", "drawer". Returns the part of `area` it
/// fills. Throws Error for an unknown name, or when nothing is open.
drawing::Rect model_figure(controls::Ui& ui, documents::ModelSession& session, ModelView& view, drawing::Rect area,
                           const std::string& name);

/// Shows this head, or the one with the most to show. Throws Error when there is no such head.
void show_head(const documents::ModelSession& session, ModelView& view, std::optional<HeadId> head);
/// Holds a query and a key, and explains their weight. Throws Error when they are outside.
void show_cell(const documents::ModelSession& session, ModelView& view, int query, int key);

/// "12 layers × 12 heads · d_k 64 · 21 tokens"
std::string facts(const documents::ModelRun& run);

/// Facts about what is open, as lines of text.
std::string about(const documents::ModelSession& session);

}  // namespace qkv::workspaces
