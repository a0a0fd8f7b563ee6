#include <gmock/gmock.h>

#include "tests/app/shell/screen_checks.h"

// The rail: sizes, softmax, mask, positions, heads, layers, biases, gains, and undo of all of it.
namespace qkv::shell {
namespace {

using ::testing::IsEmpty;

struct DriverControls : ::testing::Test {
  /// Scrolls the rail until the control shows, and clicks it.
  void click(const std::string& id) {
    reveal(id);
    d.click(id);
  }
  void reveal(const std::string& id) {
    const auto hidden = [&] {
      const auto& r = d.region(id);
      return r.rect.intersection(r.clip).h < r.rect.h;
    };
    const Point rail = d.center("rail");
    for (int i = 0; i < 60 && hidden(); ++i) d.wheel(rail, d.region(id).rect.y > rail.y ? -1.f : 1.f);
    ASSERT_FALSE(hidden()) << id << " cannot be scrolled to";
  }
  void type(const std::string& id, const std::string& text) {
    click(id);
    d.retype(text);
    d.key(Key::enter);
  }
  /// From the knob, which stands at `from` of the slider's way.
  void slide(const std::string& id, float from, float to) {
    reveal(id);
    const Rect r = d.region(id).rect;
    const float way = r.w - 13, x = r.x + 6.5f + way * from;
    d.drag({x, r.center().y}, {way * (to - from), 0});
  }
  void expect_screen_is_core(const char* after) {
    d.settle();
    EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << after;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << after;
  }
  void expect_undone(int steps) {
    EXPECT_EQ(d.undo_all(), steps);
    EXPECT_TRUE(experiment::same(d.experiment(), start));
  }

  Driver d;
  const experiment::Experiment start = d.experiment();
};

TEST_F(DriverControls, DkThereAndBackGivesTheSameNumbers) {
  const auto before = d.lab().trace();
  type("rail/d_k/field", "64");
  EXPECT_EQ(d.experiment().d_k, 64);
  EXPECT_TRUE(d.shows("4×64"));
  expect_screen_is_core("d_k 64");
  type("rail/d_k/field", "8");
  EXPECT_EQ(d.lab().trace()->layers[0].heads[0].weights, before->layers[0].heads[0].weights);
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  expect_screen_is_core("d_k 8");
}

TEST_F(DriverControls, TheDkSliderIsOneStepADragAndReturns) {
  d.click(Cell{Stage::w_q, 0, 0, 0, 7});  // an edit in a column that will go and come back
  d.key(Key::plus);
  const auto edited = d.experiment();
  slide("rail/d_k", 1.f / 3, 2.f / 3);
  EXPECT_EQ(d.experiment().d_k, 64);
  slide("rail/d_k", 2.f / 3, 0);
  EXPECT_EQ(d.experiment().d_k, 1);
  expect_screen_is_core("d_k 1");
  slide("rail/d_k", 0, 1.f / 3);
  EXPECT_EQ(d.experiment().d_k, 8);
  EXPECT_EQ(experiment::evaluate(d.experiment()).layers[0].heads[0].weights,
            experiment::evaluate(edited).layers[0].heads[0].weights);
  expect_undone(4);
}

TEST_F(DriverControls, SizesOutOfRangeAreRefusedAndSaid) {
  type("rail/d_k/field", "0");
  EXPECT_TRUE(d.shows_with("must be a whole number from 1 to 512"));
  type("rail/d_k/field", "2.5");
  EXPECT_TRUE(d.shows_with("'2.5' was not taken: d_k must be a whole number from 1 to 512"));
  type("rail/d_k/field", "1e9");
  type("rail/d_k/field", "many");
  EXPECT_TRUE(experiment::same(d.experiment(), start));
}

TEST_F(DriverControls, NumbersAreReadAsPeopleWriteThem) {
  type("rail/temperature/field", "2,5");
  EXPECT_EQ(d.experiment().temperature, 2.5f);
  type("rail/d_k/field", " 6 ");
  EXPECT_EQ(d.experiment().d_k, 6);
  type("rail/temperature/field", "−1");
  EXPECT_TRUE(d.shows_with("Temperature must be a number from 0.01 to 100"));
  expect_undone(2);
}

TEST_F(DriverControls, TheScoreBiasHasABoxWhoseCellsAreEdited) {
  EXPECT_FALSE(d.has("stage/score_bias"));
  click("rail/score_bias");
  ASSERT_TRUE(d.has("stage/score_bias"));
  expect_screen_is_core("a bias of zeros");
  EXPECT_EQ(d.core({Stage::weights, 0, 0, 2, 1}),
            attention::value(experiment::evaluate(start), {Stage::weights, 0, 0, 2, 1}));
  const Cell cell{Stage::score_bias, 0, 0, 2, 1};
  d.drag(d.at(cell), {0, 80});
  EXPECT_EQ(d.core(cell), -2);
  EXPECT_LT(d.core({Stage::weights, 0, 0, 2, 1}), 0.5f);
  expect_screen_is_core("a dragged cell");
  d.double_click(d.at({Stage::score_bias, 0, 0, 0, 3}));
  d.retype("1.5");
  d.key(Key::enter);
  EXPECT_EQ(d.core({Stage::score_bias, 0, 0, 0, 3}), 1.5f);
  d.click(cell);
  EXPECT_TRUE(d.shows("What is −2.00?"));
  EXPECT_TRUE(d.shows("5  Scale + mask"));
  for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}, {1920.f, 1080.f}}) {
    d.resize(w, h);
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  }
  click("rail/score_bias");
  EXPECT_TRUE(experiment::same(d.experiment(), start)) << "off takes its edits along";
  expect_undone(4);
}

TEST_F(DriverControls, TheFirstNaNOfTheInputIsNamed) {
  EXPECT_FALSE(d.has("lab/banner"));
  const auto type_in = [&](const Cell& cell, const char* text) {
    d.double_click(d.at(cell));
    d.retype(text);
    d.key(Key::enter);
  };
  type_in({Stage::w_k, 0, 0, 1, 1}, "inf");
  EXPECT_TRUE(d.shows_with("∞ in the input: W_K[noun, "));
  type_in({Stage::x, 0, 0, 2, 2}, "nan");
  EXPECT_TRUE(d.shows_with(
      "NaN in the input: X[sat, verb] (row 2, column 2). Everything computed from it is affected."));
  EXPECT_THAT(support::overlaps(d.frame()), IsEmpty());
  EXPECT_FALSE(d.shows("rows sum to 1"));
  d.click("lab/banner");
  EXPECT_EQ(d.view().selected, (Cell{Stage::x, 0, 0, 2, 2}));
  d.key(Key::del);
  EXPECT_TRUE(d.shows_with("∞ in the input"));
  expect_undone(3);
  EXPECT_FALSE(d.has("lab/banner"));
  EXPECT_TRUE(d.shows("rows sum to 1"));
}

TEST_F(DriverControls, WhyNaNLeadsToTheScoreThatIsNaN) {
  auto e = start;
  e.edits[{Stage::embedding, 0, 0, 2, 2}] = std::nanf("");
  d.lab().replace(e, {});
  d.settle();
  d.click(Cell{Stage::weights, 0, 0, 1, 0});  // of 'cat' for 'The', whose own score is a number
  EXPECT_TRUE(d.shows("Why NaN?"));
  EXPECT_THAT(d.view().chain, ::testing::Contains(Cell{Stage::scores, 0, 0, 1, 2}));
}

TEST_F(DriverControls, LongNumbersOfAScaleStayOnTheCanvas) {
  auto e = start;
  e.gains[{Stage::w_v, 0, 0, 0, 0}] = -1e30f;
  d.lab().replace(e, {});
  for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}}) {
    d.resize(w, h);
    EXPECT_THAT(texts_cut(d), IsEmpty()) << w;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << w;
  }
}

TEST_F(DriverControls, OtherSizesFollow) {
  type("rail/d_v/field", "3");
  EXPECT_EQ(d.lab().trace()->layers[0].heads[0].output.cols(), 3);
  expect_screen_is_core("d_v 3");
  type("rail/d_model/field", "12");
  EXPECT_EQ(d.lab().trace()->layers[0].x.cols(), 12);
  expect_screen_is_core("d_model 12");
  expect_undone(2);
}

TEST_F(DriverControls, TemperatureAndScale) {
  type("rail/temperature/field", "2.5");
  EXPECT_EQ(d.experiment().temperature, 2.5f);
  expect_screen_is_core("temperature");
  slide("rail/temperature", (std::log(2.5f / 0.1f)) / std::log(100.f), 0.25f);
  EXPECT_LT(d.experiment().temperature, 0.5f);
  EXPECT_TRUE(d.shows("√"));
  click("rail/scale");
  EXPECT_FALSE(d.experiment().scale);
  EXPECT_FALSE(d.shows("√")) << "of the formula";
  expect_screen_is_core("scale");
  expect_undone(3);
}

TEST_F(DriverControls, EveryMask) {
  const Point second = [&] {
    reveal("rail/mask");
    return d.region("rail/mask").rect.center();
  }();
  d.click(second);
  EXPECT_EQ(d.experiment().mask, attention::MaskKind::causal);
  EXPECT_EQ(d.core({Stage::weights, 0, 0, 0, 3}), 0.f);
  expect_screen_is_core("causal");
  const Rect mask = d.region("rail/mask").rect;
  d.click(Point{mask.right() - 20, mask.center().y});
  EXPECT_EQ(d.experiment().mask, attention::MaskKind::sliding_window);
  type("rail/window", "3");
  EXPECT_EQ(d.experiment().window, 3);
  expect_screen_is_core("window");
  expect_undone(3);
}

TEST_F(DriverControls, EveryPositions) {
  using attention::Positions;
  int steps = 0;
  for (const auto& [part, kind] : {std::pair{1, Positions::sinusoidal},
                                   {2, Positions::rope},
                                   {3, Positions::alibi},
                                   {0, Positions::none}}) {
    reveal("rail/positions");
    const Rect r = d.region("rail/positions").rect;
    d.click(Point{r.x + r.w * (static_cast<float>(part) + 0.5f) / 4, r.center().y});
    EXPECT_EQ(d.experiment().positions, kind);
    EXPECT_EQ(d.has("stage/q_rotated"), kind == Positions::rope);
    EXPECT_EQ(d.has("stage/embedding"), kind == Positions::sinusoidal);
    expect_screen_is_core("positions");
    EXPECT_THAT(texts_cut(d), IsEmpty()) << part;
    ++steps;
  }
  EXPECT_TRUE(experiment::same(d.experiment(), start));
  expect_undone(steps);
}

TEST_F(DriverControls, HeadsLayersAndBiases) {
  click("rail/heads/more");
  EXPECT_EQ(d.lab().trace()->layers[0].heads.size(), 2u);
  expect_screen_is_core("two heads");
  d.click("lab/head/1");
  EXPECT_EQ(d.view().head, 1);
  expect_screen_is_core("the second head");
  click("rail/layers/more");
  ASSERT_EQ(d.lab().trace()->layers.size(), 2u);
  expect_screen_is_core("two layers");
  d.key(Key::down, kAlt);
  EXPECT_EQ(d.view().layer, 1);
  expect_screen_is_core("the second layer");
  click("rail/biases");
  EXPECT_TRUE(d.has("stage/b_q"));
  d.click(Cell{Stage::b_q, d.view().layer, d.view().head, 0, 0});
  d.key(Key::plus);
  EXPECT_EQ(d.experiment().edits.size(), 1u);
  expect_screen_is_core("biases");
  type("rail/heads/field", "16");
  expect_screen_is_core("sixteen heads");
  click("rail/heads/less");
  EXPECT_EQ(d.lab().trace()->layers[1].heads.size(), 15u);
  expect_undone(6);
  d.redo_all();
  EXPECT_EQ(d.lab().trace()->layers[1].heads.size(), 15u);
}

TEST_F(DriverControls, AGainMultipliesItsMatrix) {
  const float before = d.core({Stage::w_q, 0, 0, 0, 3});
  slide("rail/gain/w_q", 4.f / 6, 5.f / 6);
  EXPECT_NEAR(d.core({Stage::w_q, 0, 0, 0, 3}), 2 * before, 0.02f * std::abs(before) + 1e-6f);
  expect_screen_is_core("gain");
  slide("rail/gain/w_k", 4.f / 6, 0.5f);
  EXPECT_NEAR(d.core({Stage::scores, 0, 0, 2, 1}), 0, 1e-2f);
  expect_undone(2);
}

TEST_F(DriverControls, RandomiseIsUndoneWithAllItChanged) {
  click("rail/dice");
  EXPECT_EQ(d.experiment().layers[0].heads[0].w_q.origin, experiment::Origin::random);
  EXPECT_TRUE(d.shows_with("random"));
  expect_screen_is_core("randomise");
  const auto first = d.experiment();
  d.key(Key::r);
  EXPECT_FALSE(experiment::same(first, d.experiment()));
  type("rail/seed", std::to_string(first.embedding.seed));
  EXPECT_TRUE(experiment::same(first, d.experiment())) << "the same seed, the same numbers";
  expect_undone(3);
}

TEST_F(DriverControls, TheSelectedCellHasASlider) {
  const Cell cell{Stage::w_v, 0, 0, 2, 2};
  d.click(cell);
  type("rail/cell/field", "−0.5");
  EXPECT_EQ(d.core(cell), -0.5f);
  slide("rail/cell", (3 - 0.5f) / 6, 1);
  EXPECT_EQ(d.core(cell), 3.f);
  expect_screen_is_core("slider");
  type("rail/cell/field", "3 apples");
  EXPECT_EQ(d.core(cell), 3.f);
  EXPECT_TRUE(d.shows_with("is not a number"));
  expect_undone(2);
}

}  // namespace
}  // namespace qkv::shell
