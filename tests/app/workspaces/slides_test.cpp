#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "app/controls/no_clipboard.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/experiment_names.h"
#include "app/workspaces/present/present.h"
#include "app/workspaces/present/slide.h"
#include "app/workspaces/present/terms.h"
#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "tests/app/support/layout_checks.h"

// The stage of a talk: legible from the last row, whatever the experiment, and every number on it core's.
namespace qkv::workspaces {
namespace {

namespace fs = std::filesystem;
using experiment::Experiment;
using ::testing::IsEmpty;

constexpr drawing::Rect kScreens[] = {{0, 0, 1920, 1080}, {0, 0, 1280, 800}, {0, 0, 1024, 768}};

drawing::TextEngine& engine() {
  static drawing::TextEngine shared;
  return shared;
}

drawing::Drawing stage(documents::TalkSession& talk, drawing::Rect screen, bool revealed) {
  drawing::Drawing out;
  out.bounds = screen;
  drawing::Painter painter(out, engine(), drawing::built_in_theme(false));
  controls::Interaction nobody;
  controls::NoClipboard clipboard;
  controls::Ui ui{painter, nobody, clipboard};
  static const auto studies = std::make_shared<documents::LearnStudies>();
  studies->scaling(7);  // of lesson 9
  studies->wait();
  studies->poll();
  PresentView view;
  view.step = talk.index();
  view.revealed = revealed;
  view.learn.studies = studies;
  present(ui, talk, view, screen, true);
  return out;
}

/// Texts smaller than what can be read from the last row.
std::vector<std::string> too_small(const drawing::Drawing& d) {
  std::vector<std::string> small;
  const float unit = std::min(d.bounds.w / 1920, d.bounds.h / 1080);
  for (const auto& t : support::texts(d))
    if (t.text->style.size < 28 * unit - 0.01f) small.push_back(t.text->text + " " + std::to_string(t.text->style.size / unit));
  return small;
}

void expect_legible(const drawing::Drawing& d) {
  EXPECT_THAT(support::overlaps(d), IsEmpty());
  EXPECT_THAT(support::clipped(d), IsEmpty());
  EXPECT_THAT(too_small(d), IsEmpty());
}

/// Every number that stands in a cell of the trace is the one that core has.
void expect_cores_numbers(documents::TalkSession& talk, const drawing::Drawing& d) {
  const documents::StageStep& step = *talk.step().stage;
  const Experiment& e = talk.document()->experiment();
  const auto trace = experiment::evaluate(e);
  const ExperimentNames names(e);
  // As many rows as there was room for.
  std::size_t cells = 0;
  for (const auto& region : d.regions) cells += region.id.starts_with("slide/") ? 1 : 0;
  Slide slide;
  for (const int rows : {12, 10, 8, 6, 5, 4}) {
    slide = slide_of({.trace = trace, .names = names, .layer = step.layer, .head = step.head, .query = talk.query(), .key = talk.key(), .most_rows = rows}, step.stage);
    const std::size_t last = slide.tables.front().rows.size() - 1;
    const bool same = std::ranges::any_of(d.regions, [&](const auto& region) { return region.id.starts_with("slide/0/" + std::to_string(last) + "/"); });
    if (same || step.stage == attention::Stage::scores) break;
  }
  EXPECT_GT(cells, 0u);
  int read = 0;
  for (const auto& region : d.regions) {
    const auto cell = slide_cell(slide, region.id);
    if (!cell) continue;
    std::string printed;
    for (const auto& t : support::texts(d))
      if (region.rect.contains(t.text->box.center())) printed = t.text->text;
    const float value = attention::value(trace, *cell);
    if (printed == "masked") {
      EXPECT_EQ(value, 0.f);
    } else {
      EXPECT_THAT((std::vector{figures::number(value, 2), figures::number(value, 1), figures::number(value, 0), figures::telling_number(value, 2), figures::listed_weight(value, 2), figures::listed_weight(value, 1), figures::listed_weight(value, 0)}), ::testing::Contains(printed)) << region.id;
    }
    ++read;
  }
  EXPECT_GT(read, 0);
}

void expect_good_stages(const Experiment& e, int layer = 0, int head = 0, int query = -1, int key = 0) {
  const int n = static_cast<int>(e.tokens.size());
  documents::TalkSession talk(documents::talk_of(e, layer, head, query < 0 ? n - 1 : query, key), {}, {});
  for (int i = 0; i < talk.count(); ++i) {
    talk.go_to(i);
    SCOPED_TRACE(talk.step().title);
    for (const drawing::Rect screen : kScreens) {
      SCOPED_TRACE(std::to_string(static_cast<int>(screen.w)));
      const auto shown = stage(talk, screen, true);
      expect_legible(shown);
      expect_cores_numbers(talk, shown);
      expect_legible(stage(talk, screen, false));
    }
  }
}

TEST(Slides, OfEveryExperimentAndStageAreLegibleOnEveryScreen) {
  for (const auto& entry : fs::directory_iterator(fs::path(QKV_SOURCE_DIR) / "assets" / "experiments")) {
    if (entry.path().extension() != ".json") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const Experiment e = experiment::load(entry.path());
    const auto target = e.targets.empty() ? experiment::Target{} : e.targets.front();
    expect_good_stages(e, target.layer, target.head, target.query, target.key);
  }
}

TEST(Slides, OfOneToken) { expect_good_stages(experiment::with_sentence(experiment::default_experiment(), "alone")); }

TEST(Slides, OfFortyTokensShowTheWeightiestAndCountTheRest) {
  std::string sentence;
  for (int i = 0; i < 40; ++i) sentence += "word" + std::to_string(i) + " ";
  const Experiment e = experiment::with_sentence(experiment::default_experiment(), sentence);
  expect_good_stages(e, 0, 0, 39, 3);
  documents::TalkSession talk(documents::talk_of(e, 0, 0, 39, 3), {}, {}, 5);
  const auto shown = stage(talk, kScreens[0], true);
  EXPECT_TRUE(support::find_text_with(shown, "32 tokens more"));
  EXPECT_TRUE(support::find_text(shown, "word3"));
}

TEST(Slides, OfVeryLongTokensAreCutNotRunTogether) {
  const std::string long_word(200, 'm');
  expect_good_stages(experiment::with_sentence(experiment::default_experiment(), long_word + " " + long_word + "x the cat"));
  expect_good_stages(experiment::with_sentence(experiment::default_experiment(), "مرحبا 日本語のトークン Donaudampfschifffahrtsgesellschaft 😀"));
}

TEST(Slides, OfNumbersThatAreNone) {
  Experiment e = experiment::default_experiment();
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30f, -123456.f, 3e-20f}) {
    SCOPED_TRACE(bad);
    expect_good_stages(experiment::with_value(e, {attention::Stage::embedding, 0, 0, 1, 2}, bad), 0, 0, 2, 1);
    expect_good_stages(experiment::with_value(e, {attention::Stage::k, 0, 0, 1, 2}, bad), 0, 0, 2, 1);
  }
}

TEST(Slides, OfEveryHead) {
  Experiment e = experiment::with_heads(experiment::default_experiment(), 0, 3);
  e = experiment::with_layers(std::move(e), 2);
  for (int layer = 0; layer < 2; ++layer)
    for (int head = 0; head < static_cast<int>(e.layers[static_cast<std::size_t>(layer)].heads.size()); ++head) expect_good_stages(e, layer, head, 2, 1);
}

TEST(Slides, OfManyDimensions) {
  expect_good_stages(experiment::with_d_k(experiment::default_experiment(), 64), 0, 0, 2, 1);
  expect_good_stages(experiment::with_d_model(experiment::default_experiment(), 64), 0, 0, 2, 1);
  expect_good_stages(experiment::with_d_k(experiment::with_d_v(experiment::default_experiment(), 1), 1), 0, 0, 2, 1);
}

TEST(Slides, OfARowThatMayAttendToNothing) {
  Experiment e = experiment::default_experiment();
  e.mask = attention::MaskKind::none;
  for (int key = 0; key < static_cast<int>(e.tokens.size()); ++key) e.custom_mask[{2, key}] = false;
  expect_good_stages(e, 0, 0, 2, 1);
  documents::TalkSession talk(documents::talk_of(e, 0, 0, 2, 1), {}, {}, 5);
  const auto shown = stage(talk, kScreens[0], true);
  EXPECT_FALSE(support::find_text_with(shown, "sum to 1"));
}

TEST(Slides, AMaskedCellSaysSo) {
  Experiment e = experiment::default_experiment();
  e.mask = attention::MaskKind::causal;
  documents::TalkSession talk(documents::talk_of(e, 0, 0, 2, 1), {}, {}, 5);
  const auto shown = stage(talk, kScreens[0], true);
  EXPECT_TRUE(support::find_text(shown, "masked"));
  EXPECT_TRUE(support::find_text(shown, "−∞"));
}

TEST(Slides, MaskedTokensThatAreNoTermsOfTheOutputAreCounted) {
  Experiment e = experiment::default_experiment();
  e.mask = attention::MaskKind::causal;
  documents::TalkSession talk(documents::talk_of(e, 0, 0, 1, 0), {}, {}, 7);
  EXPECT_TRUE(support::find_text(stage(talk, kScreens[0], true), "2 tokens masked"));
  documents::TalkSession last(documents::talk_of(e, 0, 0, 3, 0), {}, {}, 7);
  for (const auto& t : support::texts(stage(last, kScreens[0], true))) EXPECT_EQ(t.text->text.find("masked"), std::string::npos);
}

TEST(Slides, WithScalingTemperatureCapAndPositions) {
  Experiment e = experiment::default_experiment();
  for (const bool scale : {true, false})
    for (const float temperature : {1.f, 0.05f, 50.f})
      for (const float cap : {0.f, 5.f}) {
        e.scale = scale;
        e.temperature = temperature;
        e.softcap = cap;
        e.positions = cap > 0 ? attention::Positions::rope : attention::Positions::alibi;
        expect_good_stages(e, 0, 0, 3, 1);
      }
}

/// Every step of every lesson, as F5 in Learn begins it.
TEST(Slides, OfEveryLessonStepAreLegibleOnEveryScreen) {
  const fs::path assets = fs::path(QKV_SOURCE_DIR) / "assets";
  for (const documents::Lesson& lesson : documents::read_lessons({assets / "lessons"}).lessons) {
    documents::TalkSession talk(documents::talk_of(lesson), assets, {});
    for (int i = 0; i < talk.count(); ++i) {
      talk.go_to(i);
      talk.wait();
      SCOPED_TRACE("lesson " + std::to_string(lesson.number) + ", step " + std::to_string(i + 1) + ": " + talk.step().title);
      for (const drawing::Rect screen : kScreens) {
        SCOPED_TRACE(std::to_string(static_cast<int>(screen.w)));
        expect_legible(stage(talk, screen, true));
        if (screen.w == 1920) expect_legible(stage(talk, screen, false));
      }
    }
  }
}

TEST(Slides, OfLesson9HaveANumberInEveryScoreCell) {
  const auto loaded = documents::read_lessons({fs::path(QKV_SOURCE_DIR) / "assets" / "lessons"});
  const auto lesson = std::ranges::find(loaded.lessons, 9, &documents::Lesson::number);
  ASSERT_NE(lesson, loaded.lessons.end());
  documents::TalkSession talk(documents::talk_of(*lesson), fs::path(QKV_SOURCE_DIR) / "assets", {}, 1);
  for (const drawing::Rect screen : kScreens) {
    const drawing::Drawing shown = stage(talk, screen, false);
    expect_legible(shown);
    int cells = 0, numbers = 0;
    for (const auto& command : shown.commands)
      if (const auto* heat = std::get_if<drawing::Heat>(&command)) {
        cells += static_cast<int>(heat->values->size());
        for (const auto& t : support::texts(shown)) numbers += heat->rect.contains(t.text->box.center()) ? 1 : 0;
      }
    EXPECT_EQ(cells, 32);
    EXPECT_EQ(numbers, cells) << screen.w;
  }
}

TEST(Slides, OfAModelAreLegibleInEveryPicture) {
  const std::string prompts[] = {"The dog chased the ball because it was excited.", "the dog", "the dog saw the ball and the cat saw the dog and the ball and the red ball saw the dog because it was red"};
  for (const std::string& prompt : prompts)
    for (const char* picture : {"map", "lines", "text"}) {
      SCOPED_TRACE(std::string(picture) + ": " + prompt);
      const std::string markdown = "---\ntalk: A model\n---\n\n# The same in a trained model\n\n```step\nmodel: pronouns\nprompt: " + prompt + "\nhead: 1.2\npicture: " + picture + "\n```\n";
      documents::TalkSession talk(documents::talk_from(markdown, "talk.md"), fs::path(QKV_SOURCE_DIR) / "assets", {});
      talk.wait();
      for (const drawing::Rect screen : kScreens) {
        SCOPED_TRACE(std::to_string(static_cast<int>(screen.w)));
        const auto shown = stage(talk, screen, true);
        expect_legible(shown);
        EXPECT_TRUE(support::find_text_with(shown, "dog"));
        EXPECT_EQ(std::string(picture) == "map", support::find_text_with(shown, "attends to") != nullptr);
      }
    }
}

TEST(Slides, WhatIsHiddenIsNowhereOnTheStage) {
  const Experiment e = experiment::default_experiment();
  documents::TalkSession talk(documents::talk_of(e, 0, 0, 2, 1), {}, {}, 5);
  const std::string weight = figures::listed_weight(attention::value(*talk.document()->trace(), {attention::Stage::weights, 0, 0, 2, 1}), 2);
  EXPECT_TRUE(support::find_text(stage(talk, kScreens[0], true), weight));
  EXPECT_FALSE(support::find_text(stage(talk, kScreens[0], false), weight));
}

TEST(Slides, ShowTheLecturersHeadingAndText) {
  const std::string sentence = "One of four words weighs most, and the room has just said which.";
  for (const char* stage_name : {"x", "q", "k", "scores", "scaled", "weights", "v", "output"})
    for (const int sentences : {0, 1, 6, 18}) {
      SCOPED_TRACE(std::string(stage_name) + " with " + std::to_string(sentences));
      std::string markdown = "---\ntalk: t\n---\n\n# My own heading\n\n```step\nexperiment: it_dog\nstage: " + std::string(stage_name) + "\n```\n\n";
      for (int i = 0; i < sentences; ++i) markdown += sentence + " ";
      documents::TalkSession talk(documents::talk_from(markdown, "talk.md"), fs::path(QKV_SOURCE_DIR) / "assets", {});
      for (const drawing::Rect screen : kScreens)
        for (const bool revealed : {true, false}) {
          const auto shown = stage(talk, screen, revealed);
          expect_legible(shown);
          EXPECT_TRUE(support::find_text_with(shown, "My own heading"));
          EXPECT_EQ(sentences > 0, support::find_text_with(shown, "four") != nullptr);
        }
    }
}

TEST(Slides, OfLessonsAndModelsShowTheLecturersHeadingAndTextToo) {
  const std::string sentence = "One of four words weighs most, and the room has just said which.";
  for (const char* what : {"lesson: 5.2", "lesson: 9.2", "lesson: 10.1", "model: pronouns\npicture: map", "model: pronouns\npicture: lines", "model: pronouns\npicture: text"})
    for (const int sentences : {0, 1, 6, 18}) {
      SCOPED_TRACE(std::string(what) + " with " + std::to_string(sentences));
      std::string markdown = "---\ntalk: t\n---\n\n# My own heading\n\n```step\n" + std::string(what) + "\n```\n\n";
      for (int i = 0; i < sentences; ++i) markdown += sentence + " ";
      documents::TalkSession talk(documents::talk_from(markdown, "talk.md"), fs::path(QKV_SOURCE_DIR) / "assets", {});
      talk.wait();
      for (const drawing::Rect screen : kScreens)
        for (const bool revealed : {true, false}) {
          const auto shown = stage(talk, screen, revealed);
          expect_legible(shown);
          EXPECT_TRUE(support::find_text_with(shown, "My own"));
          EXPECT_EQ(sentences > 0, support::find_text_with(shown, "just") != nullptr);
        }
    }
}

TEST(Slides, OfTheProgramKeepTheirTitle) {
  documents::TalkSession talk(documents::talk_of(experiment::default_experiment(), 0, 0, 2, 1), {}, {}, 5);
  EXPECT_TRUE(support::find_text_with(stage(talk, kScreens[0], true), "into weights that sum to 1"));
}

/// Numbers, letters and signs of a formula, in the order they are written.
std::string told(const FormulaNode& node) {
  std::string out = node.text == "()" ? "" : node.text;
  for (const FormulaNode& part : node.parts) {
    const std::string inside = told(part);
    out += (out.empty() || inside.empty() ? "" : " ") + inside;
  }
  return out;
}
attention::Term term_of(std::initializer_list<float> factors) {
  attention::Term term{.factors = {}, .value = 1};
  for (const float f : factors) {
    term.factors.push_back({.is_cell = false, .cell = {}, .name = {}, .value = f});
    term.value *= f;
  }
  return term;
}

attention::Explanation explained(attention::Operation operation, float value, std::vector<attention::Term> terms) {
  attention::Explanation why;
  why.operation = operation;
  why.value = value;
  why.terms = std::move(terms);
  return why;
}

TEST(Terms, OfABlendGiveItsResult) {
  attention::Explanation why = explained(attention::Operation::mix, 0, {term_of({0.9953f, 2.8751f}), term_of({0.001f, 0.3f})});
  why.value = why.terms[0].value + why.terms[1].value;
  EXPECT_EQ(told(sum_of_products(why, {}, FormulaNode::Role::weight, 1)), "= 0.995 · 2.875 = 2.86") << "0.995 · 2.88 is 2.87";
  why.terms = {term_of({0.5f, 4.f})};
  why.value = 2;
  EXPECT_EQ(told(sum_of_products(why, {}, FormulaNode::Role::weight, 1)), "= 0.50 · 4.00 = 2.00");
}

TEST(Terms, OfAProjectionNameItsBiasAndCountTheProducts) {
  attention::Explanation why = explained(attention::Operation::project, 3.75f, {term_of({2, 1}), term_of({1, 1}), term_of({0.5f, 0.5f}), term_of({0.5f})});
  EXPECT_EQ(told(sum_of_products(why, {}, FormulaNode::Role::query, 1)), "= 2.00 · 1.00 + … (2 more: 1.25) + bias 0.50 = 3.75");
  EXPECT_EQ(told(sum_of_products(why, {}, FormulaNode::Role::query, 3)), "= 2.00 · 1.00 + 1.00 · 1.00 + 0.50 · 0.50 + bias 0.50 = 3.75");
}

TEST(Terms, OfASoftmaxSubtractTheMaximumAboveAndBelow) {
  attention::Explanation why = explained(attention::Operation::softmax, 1 / 1.07f, {term_of({20}), term_of({17.34f})});
  why.maximum = 20;
  why.sum = 1.07f;
  why.terms[0].value = 1;
  why.terms[1].value = 0.07f;
  EXPECT_EQ(told(softmax_formula(why, {}, {}, 0)), "= e 20.00 − 20.00 ∑ keys e s − max = 1.00 1.07 = 0.93");
  EXPECT_EQ(told(softmax_formula(why, {0, 1}, {}, 0)), "= e 20.00 − 20.00 e 20.00 − 20.00 + e 17.34 − 20.00 = 1.00 1.00 + 0.07 = 0.93");
}

TEST(Slides, ColumnsLeftOutAreNearerToZero) {
  documents::TalkSession talk(documents::talk_of(experiment::with_d_model(experiment::default_experiment(), 64), 0, 0, 2, 1), {}, {}, 0);
  EXPECT_TRUE(support::find_text_with(stage(talk, kScreens[0], true), "none farther from 0"));
}

TEST(Slides, OfAModelListNoWeightAsZero) {
  documents::TalkSession talk(documents::talk_from("---\ntalk: t\n---\n\n# A model\n\n```step\nmodel: pronouns\nprompt: the dog chased the ball because it was excited .\nhead: 1.2\nquery: 7\npicture: map\n```\n", "talk.md"), fs::path(QKV_SOURCE_DIR) / "assets", {});
  talk.wait();
  const auto shown = stage(talk, kScreens[0], true);
  EXPECT_TRUE(support::find_text(shown, "<0.01"));
  EXPECT_FALSE(support::find_text(shown, "0.00"));
  EXPECT_TRUE(support::find_text_with(shown, "more, together 0.0"));
}

TEST(Slides, RegionsThatAreNoneGiveNoCell) {
  Slide slide;
  for (const char* region : {"", "slide/", "slide/0", "slide/0/0/0", "slide/9999999999999999999/0/0", "slide/-1/0/0", "elsewhere/0/0/0"}) EXPECT_FALSE(slide_cell(slide, region)) << region;
}

}  // namespace
}  // namespace qkv::workspaces
