#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "app/figures/numbers.h"
#include "core/error.h"
#include "tests/app/shell/driver.h"

// The Model workspace as it is used: a folder is opened, a sentence typed, heads chosen, held, ablated, read.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

fs::path checkpoint(const std::string& name) { return fs::path(QKV_SOURCE_DIR) / "tests" / "oracle" / "checkpoints" / name; }

struct DriverModel : ::testing::Test {
  void open(const fs::path& path) {
    d.app.open(path);
    settle();
  }
  void settle() {
    model().wait();
    d.wait(0.01);
    d.frame();
    model().wait();  // predictions, asked for while drawing
    d.wait(0.01);
  }
  documents::ModelSession& model() { return d.session().model; }
  workspaces::ModelView& seen() { return d.session().model_view; }
  const model::Capture& capture() { return *model().run()->capture; }
  /// The middle of a cell of the map.
  Point cell(int query, int key) { return seen().map_layout.rect_of(figures::MapCell{query, key}).center(); }
  std::string printed(int query, int key) {
    const Rect r = seen().map_layout.rect_of(figures::MapCell{query, key});
    for (const auto& t : support::texts(d.frame()))
      if (r.contains(t.text->box.center())) return t.text->text;
    return {};
  }

  const testing::TempFolder folder;
  Driver d{{.state_dir = folder.path() / "state", .settings_dir = folder.path() / "settings"}};
};

TEST_F(DriverModel, AFolderOpensWithItsTokensAndEveryHead) {
  open(checkpoint("gpt2-text"));
  ASSERT_TRUE(model().is_open()) << model().error();
  EXPECT_EQ(d.session().workspace, Workspace::model);
  EXPECT_THAT(d.app.title(), HasSubstr("gpt2-text"));
  EXPECT_TRUE(d.shows_with("2 layers × 4 heads"));
  EXPECT_TRUE(d.has("head/0.0"));
  EXPECT_TRUE(d.has("head/1.3"));
  EXPECT_TRUE(d.has("map"));
}

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

TEST_F(DriverModel, TypingRunsTheModelAgainAndIsUndoneAtOnce) {
  open(checkpoint("gpt2-text"));
  const std::string before = model().state().text;
  d.key(Key::l, kCtrl);
  d.retype("The cat");
  settle();
  EXPECT_EQ(model().run()->tokens.readable.size(), capture().tokens.size());
  EXPECT_EQ(model().run()->state.text, "The cat");
  d.type(" sat 猫😀");
  d.key(Key::enter);
  settle();
  EXPECT_EQ(model().run()->state.text, "The cat sat 猫😀");
  d.key(Key::z, kCtrl);
  settle();
  EXPECT_EQ(model().run()->state.text, before);
}

TEST_F(DriverModel, AnEmptyTextSaysSoAndKeepsThePicture) {
  open(checkpoint("gpt2-text"));
  const auto run = model().run();
  d.key(Key::l, kCtrl);
  d.key(Key::a, kCtrl);
  d.key(Key::del);
  settle();
  EXPECT_EQ(model().run(), run);
  EXPECT_THAT(model().error(), HasSubstr("empty"));
  EXPECT_TRUE(d.shows_with("empty"));
  EXPECT_TRUE(d.has("map"));
}

TEST_F(DriverModel, TextBeyondThePositionsIsCutAndSaysSo) {
  open(checkpoint("gpt2-text"));
  std::string longer;
  for (int i = 0; i < 200; ++i) longer += "dog ";
  d.key(Key::l, kCtrl);
  d.retype(longer);
  d.key(Key::enter);
  settle();
  EXPECT_EQ(capture().tokens.size(), 64u);
  EXPECT_TRUE(d.shows_with("cut"));
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

TEST_F(DriverModel, WordsSumTheirTokens) {
  open(checkpoint("gpt2-text"));
  d.key(Key::w);
  const auto& picture = seen().head_picture(model().run());
  ASSERT_TRUE(picture.weights);
  EXPECT_EQ(picture.queries.front(), "The");
  for (Eigen::Index i = 0; i < picture.weights->rows(); ++i) EXPECT_NEAR(picture.weights->row(i).sum(), 1.f, 1e-5f);
}

TEST_F(DriverModel, EveryPictureAndScaleDrawsWithoutOverlap) {
  for (const char* name : {"gpt2-text", "bert-text", "llama-gqa"}) {
    open(checkpoint(name));
    for (const auto& [w, h] : {std::pair{1440.f, 900.f}, {1280.f, 800.f}, {1920.f, 1080.f}}) {
      d.resize(w, h);
      for (int i = 0; i < 3; ++i) {
        d.key(Key::m);
        for (const auto scale : {figures::Scale::linear, figures::Scale::log, figures::Scale::row_rank}) {
          seen().scale = scale;
          d.key(Key::e);
          EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << name << " " << w << " picture " << i;
        }
      }
    }
  }
}

TEST_F(DriverModel, NarrowWindowsNameTheHeadAndOverlapNothingWithAnAblation) {
  open(checkpoint("gpt2-text"));
  d.click("head/0.1");
  d.key(Key::x);
  settle();
  d.click("head/1.1");
  for (const auto& [w, h] : {std::pair{1440.f, 900.f}, {1280.f, 800.f}, {1100.f, 760.f}, {1000.f, 700.f}, {800.f, 600.f}}) {
    d.resize(w, h);
    EXPECT_TRUE(d.shows("Layer 1 · Head 1") || d.shows("L1 H1")) << w;
    EXPECT_FALSE(d.region("model/words").rect.intersects(d.region("model/side").rect)) << w;
    EXPECT_TRUE(d.has("model/why")) << w;
  }
}

TEST_F(DriverModel, NarrowWindowsShowTheNumbersInPlaceOfTheHeads) {
  open(checkpoint("gpt2-text"));
  for (const auto& [w, h] : {std::pair{800.f, 600.f}, {600.f, 500.f}}) {
    d.resize(w, h);
    EXPECT_FALSE(d.has("model/ablate")) << w;
    d.click("model/numbers");
    EXPECT_TRUE(d.has("model/ablate")) << w;
    EXPECT_FALSE(d.has("head/0.1")) << w;
    EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << w;
    d.key(Key::b, kCtrl);
    EXPECT_FALSE(d.has("model/ablate")) << w;
  }
  d.resize(1280, 800);
  EXPECT_FALSE(d.has("model/numbers"));
  d.key(Key::b, kCtrl);
  EXPECT_TRUE(d.has("model/ablate"));
  EXPECT_TRUE(d.has("head/0.1"));
}

TEST_F(DriverModel, EveryNameInTheSidePanelsIsWhole) {
  open(fs::path(QKV_SOURCE_DIR) / "assets" / "models" / "induction");
  for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}, {1000.f, 700.f}}) {
    d.resize(w, h);
    for (const auto metric : {analysis::Metric::entropy, analysis::Metric::first_token, analysis::Metric::previous_token, analysis::Metric::induction, analysis::Metric::distance}) {
      seen().metric = metric;
      d.send(controls::Tick{0});
      d.resize(w, h);
      for (const auto& t : support::texts(d.frame()))
        EXPECT_FALSE(t.text->text.ends_with("…") && t.text->at.y > 90) << w << ": " << t.text->text;
    }
  }
}

TEST_F(DriverModel, TheChosenQueryIsNamedAtTheMapAndInViewAmongTheTokens) {
  open(checkpoint("gpt2-text"));
  std::string text;
  for (int i = 0; i < 80; ++i) text += " the dog";
  d.click("model/prompt");
  d.retype(text);
  settle();
  d.key(Key::enter);
  d.move({2, 2});
  settle();
  d.frame();
  EXPECT_TRUE(d.has("token/63"));
  EXPECT_FALSE(d.has("token/0"));
  EXPECT_TRUE(d.shows("63"));
}

TEST_F(DriverModel, AFolderThatIsNoModelSaysWhatIsMissing) {
  fs::create_directories(folder.path() / "empty");
  open(folder.path() / "empty");
  EXPECT_FALSE(model().is_open());
  EXPECT_THAT(model().error(), HasSubstr("config.json"));
  d.frame();
  EXPECT_TRUE(d.shows_with("config.json"));
}

TEST_F(DriverModel, AModelWithoutATokenizerTakesIds) {
  open(checkpoint("gpt2"));
  EXPECT_TRUE(d.shows("Token ids"));
  d.key(Key::l, kCtrl);
  d.retype("5, 6 7 5 6");
  d.key(Key::enter);
  settle();
  EXPECT_EQ(capture().token_ids, (std::vector<int>{5, 6, 7, 5, 6}));
  d.key(Key::l, kCtrl);
  d.retype("5 six");
  settle();
  EXPECT_THAT(model().error(), HasSubstr("token ids"));
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

TEST_F(DriverModel, ThePronounsCheckpointNamesTheReferent) {
  open(fs::path(QKV_SOURCE_DIR) / "assets" / "models" / "pronouns");
  const auto answer = [&](const std::string& text) {
    d.key(Key::l, kCtrl);
    d.retype(text);
    d.key(Key::enter);
    settle();
    const auto& tokens = model().run()->tokens.readable;
    const auto it = std::ranges::find(tokens, "it") - tokens.begin();
    return documents::predict(model().run(), static_cast<int>(it)).rows.at(0).readable;
  };
  EXPECT_EQ(answer("the dog chased the ball because it was excited"), "dog");
  EXPECT_EQ(answer("the dog chased the ball because it was red"), "ball");
}

TEST_F(DriverModel, ASampleSaysWhichQueryAndHeadLead) {
  open(fs::path(QKV_SOURCE_DIR) / "assets" / "models" / "pronouns");
  const auto leading = [&] {
    const auto& picture = seen().head_picture(model().run());
    return picture.queries.at(static_cast<std::size_t>(workspaces::leading_query(seen(), picture)));
  };
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 2);
  EXPECT_EQ(leading(), "it");
  d.key(Key::l, kCtrl);
  d.retype("because it was red the dog chased the ball");  // any text with the word
  d.key(Key::enter);
  settle();
  EXPECT_EQ(leading(), "it");
  d.key(Key::w);
  EXPECT_EQ(leading(), "it");
  d.key(Key::down, kShift);
  EXPECT_EQ(leading(), "was");
}

TEST_F(DriverModel, ASampleWithMistakesStillOpens) {
  const fs::path pronouns = fs::path(QKV_SOURCE_DIR) / "assets" / "models" / "pronouns";
  const auto with = [&](const std::string& name, const std::string& sample) {
    fs::copy(pronouns, folder.path() / name);
    std::ofstream(folder.path() / name / "text.json", std::ios::trunc) << sample;
    open(folder.path() / name);
    EXPECT_TRUE(model().error().empty()) << model().error();
    EXPECT_EQ(model().path().filename(), name);
  };
  with("beyond", R"({"text": "the dog", "query": "zebra", "head": "7.31"})");
  EXPECT_EQ(model().state().text, "the dog");
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 3);
  with("wrong_kinds", R"({"text": 7, "query": ["it"], "head": 1.2})");
  EXPECT_FALSE(model().state().text.empty());
  with("no_object", "[1, 2]");
  with("no_json", "the dog");
}

TEST_F(DriverModel, ACheckpointWithATextOfItsOwnBringsItAndItsHead) {
  const fs::path models = fs::path(QKV_SOURCE_DIR) / "assets" / "models";
  open(models / "induction");
  open(models / "pronouns");
  EXPECT_THAT(model().state().text, HasSubstr("it was excited"));
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 2);
  d.key(Key::l, kCtrl);
  d.retype("the dog was red");
  d.key(Key::enter);
  settle();
  open(models / "induction");  // what was typed comes along
  EXPECT_EQ(model().state().text, "the dog was red");
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

TEST_F(DriverModel, LineEndsAndTabsOfThePromptAreSeenAndKept) {
  open(checkpoint("gpt2-text"));
  d.key(Key::l, kCtrl);
  d.key(Key::a, kCtrl);
  d.clipboard.text = "The dog\nthe\tball";
  d.key(Key::v, kCtrl);
  d.key(Key::enter);
  settle();
  EXPECT_EQ(model().run()->state.text, "The dog\nthe\tball");
  EXPECT_TRUE(d.shows("The dog↵the⇥ball"));
  for (const auto& t : support::texts(d.frame())) EXPECT_EQ(t.text->text.find_first_of("\n\t"), std::string::npos) << t.text->text;
  d.click("model/prompt");  // only to look
  d.key(Key::enter);
  EXPECT_EQ(model().state().text, "The dog\nthe\tball");
}

TEST_F(DriverModel, TextIsReadWithTheSpacesThatItsVocabularyLeavesOut) {
  open(checkpoint("bert-text"));
  d.key(Key::l, kCtrl);
  d.retype("the dog, the ball.");
  d.key(Key::enter);
  settle();
  const auto read = [&] {
    std::string all;
    for (const auto& text : seen().head_picture(model().run()).text) all += text;
    return all;
  };
  EXPECT_EQ(read(), "[CLS] the dog, the ball. [SEP]");
  d.key(Key::w);
  EXPECT_EQ(read(), "[CLS] the dog, the ball. [SEP]");
}

TEST_F(DriverModel, WithoutItsPreviousTokenHeadInductionFails) {
  open(fs::path(QKV_SOURCE_DIR) / "assets" / "models" / "induction");
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

TEST_F(DriverModel, ACaptureFileOpensTooAndAnswersNoTyping) {
  open(checkpoint("gemma2") / "expected.safetensors");
  ASSERT_TRUE(model().is_open()) << model().error();
  EXPECT_EQ(model().run()->model, nullptr);
  EXPECT_FALSE(d.has("model/prompt"));
  EXPECT_TRUE(d.has("map"));
  d.key(Key::x);
  EXPECT_TRUE(model().state().ablated.empty());
}

TEST_F(DriverModel, TheLabIsLeftAsItWas) {
  d.click(Cell{Stage::w_q, 0, 0, 1, 1});
  d.key(Key::plus);
  const auto edited = d.experiment();
  open(checkpoint("gpt2-text"));
  EXPECT_FALSE(d.has("message"));
  d.key(Key::n2, kCtrl);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_TRUE(experiment::same(d.experiment(), edited));
}

}  // namespace
}  // namespace qkv::shell
