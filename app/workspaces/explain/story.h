#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/controls/ui.h"
#include "app/workspaces/explain/stage_symbols.h"

// The provenance drawer: why a number of a trace is what it is, level by level, each operand leading further back. The
// same for the Lab's experiments and for a head of a real model.
namespace qkv::workspaces {

using drawing::Point;
using drawing::Rect;

/// Where the reader is; kept from frame to frame.
struct StoryState {
  std::vector<Cell> chain;                     ///< the levels, from the cell asked for down to the leaves
  const attention::Trace* chain_of = nullptr;  ///< the trace the chain was checked against
  int first_level = 0;                         ///< the leftmost level shown
  float drawer_height = 0;                     ///< 0: by the window's height
  float softmax_scroll = 0;
};

/// What the rows and columns of a trace are called, and what else is known of its numbers.
class Names {
 public:
  virtual ~Names() = default;
  virtual std::string token(int position) const = 0;
  virtual std::string row(const Cell& cell) const = 0;     ///< empty where there is one row only
  virtual std::string column(const Cell& cell) const = 0;
  /// How the value was made.
  virtual std::string words(const attention::Explanation& why) const { return why.words; }
  /// "Why 0.80?"
  virtual std::string question(const attention::Explanation& why) const;
  /// What is said of this very number besides; empty when nothing.
  virtual std::string note(const Cell&) const { return ""; }
  /// "A[sat, cat]", "W_Q[12, 3]"
  std::string cell(const Cell& cell) const;
};

/// Tokens by their text, told apart where several have it; all else by its number: a head of a model.
class TokenNames : public Names {
 public:
  explicit TokenNames(const std::vector<std::string>& tokens);
  std::string token(int position) const override;
  std::string row(const Cell& cell) const override;
  std::string column(const Cell& cell) const override;

 private:
  std::vector<std::string> tokens_;
};

/// One trace, told to one reader.
struct Story {
  const attention::Trace& trace;
  const Names& names;
  StoryState& state;
};

/// The chain from a cell down: at each level the operand that weighs most; of NaN the one that is NaN.
std::vector<Cell> chain_from(const attention::Trace& trace, const Cell& cell);
/// Begins the story of a cell.
void tell(StoryState& state, const attention::Trace& trace, const Cell& cell);
/// Puts `operand` below `level` and fills the chain down to the leaves again.
void descend(Story& story, int level, const Cell& operand);
/// Brings the chain back inside a trace that changed; from where its steps are no longer those of the trace it is made
/// anew. Empty when not even its first cell is there.
void keep_inside(StoryState& state, const attention::Trace& trace);
/// The whole chain as plain text, one line a level with its live numbers.
std::string chain_as_text(const Story& story);

/// What the reader did with the drawer in this frame.
struct DrawerEvent {
  bool closed = false;         ///< the chain was cleared
  bool copied = false;         ///< the derivation is on the clipboard
  std::optional<Cell> chosen;  ///< another weight of the row was asked for; the chain is as it was
};

/// The drawer over `area`; nothing but its ground when the chain is empty. Its height is dragged into
/// state.drawer_height. A figure has no grip and no buttons. Regions: "drawer", "drawer/grip", "drawer/close",
/// "drawer/copy", "drawer/crumb/LEVEL", and "drawer/LEVEL/…" for the operands.
DrawerEvent explain_drawer(controls::Ui& ui, Story& story, Rect area, bool figure = false);

}  // namespace qkv::workspaces
