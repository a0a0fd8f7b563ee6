#include <gmock/gmock.h>

#include "app/figures/numbers.h"
#include "tests/app/shell/driver_model.h"

// Heads of a real model: chosen, held, ablated, explained, taken to the Lab.
namespace qkv::shell {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(DriverModel, NumbersInTheMapAreThoseOfCore) {
  open(checkpoint("gpt2-text"));
  d.click("head/1.2");
  const Matrix a = model::pattern_tile(capture(), 1, 2, {0, 0, 11, 11});
  int compared = 0;
  for (int i = 0; i < 11; ++i)
    for (int j = 0; j <= i; ++j) {
      const std::string text = printed(i, j);
      if (text.empty()) continue;
      EXPECT_EQ(text, figures::number(a(i, j), 3)) << i << ", " << j;
      ++compared;
    }
  EXPECT_EQ(compared, 66);
}

TEST_F(DriverModel, HoveringLeadsAndAClickHolds) {
  open(checkpoint("gpt2-text"));
  d.move(cell(7, 3));
  d.frame();
  EXPECT_EQ(seen().hovered_query, 7);
  EXPECT_EQ(seen().hovered_key, 3);
  d.click(cell(7, 3));
  EXPECT_TRUE(seen().held);
  d.move(cell(9, 1));
  const auto& picture = seen().head_picture(model().run());
  EXPECT_EQ(workspaces::leading_query(seen(), picture), 7);
  EXPECT_EQ(workspaces::leading_key(seen(), picture), 3);
  d.click(cell(7, 3));
  EXPECT_FALSE(seen().held);
}

TEST_F(DriverModel, ArrowsWalkTheHeads) {
  open(checkpoint("gpt2-text"));
  d.click("head/0.3");
  d.key(Key::right);
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 0);
  d.key(Key::up);
  EXPECT_EQ(seen().layer, 0);
  d.key(Key::left);
  EXPECT_EQ(seen().layer, 0);
  EXPECT_EQ(seen().head, 0);
}

TEST_F(DriverModel, AnAblationChangesWhatComesAfterItAndShowsBoth) {
  open(checkpoint("gpt2-text"));
  d.click("head/0.1");
  d.key(Key::x);
  settle();
  EXPECT_TRUE(model().is_ablated({0, 1}));
  EXPECT_TRUE(d.shows("ablated"));
  const auto run = model().run();
  ASSERT_NE(run->capture, run->intact);
  const model::Tile all{0, 0, 11, 11};
  EXPECT_EQ(model::pattern_tile(*run->capture, 0, 2, all), model::pattern_tile(*run->intact, 0, 2, all));
  EXPECT_NE(model::pattern_tile(*run->capture, 1, 2, all), model::pattern_tile(*run->intact, 1, 2, all));
  // The ablated head's own weights are as before: one picture, and why.
  EXPECT_FALSE(d.has("map-intact"));
  EXPECT_FALSE(d.has("model/side"));
  EXPECT_TRUE(d.has("model/untouched"));
  EXPECT_TRUE(d.shows_with("later layers") || d.shows_with("layers after it"));
  d.click("head/1.2");
  EXPECT_FALSE(d.has("model/untouched"));
  EXPECT_TRUE(d.has("map-intact"));
  EXPECT_TRUE(d.shows("intact"));
  d.key(Key::z, kCtrl);
  settle();
  EXPECT_TRUE(model().state().ablated.empty());
  EXPECT_FALSE(d.has("map-intact"));
}

TEST_F(DriverModel, WithoutItsPreviousTokenHeadInductionFails) {
  open(shipped_model("induction"));
  const int last = capture().n_queries() - 1;
  ASSERT_EQ(documents::predict(model().run(), last).rows.at(0).readable, "little");
  seen().layer = 0;
  seen().head = 2;
  seen().head_chosen = true;
  d.key(Key::x);
  settle();
  const auto after = documents::predict(model().run(), last).rows.at(0);
  EXPECT_EQ(after.readable, "little");
  EXPECT_GT(after.intact, 0.9f);
  EXPECT_LT(after.shown, 0.5f);
}

TEST_F(DriverModel, TheDrawerLeadsFromTheWeightToTheWeightMatrices) {
  for (const char* name : {"gpt2-text", "qwen3-sharded", "bert-text", "gemma2"}) {
    open(checkpoint(name));
    d.click(cell(5, 3));
    d.click("model/why");
    settle();
    ASSERT_TRUE(d.has("drawer")) << name;
    const auto& chain = seen().story.chain;
    ASSERT_GE(chain.size(), 4u) << name;
    EXPECT_EQ(chain.front(), (Cell{Stage::weights, 0, 0, 5, 3})) << name;
    const float weight = model::pattern_tile(capture(), seen().layer, seen().head, {5, 3, 1, 1})(0, 0);
    EXPECT_TRUE(d.shows("Why " + figures::number(weight, 2) + "?")) << name;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << name;
    d.key(Key::y);
    EXPECT_FALSE(d.has("drawer"));
  }
}

TEST_F(DriverModel, AHeadOpensInTheLabWithItsNumbers) {
  open(checkpoint("llama-gqa"));
  d.click("head/1.2");
  const Matrix a = model::pattern_tile(capture(), 1, 2, {0, 0, capture().n_queries(), capture().n_keys()});
  d.click("model/open-in-lab");
  d.frame();
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_THAT(d.experiment().title, HasSubstr("L1 H2"));
  const Matrix& weights = d.lab().trace()->layers.at(0).heads.at(0).weights;
  ASSERT_EQ(weights.rows(), a.rows());
  EXPECT_LT((weights - a).cwiseAbs().maxCoeff(), 2e-5f);
  EXPECT_TRUE(d.lab().unsaved());
}

TEST_F(DriverModel, HelpOpenedByItsKeyHasNoTooltipUntilThePointerMoves) {
  open(checkpoint("gpt2-text"));
  d.move(cell(7, 3));
  d.wait(1);
  ASSERT_TRUE(d.session().in.tooltip_due());
  d.key(Key::f1);
  d.wait(1);
  d.frame();
  EXPECT_FALSE(d.session().in.tooltip_due());
  d.key(Key::escape);
  d.wait(1);
  d.move({d.session().in.pointer.x + 1, d.session().in.pointer.y});
  d.wait(1);
  EXPECT_TRUE(d.session().in.tooltip_due());
}

}  // namespace
}  // namespace qkv::shell
