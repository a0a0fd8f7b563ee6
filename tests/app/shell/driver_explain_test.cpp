#include <gmock/gmock.h>

#include "app/workspaces/lab/symbols.h"
#include "core/attention/provenance.h"
#include "tests/app/shell/screen_checks.h"

// Looking: what the program opens with, hovering, clicking, and the drawer from a weight down to its leaves.
namespace qkv::shell {
namespace {

using figures::number;
using ::testing::IsEmpty;

const Cell kSatCat{Stage::weights, 0, 0, 2, 1};

/// True when a rectangle of this colour is stroked around (or a pixel off) r.
bool outlined(const drawing::Drawing& frame, Rect r, drawing::Color colour) {
  for (const auto& command : frame.commands) {
    const auto* s = std::get_if<drawing::StrokeRect>(&command);
    if (!s || s->color != colour) continue;
    const auto near = [](float a, float b) { return std::abs(a - b) <= 2; };
    if (near(s->rect.x, r.x) && near(s->rect.y, r.y) && near(s->rect.right(), r.right()) &&
        near(s->rect.bottom(), r.bottom()))
      return true;
  }
  return false;
}

Rect row_of(Driver& d, Stage stage, int row) {
  const auto shape = attention::shape_of(*d.lab().trace(), stage, 0, 0);
  const Rect first = d.rect({stage, 0, 0, row, 0}), last = d.rect({stage, 0, 0, row, shape.columns - 1});
  return {first.x, first.y, last.right() - first.x, first.h};
}

TEST(DriverExplain, OpensOnTheSentenceWithTheWholeOfAttentionOnOneScreen) {
  Driver d;
  EXPECT_TRUE(experiment::same(d.experiment(), experiment::default_experiment()));
  for (const char* stage :
       {"x", "w_q", "w_k", "w_v", "q", "k", "v", "scores", "scaled", "weights", "lens", "output"}) {
    const auto& region = d.region("stage/" + std::string(stage));
    EXPECT_EQ(region.rect.intersection(region.clip), region.rect) << stage << " is cut";
  }
  for (const char* token : {"The", "cat", "sat", "down"}) EXPECT_TRUE(d.shows(token)) << token;
  ASSERT_EQ(d.view().selected, kSatCat);  // its first target
  EXPECT_TRUE(d.shows("Why " + number(d.core(kSatCat), 2) + "?"));
  EXPECT_THAT(numbers_unlike_core(d), IsEmpty());
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  EXPECT_THAT(texts_cut(d), IsEmpty());
  EXPECT_EQ(d.app.title(), "The cat sat down — QKV Lab");
}

TEST(DriverExplain, AHoveredWeightIsNamedAndItsOperandsAreOutlinedInEveryEarlierStage) {
  Driver d;
  d.key(Key::escape);
  ASSERT_FALSE(d.view().selected);
  const Cell weight{Stage::weights, 0, 0, 3, 2};
  const auto& theme = d.app.theme();
  EXPECT_FALSE(outlined(d.frame(), row_of(d, Stage::q, 3), theme.query));
  d.move(d.at(weight));
  EXPECT_TRUE(outlined(d.frame(), row_of(d, Stage::q, 3), theme.query));
  EXPECT_TRUE(outlined(d.frame(), row_of(d, Stage::k, 2), theme.key));
  EXPECT_TRUE(outlined(d.frame(), row_of(d, Stage::scaled, 3), theme.weight));
  const std::string name = workspaces::cell_name(d.experiment(), weight) + " = " + number(d.core(weight), 4);
  EXPECT_FALSE(d.shows(name)) << "before the pointer rests";
  EXPECT_LE(d.app.wake_after(), 0.25);
  d.wait(0.3);
  EXPECT_TRUE(d.shows(name)) << support::all_text(d.frame());
  d.send(controls::PointerLeave{});
  EXPECT_FALSE(d.shows(name));
  EXPECT_FALSE(outlined(d.frame(), row_of(d, Stage::q, 3), theme.query));
}

TEST(DriverExplain, AClickedWeightIsExplainedWithTheNumbersOfCore) {
  Driver d;
  d.key(Key::escape);
  EXPECT_FALSE(d.has("drawer"));
  d.click(kSatCat);
  ASSERT_TRUE(d.has("drawer"));
  const auto why = attention::explain(experiment::evaluate(d.experiment()), kSatCat);
  EXPECT_TRUE(d.shows("Why " + number(why.value, 2) + "?"));
  EXPECT_TRUE(d.shows(number(why.sum, 3)));
  for (int key = 0; key < 4; ++key) {
    EXPECT_TRUE(d.shows(number(why.terms[static_cast<std::size_t>(key)].value, 3))) << "exp of key " << key;
    EXPECT_TRUE(d.shows(number(d.core({Stage::weights, 0, 0, 2, key}), 3))) << "weight of key " << key;
  }
  const auto dot = attention::explain(experiment::evaluate(d.experiment()), {Stage::scores, 0, 0, 2, 1});
  EXPECT_TRUE(d.shows("Σ " + number(dot.value, 3)));
}

TEST(DriverExplain, EachOperandLeadsDownToTheLeafAndTheBreadcrumbUp) {
  Driver d;
  const auto chain = [&] { return d.view().chain; };
  ASSERT_GE(chain().size(), 4u);
  EXPECT_EQ(chain()[0].stage, Stage::weights);
  EXPECT_EQ(chain()[1].stage, Stage::scaled);
  EXPECT_EQ(chain()[2].stage, Stage::scores);

  // Products of the score: the key's side of dimension 5.
  Rect row = d.region("drawer/2/1").rect;
  const auto cell_of = [](Rect r, int k, int of) {
    return Point{r.x + r.w * (static_cast<float>(k) + 0.5f) / static_cast<float>(of), r.center().y};
  };
  d.click(cell_of(row, 5, 8));
  ASSERT_GE(chain().size(), 4u);
  EXPECT_EQ(chain()[3], (Cell{Stage::k, 0, 0, 1, 5}));

  // x·W of that key element: the weight of dimension 2, a leaf.
  d.click("drawer/crumb/3");
  row = d.region("drawer/3/1").rect;
  d.click(cell_of(row, 2, 8));
  ASSERT_EQ(chain().size(), 5u);
  const Cell leaf{Stage::w_k, 0, 0, 2, 5};
  EXPECT_EQ(chain()[4], leaf);
  const std::string name = workspaces::cell_name(d.experiment(), leaf);
  EXPECT_TRUE(d.shows(name)) << support::all_text(d.frame());

  d.click("drawer/crumb/0");
  EXPECT_EQ(d.view().first_level, 0);
  EXPECT_TRUE(d.has("drawer/1/score"));
  d.click("drawer/1/score");
  EXPECT_EQ(chain()[2], (Cell{Stage::scores, 0, 0, 2, 1}));
  d.click("drawer/0/key/3");  // the same question for another key
  EXPECT_EQ(d.view().selected, (Cell{Stage::weights, 0, 0, 2, 3}));
  d.click("drawer/close");
  EXPECT_FALSE(d.view().selected);
  EXPECT_FALSE(d.has("drawer"));
}

TEST(DriverExplain, TheDerivationIsCopiedAsText) {
  Driver d;
  d.click("drawer/copy");
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr("A[sat, cat] = exp("));
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr(number(d.core(kSatCat), 4)));
}

TEST(DriverExplain, EveryKindOfCellIsExplainedWithoutCollisions) {
  Driver d;
  d.key(Key::escape);
  d.click("token/2");
  d.key(Key::escape);
  for (const char* id : {"stage/x", "stage/w_q", "stage/w_k", "stage/w_v", "stage/q", "stage/k", "stage/v",
                         "stage/scores", "stage/scaled", "stage/weights", "stage/output"}) {
    const Rect r = d.region(id).rect;
    d.click(Point{r.x + 3, r.y + 3});
    d.move({5, 5});
    EXPECT_TRUE(d.has("drawer")) << id;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << id;
    EXPECT_THAT(texts_cut(d), IsEmpty()) << id;
  }
}

TEST(DriverExplain, TheFormulaAndThePipelineLightEachOther) {
  Driver d;
  const auto fills_of = [&](drawing::Color c) {
    return std::count_if(d.frame().commands.begin(), d.frame().commands.end(), [&](const auto& command) {
      const auto* f = std::get_if<drawing::FillRect>(&command);
      return f && f->color == c && f->rect.y < 150 && f->rect.h == 2;
    });
  };
  d.key(Key::escape);
  d.move({5, 5});
  EXPECT_EQ(fills_of(d.app.theme().query), 0);
  d.move(d.at({Stage::q, 0, 0, 1, 1}));
  EXPECT_EQ(fills_of(d.app.theme().query), 1);
  EXPECT_TRUE(d.shows("4×8"));
  d.click("formula/k");
  EXPECT_EQ(d.view().selected->stage, Stage::k);
}

}  // namespace
}  // namespace qkv::shell
