#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/workspaces/explain/stage_symbols.h"
#include "app/workspaces/learn/stages_layout.h"

// Where the matrices of a lesson's figure stand: apart from each other, inside the area, what is made right of or below what
// it is made of.
namespace qkv::workspaces {
namespace {

StagePart part(Stage stage, int rows, int columns) {
  StagePart p{.box = {.stage = stage, .rows = rows, .columns = columns}};
  const bool square = is_square(stage);
  p.row_labels = rows_are_tokens(stage) ? 40.f : 70.f;
  p.column_labels = square ? 40.f : 90.f;
  p.may_drop_names = !square;
  return p;
}

/// Sets of stages as lessons list them, of n tokens and d dimensions.
std::vector<std::vector<StagePart>> figures(int n, int d) {
  const auto t = [&](Stage s) { return part(s, n, d); };
  const auto w = [&](Stage s) { return part(s, d, d); };
  const auto sq = [&](Stage s) { return part(s, n, n); };
  return {{t(Stage::x)},
          {sq(Stage::scores)},
          {t(Stage::x), w(Stage::w_q), t(Stage::q)},
          {t(Stage::q), t(Stage::k), sq(Stage::scores)},
          {sq(Stage::scores), sq(Stage::scaled), sq(Stage::weights)},
          {t(Stage::x), t(Stage::q), t(Stage::k), t(Stage::v), sq(Stage::weights), t(Stage::output)},
          {t(Stage::x), w(Stage::w_q), w(Stage::w_k), w(Stage::w_v), t(Stage::q), t(Stage::k), t(Stage::v), sq(Stage::scores), sq(Stage::scaled), sq(Stage::weights), t(Stage::output)}};
}

/// A matrix with its labels, its title and its scale.
Rect with_labels(const StageBox& b) {
  const Rect c = b.cells();
  const float left = b.row_labels > 0 ? b.row_labels + 6 : 0;
  const float above = b.named || is_square(b.stage) ? 34.f : 22.f;
  return {c.x - left, c.y - above, std::max(c.w, kNamed) + left, c.h + above + 14};
}

const std::vector<Rect> kAreas{{384, 92, 896, 660}, {420, 92, 1020, 760}, {420, 92, 1500, 940}, {280, 92, 573, 420}, {384, 92, 896, 330}};

TEST(StagesLayout, MatricesStandApartAndInsideTheArea) {
  for (const int n : {4, 6, 9, 12})
    for (const int d : {2, 4, 8, 16})
      for (const auto& parts : figures(n, d))
        for (const Rect& area : kAreas) {
          if (parts.size() > 6 && area.h < 500) continue;  // no lesson lists eleven matrices in half a small window
          const StagesLayout layout = layout_stages(parts, area);
          const std::string where = std::to_string(parts.size()) + " matrices, " + std::to_string(n) + " tokens, " + std::to_string(d) + " columns, " + std::to_string(static_cast<int>(area.w)) + "×" + std::to_string(static_cast<int>(area.h));
          ASSERT_EQ(layout.pipeline.boxes.size(), parts.size()) << where;
          for (const StageBox& a : layout.pipeline.boxes) {
            const Rect r = with_labels(a);
            EXPECT_TRUE(r.x >= area.x && r.right() <= area.right() && r.y >= area.y && r.bottom() <= area.bottom()) << where << ": " << attention::name_of(a.stage);
            EXPECT_EQ(a.cell_w, std::round(a.cell_w));
            EXPECT_GE(a.cell_w, 1);
            for (const StageBox& b : layout.pipeline.boxes)
              if (&a < &b) { EXPECT_FALSE(r.intersects(with_labels(b))) << where << ": " << attention::name_of(a.stage) << " and " << attention::name_of(b.stage); }
          }
        }
}

TEST(StagesLayout, WhatIsMadeStandsRightOfOrBelowItsOperands) {
  for (const auto& parts : figures(4, 8))
    for (const Rect& area : kAreas) {
      const StagesLayout layout = layout_stages(parts, area);
      const auto find = [&](Stage s) { return layout.pipeline.find(s); };
      for (const auto& [operand, made] : {std::pair{Stage::x, Stage::q}, {Stage::q, Stage::scores}, {Stage::k, Stage::scores}, {Stage::scores, Stage::scaled}, {Stage::scaled, Stage::weights}, {Stage::weights, Stage::output}}) {
        const StageBox *a = find(operand), *b = find(made);
        if (a && b) { EXPECT_TRUE(b->origin.x >= a->cells().right() || b->origin.y >= a->cells().bottom()) << attention::name_of(operand) << " and " << attention::name_of(made); }
      }
      for (const StageArrow& arrow : layout.arrows) EXPECT_GT(arrow.to.x, arrow.from.x);
    }
}

TEST(StagesLayout, ColumnsKeepTheirNamesInASmallWindow) {
  const Rect area{384, 128, 896, 648};
  const auto t = [](Stage s, int n, int d) { return part(s, n, d); };
  const std::vector<std::vector<StagePart>> lessons{
      {part(Stage::w_v, 8, 8), t(Stage::q, 4, 8), t(Stage::k, 4, 8), t(Stage::v, 4, 8), part(Stage::weights, 4, 4), t(Stage::output, 4, 8)},
      {t(Stage::q, 9, 4), t(Stage::k, 9, 4)},
      {t(Stage::v, 9, 6), part(Stage::weights, 9, 9), t(Stage::output, 9, 6)},
      {t(Stage::q, 9, 4), t(Stage::v, 9, 6), part(Stage::weights, 9, 9), t(Stage::output, 9, 6)}};
  for (const auto& parts : lessons)
    for (const StageBox& box : layout_stages(parts, area).pipeline.boxes)
      if (!is_square(box.stage)) { EXPECT_TRUE(box.named) << parts.size() << " matrices: " << attention::name_of(box.stage) << ", cells of " << box.cell_w; }
}

TEST(StagesLayout, ALargeMatrixShrinksAlone) {
  const Rect area{420, 92, 1020, 760};
  const StagesLayout layout = layout_stages({part(Stage::w_q, 128, 64), part(Stage::weights, 5, 5)}, area);
  EXPECT_GE(layout.pipeline.find(Stage::weights)->cell_w, 34);
}

}  // namespace
}  // namespace qkv::workspaces
