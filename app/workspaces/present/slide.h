#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/drawing/painter.h"
#include "app/prose/formula.h"
#include "app/workspaces/explain/story.h"
#include "core/attention/attention.h"

// What a slide says, before it is drawn: a title, rows of numbers in columns, and the formula with those numbers put in.
namespace qkv::workspaces {

using prose::FormulaNode;

/// A stretch of a title or label in the colour of its role.
struct Piece {
  std::string text;
  FormulaNode::Role role = FormulaNode::Role::none;
  bool symbol = false;  ///< italic and bold, as the letters of formulas
  bool raised = false;  ///< an exponent
};

struct SlideCell {
  float value = 0;
  std::optional<Cell> cell{};///< of the trace; none: worked out on the way, such as eˢ
  bool masked = false;
  bool blank = false;        ///< nothing stands here
};

struct SlideRow {
  enum class Look : unsigned char { cells, large, plain };
  std::string id;            ///< "q/2": the same row on the next slide travels to its place there
  std::vector<Piece> label{};
  Look look = Look::cells;
  drawing::Map map = drawing::Map::diverging;
  float limit = 1;           ///< colours span −limit…limit, or 0…limit
  std::vector<SlideCell> cells{};
  std::string end{};         ///< right of the row: "Σ 1.00"
  bool answer = false;       ///< to be guessed: hidden until it is revealed
  int decimals = 2;
  bool linked = false;       ///< a line leads from each cell of the row above
};

/// Rows that share their columns.
struct SlideTable {
  std::vector<std::string> columns{};
  std::vector<FormulaNode::Role> roles{};  ///< of the column names; empty: none
  int strong = -1;                         ///< the column the slide is about
  std::vector<SlideRow> rows{};
  std::string left_out{};                  ///< "and 24 tokens more", under the table; empty: all are shown
};

struct Slide {
  std::vector<Piece> title;
  std::vector<SlideTable> tables{};
  std::vector<FormulaNode> formulas{};  ///< the same, from the fullest to the briefest: the first that has room is shown
  bool formula_is_answer = false;
};

/// Which head of a trace is told, and between which tokens.
struct SlideSubject {
  const attention::Trace& trace;
  const Names& names;
  int layer = 0, head = 0;
  int query = 0, key = 0;
  int most_columns = 8;  ///< more are left out, the least weighty first, and counted
  int most_rows = 12;    ///< the same where a row is a token
};

/// The stages a talk goes through, in order, and their symbols on the strip.
inline constexpr Stage kSlideStages[] = {Stage::x, Stage::q, Stage::k, Stage::scores, Stage::scaled, Stage::weights, Stage::v, Stage::output};

/// The slide of one of kSlideStages. A trace without X begins with Q. Throws Error when the trace has no such stage.
Slide slide_of(const SlideSubject& subject, Stage stage);

/// Where each row stands, by its id.
struct RowPlace {
  std::string id;
  drawing::Rect cells;
};

struct SlideStyle {
  float unit = 1;                   ///< px that stand for 1 px at 1920×1080: the smallest type is 28·unit
  bool revealed = true;
  std::string hovered{};            ///< region under the pointer
  std::vector<RowPlace> from{};     ///< where rows stood on the slide before: they travel
  float progress = 1;               ///< of that, 0 to 1
};

/// Draws the title in `area` as large as has room, at most `size` px at 1920×1080; returns its height.
float draw_slide_title(drawing::Painter& p, drawing::Rect area, const std::vector<Piece>& title, float size, float unit);
/// Height of its tables and formula in this width when its rows are `squeeze` of their natural height.
float slide_height(drawing::Painter& p, const Slide& slide, float width, float unit, float squeeze);
inline constexpr float kLeastSqueeze = 0.45f;  ///< rows are never lower than this
/// Draws its tables and formula in `area` and says where its rows stand. Regions: "slide/TABLE/ROW/COLUMN" for cells of the trace.
std::vector<RowPlace> draw_slide(drawing::Painter& p, drawing::Rect area, const Slide& slide, const SlideStyle& style);

/// The cell of a region of this slide; none when it is not one.
std::optional<Cell> slide_cell(const Slide& slide, std::string_view region);

}  // namespace qkv::workspaces
