#include <algorithm>

#include "app/figures/heatmap.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"
#include "core/attention/provenance.h"

namespace qkv::workspaces {

using attention::Span;

namespace {

const StageBox* box_of(const PipelineLayout& layout, Stage stage, int layer, int head) {
  for (const StageBox& b : layout.boxes)
    if (b.stage == stage && b.layer == layer && b.head == head && !b.lens) return &b;
  return nullptr;
}

Rect rect_of(const StageBox& b, const Span& span) {
  const Rect first = b.cell(span.row, span.column);
  return {first.x, first.y, b.cell_w * static_cast<float>(span.columns),
          b.cell_h * static_cast<float>(span.rows)};
}

bool is_whole(const StageBox& b, const Span& span) {
  return span.rows == b.rows && span.columns == b.columns;
}

/// X feeds both sides: its query row and its key row wear their colours.
drawing::Color operand_colour(const Scene& s, const Span& span) {
  if (span.stage == Stage::x || span.stage == Stage::embedding) {
    if (span.rows == 1 && s.view.names_query && span.row == s.view.query) return s.theme().query;
    if (span.rows == 1 && s.view.names_key && span.row == s.view.key) return s.theme().key;
  }
  return role_colour(s.theme(), span.stage);
}

void edits(Scene& s) {
  for (const auto& [cell, value] : s.experiment().edits) {
    const StageBox* b = box_of(s.layout, cell.stage, cell.layer, cell.head);
    if (!b && cell.stage == Stage::embedding && s.view.layer == 0)
      b = box_of(s.layout, Stage::x, 0, 0);  // X is the embedding itself
    if (b && cell.row < b->rows && cell.column < b->columns)
      figures::edited_mark(s.p(), b->cell(cell.row, cell.column));
  }
}

/// The query's and the key's rows on the way to one score, drawn whether or not they are whole spans.
void paired_rows(Scene& s, const Cell& at) {
  if (!is_square(at.stage)) return;
  auto row = [&](Stage stage, int r, drawing::Color c) {
    const int head = stage == Stage::x ? 0 : at.head;
    if (const StageBox* b = box_of(s.layout, stage, at.layer, head))
      if (r < b->rows) s.p().outline({b->origin.x, b->cell(r, 0).y, b->cells().w, b->cell_h}, c);
  };
  row(Stage::x, at.row, s.theme().query);
  row(Stage::x, at.column, s.theme().key);
  const auto& head =
      s.trace->layers[static_cast<std::size_t>(at.layer)].heads[static_cast<std::size_t>(at.head)];
  row(attention::scored_q(head), at.row, s.theme().query);
  row(attention::scored_k(head), at.column, s.theme().key);
}

/// The cell the drawer has chosen at each level below the selected one.
void chain(Scene& s) {
  for (std::size_t i = 1; i < s.view.chain.size(); ++i) {
    const Cell& c = s.view.chain[i];
    if (const StageBox* b = box_of(s.layout, c.stage, c.layer, c.head))
      if (c.row < b->rows && c.column < b->columns)
        s.p().outline(b->cell(c.row, c.column), s.theme().text, 1.5f);
  }
}

}  // namespace

void marks(Scene& s) {
  edits(s);
  if (const auto at = s.traced()) {
    for (const Span& span : s.view.looks.lineage(*at).operands)
      if (const StageBox* b = box_of(s.layout, span.stage, span.layer, span.head))
        s.p().outline(rect_of(*b, span), operand_colour(s, span), is_whole(*b, span) ? 1.f : 1.5f);
    paired_rows(s, *at);
    for (const Span& span : s.view.looks.lineage(*at).consumers)
      if (const StageBox* b = box_of(s.layout, span.stage, span.layer, span.head))
        s.p().stroke(rect_of(*b, span).inset(-1), s.theme().text2, 1, 0, true);
  }
  if (s.view.hovered && s.view.hovered != s.view.selected)
    if (const StageBox* b =
            box_of(s.layout, s.view.hovered->stage, s.view.hovered->layer, s.view.hovered->head))
      s.p().outline(b->cell(s.view.hovered->row, s.view.hovered->column), s.theme().text2, 1);
  if (!s.view.hovered) chain(s);
  if (s.view.selected)
    if (const StageBox* b =
            box_of(s.layout, s.view.selected->stage, s.view.selected->layer, s.view.selected->head))
      s.p().outline(b->cell(s.view.selected->row, s.view.selected->column), s.theme().selected, 2);
}

}  // namespace qkv::workspaces
