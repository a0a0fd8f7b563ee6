#include "app/documents/talk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <tuple>

#include "app/documents/talk_session.h"
#include "core/error.h"
#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "tests/app/documents/lesson_text.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::documents {
namespace {

namespace fs = std::filesystem;
using attention::Stage;
using testing::refusal_of;
using testing::replaced;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const fs::path kAssets = fs::path(QKV_SOURCE_DIR) / "assets";

constexpr const char* kTalk = R"(---
talk: Attention
---

# The question

```step
notes: Ask first.
  Then wait.
```

Whom does *sat* look at?

# Scores

```step
experiment: cat_sat_down
set: temperature = 2
set: mask = none
stage: scores
query: sat
key: cat
hide: no
```

# A lesson

```step
lesson: 4.2
```

# A head

```step
query: 3
head: 1.0
model: pronouns
prompt: the dog saw the ball
picture: lines
```
)";

Talk read(const std::string& text) { return talk_from(text, "folder/talk.md"); }

auto fields_of(const StageStep& s) { return std::tie(s.experiment, s.settings, s.stage, s.layer, s.head, s.query, s.key); }
auto fields_of(const LessonReference& l) { return std::tie(l.lesson, l.step); }
auto fields_of(const ModelStep& m) { return std::tie(m.model, m.text, m.layer, m.head, m.picture, m.query); }

template <typename Step>
void expect_same(const std::optional<Step>& a, const std::optional<Step>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (a) {
    EXPECT_EQ(fields_of(*a), fields_of(*b));
  }
}

void expect_same(const TalkStep& a, const TalkStep& b) {
  EXPECT_EQ(std::tie(a.title, a.markdown, a.notes, a.hides), std::tie(b.title, b.markdown, b.notes, b.hides));
  EXPECT_EQ(a.text.size(), b.text.size());
  expect_same(a.stage, b.stage);
  expect_same(a.lesson, b.lesson);
  expect_same(a.model, b.model);
}

void expect_same(const Talk& a, const Talk& b) {
  EXPECT_EQ(a.title, b.title);
  ASSERT_EQ(a.steps.size(), b.steps.size());
  for (std::size_t i = 0; i < a.steps.size(); ++i) expect_same(a.steps[i], b.steps[i]);
  ASSERT_EQ(a.experiments.size(), b.experiments.size());
  for (std::size_t i = 0; i < a.experiments.size(); ++i) {
    EXPECT_EQ(a.experiments[i].first, b.experiments[i].first);
    EXPECT_TRUE(experiment::same(*a.experiments[i].second, *b.experiments[i].second));
  }
}

TEST(Talk, IsReadAsItIsWritten) {
  const Talk talk = read(kTalk);
  EXPECT_EQ(talk.title, "Attention");
  ASSERT_EQ(talk.steps.size(), 4u);
  EXPECT_EQ(talk.steps[0].notes, "Ask first.\nThen wait.");
  EXPECT_EQ(talk.steps[0].markdown, "Whom does *sat* look at?");
  EXPECT_TRUE(talk.steps[0].hides);
  EXPECT_EQ(talk.steps[1].stage->stage, Stage::scores);
  EXPECT_FALSE(talk.steps[1].hides);
  EXPECT_EQ(talk.steps[2].lesson->step, 2);
  EXPECT_EQ(talk.steps[3].model->query, 3) << "named before the model, and yet its own";
  EXPECT_EQ(talk.steps[3].model->layer, 1);
  EXPECT_FALSE(talk.steps[3].stage);
}

TEST(Talk, ReadsBackAsTheSameTalk) {
  const Talk talk = read(kTalk);
  expect_same(talk, read(talk_as_markdown(talk)));
}

TEST(Talk, OfEveryShippedExperimentCarriesItInside) {
  for (const auto& entry : fs::directory_iterator(kAssets / "experiments")) {
    if (entry.path().extension() != ".json") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const Talk talk = talk_of(experiment::load(entry.path()), 0, 0, 0, 0);
    expect_same(talk, read(talk_as_markdown(talk)));
  }
}

TEST(Talk, OfALessonIsItsSteps) {
  const Talk talk = talk_of(testing::read(testing::small_lesson()));
  ASSERT_FALSE(talk.steps.empty());
  expect_same(talk, read(talk_as_markdown(talk)));
  EXPECT_EQ(talk.steps.back().lesson->step, static_cast<int>(talk.steps.size()));
}

TEST(Talk, TokensAndNotesThatLookLikeMarkdownStayWhole) {
  experiment::Experiment e = experiment::default_experiment();
  e.tokens[0].text = "```experiment-2";
  e.tokens[1].text = "# heading\n---";
  e.title = "``` --- # : {{x}}";
  Talk talk = talk_of(e, 0, 0, 2, 1);
  talk.steps[0].notes = "key: value\n# not a heading\n---";
  expect_same(talk, read(talk_as_markdown(talk)));
}

TEST(Talk, ALargeExperimentIsReadBack) {
  experiment::Experiment e = experiment::with_d_model(experiment::default_experiment(), 300);
  for (auto* p : {&e.layers[0].heads[0].w_q, &e.layers[0].heads[0].w_k}) {
    p->origin = experiment::Origin::imported;
    p->values = std::make_shared<Matrix>(Matrix::Random(300, 300));
  }
  e.d_k = 300;
  const std::string text = talk_as_markdown(talk_of(e, 0, 0, 2, 1));
  EXPECT_GT(text.size(), std::size_t{1} << 20);
  EXPECT_TRUE(experiment::same(*read(text).experiments.at(0).second, e));
}

struct Mistake {
  const char *what, *by, *place, *says;
};

TEST(Talk, EveryMistakeIsToldWithItsLine) {
  const Mistake mistakes[] = {
      {"---\ntalk: Attention\n---\n", "", ":1: ", "begins with a line ---"},
      {"talk: Attention", "lesson: 4", ":2: ", "'talk: TITLE' and nothing else"},
      {"talk: Attention\n", "", ":1: ", "'talk: TITLE'"},
      {"talk: Attention", "talk: Attention\nauthor: me", ":3: ", "not 'author'"},
      {"stage: scores", "stage: lens", ":20: ", "no stage 'lens'"},
      {"stage: scores", "stage: logits", ":20: ", "no stage 'logits'"},
      {"experiment: cat_sat_down\n", "", ":14: ", "name its experiment"},
      {"experiment: cat_sat_down", "experiment: experiment-1", ":14: ", "no block 'experiment-1'"},
      {"hide: no", "hide: maybe", ":23: ", "yes or no"},
      {"hide: no", "lesson: 4.2", ":14: ", "shows one thing"},
      {"hide: no", "colour: red", ":23: ", "no 'colour'"},
      {"hide: no", "stage: weights", ":23: ", "'stage' is said twice"},
      {"# A lesson\n\n```step\nlesson: 4.2\n```\n", "# A lesson\n\n```step\nlesson: 4.2\n```\n\nNow {{weights[sat,cat]}}.\n", ":32: ", "no live numbers"},
      {"# A lesson\n\n```step\nlesson: 4.2\n```\n", "# A lesson\n\n```step\nlesson: 4.2\n```\n\n$\\frac{1$\n", ":32: ", "frac"},
      {"lesson: 4.2", "lesson: four", ":29: ", "two numbers"},
      {"lesson: 4.2", "lesson: 4.x", ":29: ", "whole number"},
      {"lesson: 4.2", "lesson: 4.-2", ":29: ", "whole number"},
      {"lesson: 4.2", "lesson: 99999999999.2", ":29: ", "whole number"},
      {"model: pronouns\n", "", ":32: ", "shows"},
      {"picture: lines", "picture: film", ":39: ", "no picture 'film'"},
      {"query: 3", "query: dog", ":35: ", "whole number"},
      {"# A lesson\n\n```step\nlesson: 4.2\n```\n", "# A lesson\n\n```step\nlesson: 4.2\n```\n\n```question\nchoose: what?\n```\n", ":32: ", "no question of its own"},
      {"picture: lines\n```\n", "picture: lines\n```\n\n```experiment-1\n{}\n", ":42: ", "not closed"},
      {"picture: lines\n```\n", "picture: lines\n```\n\n```experiment-1\n{\"tokens\": 3}\n```\n", ":42: ", "experiment-1"},
  };
  for (const Mistake& m : mistakes) {
    SCOPED_TRACE(std::string(m.what) + " → " + m.by);
    const std::string refusal = refusal_of([&] { read(replaced(kTalk, m.what, m.by)); });
    EXPECT_THAT(refusal, StartsWith(std::string("folder/talk.md") + m.place));
    EXPECT_THAT(refusal, HasSubstr(m.says));
    EXPECT_LE(refusal.size(), 500u);
  }
}

TEST(Talk, HostileFilesAreRefused) {
  EXPECT_NE(refusal_of([] { read(""); }), "no refusal");
  EXPECT_NE(refusal_of([] { read(std::string(3 << 20, 'a')); }), "no refusal");
  EXPECT_NE(refusal_of([] { read("---\ntalk: \xff\xfe\n---\n# a\n```step\n```\n"); }), "no refusal");
  std::string many = "---\ntalk: t\n---\n";
  for (int i = 0; i < 1000; ++i) many += "# s\n```step\n```\n";
  EXPECT_THAT(refusal_of([&] { read(many); }), HasSubstr("200"));
  const std::string block = experiment::to_json(experiment::default_experiment());
  EXPECT_THAT(refusal_of([&] { read(std::string(kTalk) + "\n```experiment-1\n" + block + "```\n\n```experiment-1\n" + block + "```\n"); }), HasSubstr("second block"));
}

TEST(Talk, IsToldFromALessonByItsHeader) {
  const qkv::testing::TempFolder folder;
  testing::write(folder.path() / "talk.md", kTalk);
  testing::write(folder.path() / "lesson.md", testing::small_lesson());
  EXPECT_TRUE(is_talk_file(folder.path() / "talk.md"));
  EXPECT_FALSE(is_talk_file(folder.path() / "lesson.md"));
  EXPECT_FALSE(is_talk_file(folder.path() / "nothing.md"));
  EXPECT_FALSE(is_talk_file(folder.path()));
}

// Giving it.

TEST(TalkSession, ShowsEveryKindOfStep) {
  TalkSession session(read(kTalk), kAssets, {});
  EXPECT_FALSE(session.document());
  session.go_to(1);
  ASSERT_TRUE(session.document());
  EXPECT_EQ(session.query(), 2);
  EXPECT_EQ(session.key(), 1);
  EXPECT_EQ(session.document()->experiment().temperature, 2);
  session.go_to(2);
  ASSERT_TRUE(session.lessons());
  EXPECT_EQ(session.lessons()->lesson().number, 4);
  session.go_to(3);
  session.wait();
  ASSERT_TRUE(session.model() && session.model_is_ready());
  EXPECT_EQ(session.model()->state().text, "the dog saw the ball");
}

TEST(TalkSession, WhatCannotBeShownSaysSoAndTheTalkStays) {
  const auto refusal = [&](const char* what, const char* by, int step) {
    TalkSession session(read(replaced(kTalk, what, by)), kAssets, {});
    const std::string says = refusal_of([&] { session.go_to(step); });
    EXPECT_EQ(session.index(), 0);
    EXPECT_FALSE(session.document());
    return says;
  };
  EXPECT_THAT(refusal("lesson: 4.2", "lesson: 4.77", 2), HasSubstr("step 77 of lesson 4"));
  EXPECT_THAT(refusal("lesson: 4.2", "lesson: 99.1", 2), HasSubstr("lesson 99"));
  EXPECT_THAT(refusal("model: pronouns", "model: nothing", 3), HasSubstr("'nothing'"));
  EXPECT_THAT(refusal("head: 1.0", "head: 9.9", 3), HasSubstr("has no head 9.9: its last is 1.3"));
  EXPECT_THAT(refusal("experiment: cat_sat_down", "experiment: dog", 1), HasSubstr("'dog'"));
  EXPECT_THAT(refusal("query: sat", "query: dog", 1), HasSubstr("dog"));
  EXPECT_THAT(refusal("hide: no", "head: 0.5", 1), HasSubstr("0.5"));
  EXPECT_THAT(refusal("set: mask = none", "set: mask = iron", 1), HasSubstr("iron"));
  TalkSession session(read(kTalk), kAssets, {});
  EXPECT_THAT(refusal_of([&] { session.go_to(4); }), HasSubstr("4 steps"));
  EXPECT_THAT(refusal_of([&] { session.go_to(-1); }), HasSubstr("4 steps"));
}

TEST(TalkSession, AStepThatCannotBeShownIsNamedByFileAndLine) {
  const qkv::testing::TempFolder folder;
  const fs::path file = folder.path() / "mine.md";
  std::ofstream(file) << replaced(kTalk, "query: sat", "query: dog");
  const Talk talk = read_talk(file);
  TalkSession session(talk, kAssets, {});
  EXPECT_THAT(refusal_of([&] { session.go_to(1); }), ::testing::StartsWith(file.string() + ":" + std::to_string(talk.steps[1].line) + ": "));

  std::ofstream(file) << "---\ntalk: t\n---\n# a\n```step\nmodel: pronouns\nprompt: the dog\nquery: 40\n```\n";
  TalkSession model(read_talk(file), kAssets, {});
  EXPECT_THAT(refusal_of([&] { model.wait(); }), ::testing::StartsWith(file.string() + ":4: "));
}

TEST(TalkSession, ATokenThatTheTextOfAModelHasNotIsAnError) {
  TalkSession session(read("---\ntalk: t\n---\n# a\n```step\nmodel: pronouns\nprompt: the dog\nquery: 40\n```\n"), kAssets, {});
  EXPECT_THAT(refusal_of([&] { session.wait(); }), HasSubstr("there is no token 40"));
}

TEST(TalkSession, WithoutTargetsItBeginsWithTheStrongestWeightBetweenWords) {
  TalkSession session(read("---\ntalk: t\n---\n# a\n```step\nexperiment: trained_head\nstage: weights\n```\n"), kAssets, {});
  const auto& tokens = session.document()->experiment().tokens;
  EXPECT_EQ(tokens[static_cast<std::size_t>(session.query())].text, "it");
  EXPECT_EQ(tokens[static_cast<std::size_t>(session.key())].text, "dog");
}

TEST(TalkSession, StepsShareTheirExperimentAndKeepWhatWasChanged) {
  Talk talk = talk_of(experiment::default_experiment(), 0, 0, 2, 1);
  talk.steps.insert(talk.steps.begin() + 2, read(kTalk).steps[1]);
  TalkSession session(talk, kAssets, {});
  LabDocument* const own = session.document();
  own->apply(experiment::with_value(own->experiment(), {Stage::k, 0, 0, 1, 2}, 1.5f), "drag");
  session.go_to(2);
  EXPECT_NE(session.document(), own);
  session.go_to(3);
  EXPECT_EQ(session.document(), own);
  EXPECT_EQ(attention::value(*session.document()->trace(), {Stage::k, 0, 0, 1, 2}), 1.5f);
}

TEST(TalkSession, SavedAndReplayedItGivesTheSameTraces) {
  const qkv::testing::TempFolder folder;
  Talk talk = talk_of(experiment::load(kAssets / "experiments" / "red_ball.json"), 0, 1, 2, 1);
  talk.steps.push_back(read(kTalk).steps[1]);
  TalkSession given(talk, kAssets, {});
  given.document()->apply(experiment::with_value(given.document()->experiment(), {Stage::embedding, 0, 0, 1, 0}, -0.7f), "drag");
  given.go_to(given.count() - 1);
  given.document()->apply(experiment::with_value(given.document()->experiment(), {Stage::w_q, 0, 0, 1, 0}, 3), "drag");
  save_talk(given.as_given(), folder.path() / "talk.md");
  TalkSession again(read_talk(folder.path() / "talk.md"), {}, {});  // on a machine without the program's own files
  ASSERT_EQ(again.count(), given.count());
  for (int i = 0; i < given.count(); ++i) {
    given.go_to(i);
    again.go_to(i);
    EXPECT_EQ(again.query(), given.query());
    EXPECT_EQ(again.key(), given.key());
    const auto &a = *given.document()->trace(), &b = *again.document()->trace();
    for (std::size_t h = 0; h < a.layers[0].heads.size(); ++h) {
      EXPECT_EQ(a.layers[0].heads[h].weights, b.layers[0].heads[h].weights);
      EXPECT_EQ(a.layers[0].heads[h].output, b.layers[0].heads[h].output);
    }
  }
}

TEST(TalkSession, WhatLiesBesideATalkTravelsInsideIt) {
  const qkv::testing::TempFolder here, there;
  fs::create_directory(here.path() / "mine");
  experiment::save(experiment::with_value(experiment::default_experiment(), {Stage::k, 0, 0, 1, 2}, 1.25f), here.path() / "mine" / "own.json");
  const std::string markdown = "---\ntalk: Moved\n---\n\n# One\n\n```step\nexperiment: mine/own.json\nset: mask = causal\nstage: weights\n```\n\n# Two\n\n```step\nexperiment: mine/own.json\nstage: weights\n```\n\n"
                               "# Three\n\n```step\nexperiment: it_dog\nstage: scores\n```\n";
  std::ofstream(here.path() / "talk.md") << markdown;
  TalkSession given(read_talk(here.path() / "talk.md"), kAssets, {});
  save_talk(given.as_given(), there.path() / "talk.md");  // nothing was edited, nor are all its steps visited
  TalkSession again(read_talk(there.path() / "talk.md"), kAssets, {});
  EXPECT_EQ(again.talk().experiments.size(), 1u);
  EXPECT_EQ(again.talk().steps[2].stage->experiment, "it_dog");
  EXPECT_THAT(given.to_take_along(), ::testing::IsEmpty());
  for (int i = 0; i < given.count(); ++i) {
    given.go_to(i);
    again.go_to(i);
    EXPECT_EQ(given.document()->experiment().mask, again.document()->experiment().mask);
    EXPECT_EQ(given.document()->trace()->layers[0].heads[0].weights, again.document()->trace()->layers[0].heads[0].weights);
  }
}

TEST(TalkSession, WhatATalkCannotHoldIsSaid) {
  TalkSession session(read(replaced(replaced(kTalk, "lesson: 4.2", "lesson: 77.1"), "model: pronouns", "model: mine/small")), kAssets, {});
  EXPECT_THAT(session.to_take_along(), ::testing::ElementsAre("the model 'mine/small'", "your lesson 77"));
}

TEST(TalkSession, ATalkWithoutStepsIsRefused) {
  EXPECT_THAT(refusal_of([] { TalkSession session(Talk{}, kAssets, {}); }), HasSubstr("no steps"));
}

}  // namespace
}  // namespace qkv::documents
