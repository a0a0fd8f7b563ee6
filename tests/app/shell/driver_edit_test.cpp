#include <gmock/gmock.h>

#include <set>

#include "app/drawing/players.h"
#include "app/workspaces/lab/symbols.h"
#include "tests/app/shell/screen_checks.h"

// Changing cells: dragging, typing, keys; everything downstream follows in the same frame, and undo takes it
// back.
namespace qkv::shell {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Cell kWeight{Stage::w_q, 0, 0, 1, 2};

struct DriverEdit : ::testing::Test {
  Driver d;
  const experiment::Experiment start = d.experiment();
};

TEST_F(DriverEdit, ADraggedWeightMovesEverythingDownstreamInTheSameFrameAndIsOneStep) {
  const float before = d.core(kWeight);
  const Point from = d.at(kWeight);
  d.move(from);
  d.press(from);
  for (int step = 1; step <= 8; ++step) {
    d.move({from.x, from.y - 5 * static_cast<float>(step)});
    EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << "while dragging";
  }
  d.release({from.x, from.y - 40});
  EXPECT_NEAR(d.core(kWeight), before + 1.0f, 1e-4f);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  EXPECT_EQ(d.view().selected, kWeight);
  EXPECT_EQ(d.undo_all(), 1);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
}

TEST_F(DriverEdit, ShiftDragsFineAndCtrlCoarse) {
  const float before = d.core(kWeight);
  d.drag(d.at(kWeight), {0, -20}, kShift);
  EXPECT_NEAR(d.core(kWeight), before + 0.05f, 1e-4f);
  d.drag(d.at(kWeight), {0, 8}, kCtrl);
  EXPECT_NEAR(d.core(kWeight), before + 0.05f - 2, 1e-4f);
  EXPECT_EQ(d.undo_all(), 2);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverEdit, ACellThatGoesWhileItIsDraggedIsLetGo) {
  const Point at = d.at({Stage::q, 0, 0, 0, 7});
  d.move(at);
  d.press(at);
  d.move({at.x, at.y - 10});
  d.key(Key::k);  // d_k 7: the column is gone
  d.move({at.x, at.y - 20});
  d.release({at.x, at.y - 20});
  EXPECT_EQ(d.experiment().d_k, 7);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
}

TEST_F(DriverEdit, EveryEditableStageCanBeDraggedAndReleased) {
  for (const Stage stage : {Stage::x, Stage::w_q, Stage::w_k, Stage::w_v, Stage::q, Stage::k, Stage::v,
                            Stage::scores, Stage::weights}) {
    const Cell cell{stage, 0, 0, 1, 1};
    const float before = d.core(cell);
    d.drag(d.at(cell), {0, -8});
    EXPECT_NEAR(d.core(cell), before + 0.2f, 2e-3f) << attention::name_of(stage);
    EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << attention::name_of(stage);
    d.key(Key::backspace, kCtrl);
    EXPECT_EQ(d.core(cell), before) << attention::name_of(stage) << " is not released";
  }
  EXPECT_TRUE(d.experiment().edits.empty());
}

TEST_F(DriverEdit, WhatIsComputedAndNotOverriddenIsNotDragged) {
  for (const Stage stage : {Stage::scaled, Stage::output}) d.drag(d.at({stage, 0, 0, 1, 0}), {0, -20});
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_FALSE(d.lab().can_undo());
}

TEST_F(DriverEdit, ADoubleClickTypesAValue) {
  d.double_click(d.at(kWeight));
  ASSERT_TRUE(d.has("cell"));
  d.retype("0.25");
  d.key(Key::enter);
  EXPECT_FALSE(d.has("cell"));
  EXPECT_EQ(d.core(kWeight), 0.25f);
  d.double_click(d.at(kWeight));
  d.retype("−1e3");
  d.key(Key::enter);
  EXPECT_EQ(d.core(kWeight), -1000.f);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  EXPECT_EQ(d.undo_all(), 2);
}

TEST_F(DriverEdit, WhatIsNoNumberIsRefusedAndSaid) {
  d.double_click(d.at(kWeight));
  d.retype("abc");
  d.key(Key::enter);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_TRUE(d.shows_with("'abc' is not a number")) << d.view().notice;
}

TEST_F(DriverEdit, EscapeCancelsTyping) {
  d.double_click(d.at(kWeight));
  d.retype("7");
  d.key(Key::escape);
  EXPECT_FALSE(d.has("cell"));
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_EQ(d.view().selected, kWeight) << "Escape belongs to the field, not to the selection";
}

TEST_F(DriverEdit, TabGoesToTheNextCell) {
  d.double_click(d.at(kWeight));
  for (const char* value : {"0.1", "0.2", "0.3"}) {
    d.retype(value);
    d.key(Key::tab);
  }
  d.key(Key::escape);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(d.core({Stage::w_q, 0, 0, 1, 2 + i}), 0.1f * static_cast<float>(i + 1)) << i;
}

TEST_F(DriverEdit, TabInTheLastCellKeepsWhatWasTyped) {
  const Cell last{Stage::w_q, 0, 0, 7, 7};
  d.double_click(d.at(last));
  d.retype("0.75");
  d.key(Key::tab);
  d.key(Key::enter);
  EXPECT_EQ(d.core(last), 0.75f);
  EXPECT_EQ(d.undo_all(), 1);
}

TEST_F(DriverEdit, OpeningAndClosingTheFieldChangesNothing) {
  const Cell computed{Stage::weights, 0, 0, 2, 1};
  d.click(computed);
  d.key(Key::enter);
  ASSERT_TRUE(d.has("cell"));
  d.key(Key::enter);
  EXPECT_TRUE(experiment::same(d.experiment(), start)) << "the field holds fewer digits than the number";
  d.double_click(d.at(computed));
  d.click(Point{600, 700});
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverEdit, KeysChangeTheSelectedCell) {
  const Cell cell{Stage::x, 0, 0, 1, 3};
  d.click(cell);
  const float before = d.core(cell);
  d.key(Key::plus);
  EXPECT_NEAR(d.core(cell), before + 0.1f, 1e-5f);
  d.key(Key::minus);
  d.key(Key::minus);
  EXPECT_NEAR(d.core(cell), before - 0.1f, 1e-5f);
  d.key(Key::plus, kShift);
  EXPECT_NEAR(d.core(cell), before - 0.09f, 1e-5f);
  d.key(Key::plus, kAlt);
  EXPECT_NEAR(d.core(cell), before + 0.91f, 1e-5f);
  d.key(Key::del);
  EXPECT_EQ(d.core(cell), 0.f);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  d.undo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverEdit, ArrowsWalkTheCellsAndStopAtTheEdge) {
  d.click(Cell{Stage::weights, 0, 0, 2, 1});
  d.key(Key::right);
  d.key(Key::down);
  EXPECT_EQ(d.view().selected, (Cell{Stage::weights, 0, 0, 3, 2}));
  d.key(Key::down);
  EXPECT_EQ(d.view().selected->row, 3);
  for (int i = 0; i < 9; ++i) d.key(Key::left);
  EXPECT_EQ(d.view().selected, (Cell{Stage::weights, 0, 0, 3, 0}));
  EXPECT_EQ(d.view().query, 3);
}

TEST_F(DriverEdit, ShiftAndArrowsVisitEveryStageAndComeRound) {
  const auto walk = [&](Key key) {
    std::set<Stage> visited;
    const Cell from = *d.view().selected;
    for (int i = 0; i < attention::kStageCount; ++i) {
      d.key(key, kShift);
      visited.insert(d.view().selected->stage);
      EXPECT_TRUE(d.has("drawer"));
      if (d.view().selected->stage == from.stage) break;
    }
    return visited;
  };
  d.click(Cell{Stage::x, 0, 0, 0, 0});
  const std::set<Stage> plain{Stage::x, Stage::w_q,    Stage::w_k,    Stage::w_v,     Stage::q,     Stage::k,
                              Stage::v, Stage::scores, Stage::scaled, Stage::weights, Stage::output};
  for (const Key key : {Key::right, Key::left}) {
    auto visited = walk(key);
    visited.erase(Stage::layer_output);  // there too, though not drawn for one head
    EXPECT_EQ(visited, plain);
  }
}

TEST_F(DriverEdit, AMoveOfADragOrAHoverIsOneFrameAndThatOneIsRight) {
  const Point from = d.at(kWeight);
  const auto frames_of = [&](Point to) {
    d.frame();
    const long before = d.app.builds();
    d.move(to);
    const std::string shown = drawing::to_svg(d.frame(), Driver::engine(), d.app.theme());
    const long built = d.app.builds() - before;
    d.resize(1440, 900);  // forces another build
    EXPECT_EQ(shown, drawing::to_svg(d.frame(), Driver::engine(), d.app.theme()));
    return built;
  };
  EXPECT_EQ(frames_of(from), 1) << "hover";
  d.press(from);
  for (int step = 1; step <= 3; ++step) EXPECT_EQ(frames_of({from.x, from.y - 10 * static_cast<float>(step)}), 1);
  EXPECT_NE(d.core(kWeight), experiment::evaluate(start).inputs.layers[0].heads[0].w_q(1, 2));
  d.release({from.x, from.y - 30});
  for (const char* slider : {"rail/cell", "rail/d_k", "rail/temperature"}) {
    const auto before = d.experiment();
    const Point knob = d.center(slider);
    EXPECT_EQ(frames_of(knob), 1) << slider;
    d.press(knob);
    for (const Point way : {Point{0, 5}, Point{31, 5}, Point{-42, 5}})
      EXPECT_EQ(frames_of({knob.x + way.x, knob.y + way.y}), 1) << slider << " by " << way.x;
    d.release({knob.x - 42, knob.y + 5});
    EXPECT_FALSE(experiment::same(d.experiment(), before)) << slider;
    d.key(Key::z, kCtrl);
    EXPECT_TRUE(experiment::same(d.experiment(), before)) << slider << ": one undo step";
  }
}

TEST_F(DriverEdit, TheWalkVisitsPositionsAndScoreBiasToo) {
  auto e = experiment::with_score_bias(d.experiment(), true);
  e.positions = attention::Positions::sinusoidal;
  d.lab().replace(e, {});
  d.settle();
  d.click(Cell{Stage::x, 0, 0, 1, 1});
  d.key(Key::left, kShift);
  EXPECT_EQ(d.view().selected->stage, Stage::positions);
  d.key(Key::plus);
  EXPECT_TRUE(d.shows_with("is computed")) << "a table is not edited";
  d.click(Cell{Stage::scores, 0, 0, 1, 2});
  d.key(Key::right, kShift);
  EXPECT_EQ(d.view().selected, (Cell{Stage::score_bias, 0, 0, 1, 2}));
  d.key(Key::plus);
  EXPECT_FLOAT_EQ(d.core({Stage::score_bias, 0, 0, 1, 2}), 0.1f);
}

TEST_F(DriverEdit, ResetTakesBackCellRowColumnMatrixAndAll) {
  const auto edit = [&](int row, int column) {
    d.click(Cell{Stage::w_k, 0, 0, row, column});
    d.key(Key::plus);
  };
  for (int row = 0; row < 3; ++row)
    for (int column = 0; column < 3; ++column) edit(row, column);
  EXPECT_EQ(d.experiment().edits.size(), 9u);
  d.click(Cell{Stage::w_k, 0, 0, 1, 1});
  d.click("rail/reset/cell");
  EXPECT_EQ(d.experiment().edits.size(), 8u);
  d.click("rail/reset/row");
  EXPECT_EQ(d.experiment().edits.size(), 6u);
  d.click("rail/reset/column");
  EXPECT_EQ(d.experiment().edits.size(), 4u);
  edit(5, 5);
  d.click("rail/reset/matrix");
  EXPECT_TRUE(d.experiment().edits.empty());
  edit(0, 0);
  d.click(Cell{Stage::v, 0, 0, 0, 0});
  d.key(Key::plus);
  d.key(Key::escape);
  d.click("rail/reset");
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  d.undo_all();
  d.redo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverEdit, TheContextMenuMasksCopiesAndRandomises) {
  const Cell cell{Stage::weights, 0, 0, 3, 0};
  d.right_click(d.at(cell));
  ASSERT_TRUE(d.has("cell-menu/mask")) << support::all_text(d.frame());
  d.click("cell-menu/mask");
  EXPECT_EQ(d.core(cell), 0.f);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  d.right_click(d.at(cell));
  d.click("cell-menu/numpy");
  EXPECT_THAT(d.clipboard.text, HasSubstr("np.array([["));
  d.right_click(d.at({Stage::w_v, 0, 0, 0, 0}));
  d.click("cell-menu/random");
  EXPECT_EQ(d.experiment().layers[0].heads[0].w_v.origin, experiment::Origin::random);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  d.undo_all();
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverEdit, TheDifferenceIsZeroBeforeAnyEditAndOnlyDownstreamAfter) {
  d.key(Key::d);
  ASSERT_TRUE(d.view().difference);
  EXPECT_GT(numbers_printed(d), 100);
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 4; ++column)
      EXPECT_EQ(d.printed({Stage::weights, 0, 0, row, column}).find_first_of("123456789"), std::string::npos);
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  d.drag(d.at(kWeight), {0, -40});
  d.settle();
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  EXPECT_EQ(as_printed(0, d.printed({Stage::v, 0, 0, 0, 0})), d.printed({Stage::v, 0, 0, 0, 0}));
  EXPECT_NE(d.core({Stage::q, 0, 0, 1, 2}), experiment::evaluate(start).layers[0].heads[0].q(1, 2));
}

}  // namespace
}  // namespace qkv::shell
