#pragma once
#include "app/workspaces/explain/story.h"

// The panels of the drawer, one a level.
namespace qkv::workspaces {

/// What the panels share while one frame is built.
struct Page {
  controls::Ui& ui;
  Story& story;
  DrawerEvent& event;

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  const attention::Trace& trace() const { return story.trace; }
  const Names& names() const { return story.names; }
  /// What is shown below this level, or null.
  const Cell* next(int level) const {
    const auto& chain = story.state.chain;
    return static_cast<std::size_t>(level) + 1 < chain.size() ? &chain[static_cast<std::size_t>(level) + 1] : nullptr;
  }
};

/// One level of the drawer: how chain[level] was made. `area` is the panel below the breadcrumb.
/// Answers clicks on operands by re-routing the chain.
void explanation_panel(Page& s, int level, const attention::Explanation& why, Rect area);
/// Width it would like, and the least it can do with.
struct PanelWidth {
  float least, ideal;
};
PanelWidth panel_width(const attention::Explanation& why);

/// A row of weights as a table: s, s − max, exp, a.
void softmax_panel(Page& s, int level, const attention::Explanation& why, Rect area);
/// Two factor rows and their product, then bars and the running sum; of many products the largest are listed.
void products_panel(Page& s, int level, const attention::Explanation& why, Rect area);
/// Score to scaled score as a list of steps, and what the weight would be without the scale.
void scale_panel(Page& s, int level, const attention::Explanation& why, Rect area);

/// Numbered heading of a panel; returns the y where its body begins.
float panel_heading(Page& s, int level, Rect area, std::vector<drawing::Run> runs);
/// "q_sat · k_cat  =  Σ of 8 products", "Q[sat, 3]  =  Σ x·w" and their kin.
std::vector<drawing::Run> heading_of(const Page& s, const attention::Explanation& why);
/// The letter with the token as its subscript.
std::vector<drawing::Run> vector_name(const Page& s, const char* letter, drawing::Color colour, int token);
/// Muted words of a heading.
drawing::Run heading_words(const drawing::Theme& theme, std::string text);

/// One row that leads to a cell: "drawer/LEVEL/NAME"; true when it was clicked.
bool operand_row(Page& s, int level, const std::string& name, Rect hit, const std::string& label, const Cell& cell);

inline constexpr float kProductLabel = 50;  ///< room left of the strips for their names
/// More products than this have no numbers in their strips; the largest are listed.
inline constexpr int kManyProducts = 64;

}  // namespace qkv::workspaces
