#pragma once
#include "app/workspaces/lab/scene.h"
#include "core/attention/provenance.h"

namespace qkv::workspaces {

/// One level of the drawer: how chain[level] was made. `area` is the panel below the breadcrumb.
/// Answers clicks on operands by re-routing the chain.
void explanation_panel(Scene& s, int level, const attention::Explanation& why, Rect area);
/// Width it would like, and the least it can do with.
struct PanelWidth {
  float least, ideal;
};
PanelWidth panel_width(const attention::Explanation& why);
/// The panel that lists a row of weights: the softmax table (in its own file).
void softmax_panel(Scene& s, int level, const attention::Explanation& why, Rect area);
/// Puts `operand` below `level` and fills the chain down to the leaves again.
void descend(Scene& s, int level, const Cell& operand);
/// Numbered heading of a panel; returns the y where its body begins.
float panel_heading(Scene& s, int level, Rect area, std::vector<drawing::Run> runs);

/// The whole chain as plain text, one line a level with its live numbers.
std::string chain_as_text(const Scene& s);

}  // namespace qkv::workspaces
