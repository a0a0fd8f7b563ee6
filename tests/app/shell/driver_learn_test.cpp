#include <fstream>

#include "tests/app/shell/driver_learn.h"

// Lessons as a reader uses them: steps, goals met by hand, the way to the Lab and back, the check, the list.
namespace qkv::shell {
namespace {

TEST(Learn, StepsMoveWithTheArrowsAndTheButtons) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  d.key(Key::right);
  EXPECT_EQ(session.step_index(), 1);
  d.key(Key::left);
  EXPECT_EQ(session.step_index(), 0);
  d.click("learn/next");
  EXPECT_EQ(session.step_index(), 1);
  d.click("learn/previous");
  EXPECT_EQ(session.step_index(), 0);
}

TEST(Learn, AGoalIsToldInWordsWithItsValueNow) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  const auto& steps = session.shelf().lessons[1].steps;
  const auto at = std::ranges::find_if(steps, [](const auto& step) { return step.question && step.question->goal; });
  ASSERT_NE(at, steps.end());
  go_to_step(session, d.session().learn_view, 1, static_cast<int>(at - steps.begin()));
  d.frame();
  const auto label = [&] { return d.region("learn/goal").label; };
  EXPECT_EQ(label(), "What is wanted: weight of 'sat' on 'cat' above 0.99, now " + *session.live("weights[sat,cat]"));
  session.document().apply(experiment::with_setting(session.document().experiment(), "temperature = 0.1"), "colder");
  session.wait();
  d.key(Key::page_down);  // any event: nothing is drawn without one
  d.key(Key::page_up);
  EXPECT_THAT(label(), ::testing::StartsWith("Done: "));
}

TEST(Learn, AClaimOfOnesOwnLessonThatIsFalseIsTold) {
  const qkv::testing::TempFolder folder;
  std::ofstream(folder.path() / "mine.md") << "---\nlesson: 0\ntitle: Mine\n---\n# A step\n\n```step\nexperiment: cat_sat_down\nfigure: weights\n"
                                              "claim: weights[sat,cat] > 0.7\nclaim: weights[sat,cat] > 0.9\n```\n\nText.\n\n# Another\n\n```step\n```\n";
  Driver d{AppConfig{.lessons_dir = folder.path()}};
  d.key(Key::n1, kCtrl);
  go_to_step(*d.session().learn, d.session().learn_view, 0, 0);
  d.frame();
  EXPECT_EQ(d.region("learn/false-claims").label, "mine.md:11: the claim 'weights[sat,cat] > 0.9' does not hold: weights[sat,cat] is 0.80.");
  expect_well_laid_out(d, "false claim");
  d.key(Key::right);
  EXPECT_FALSE(d.has("learn/false-claims"));
}

TEST(Learn, OnlyTheNamedCellsAnswerToTheHand) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  go_to_step(session, d.session().learn_view, 4, 1);  // a key is an advertisement: k[cat,*]
  d.frame();
  const auto k = [&] { return session.document().trace()->layers[0].heads[0].k; };
  const Matrix before = k();
  d.drag(d.at({Stage::k, 0, 0, 0, 0}), {0, -40});
  EXPECT_EQ(k(), before);
  d.drag(d.at({Stage::k, 0, 0, 1, 0}), {0, -40});
  EXPECT_NEAR(k()(1, 0), before(1, 0) + 1, 1e-4f);
  EXPECT_TRUE(d.has("learn/start-again"));
  d.click("learn/start-again");
  EXPECT_EQ(k(), before);
}

TEST(Learn, ALargeWindowShowsThePageLargerAndTheHandFollows) {
  Driver usual, d({.width = 1920, .height = 1080});
  for (Driver* driver : {&usual, &d}) {
    driver->key(Key::n1, kCtrl);
    go_to_step(*driver->session().learn, driver->session().learn_view, 4, 1);
  }
  const Cell cell{Stage::k, 0, 0, 1, 0};
  EXPECT_GT(d.rect(cell).w, 1.2f * usual.rect(cell).w);
  auto& session = *d.session().learn;
  const float before = session.document().trace()->layers[0].heads[0].k(1, 0);
  d.drag(d.at(cell), {0, -40 * 1.25f});
  EXPECT_NEAR(session.document().trace()->layers[0].heads[0].k(1, 0), before + 1, 0.11f);
  d.click("learn/next");
  EXPECT_EQ(session.step_index(), 2);
  d.click("learn/previous");
  EXPECT_EQ(session.step_index(), 1);
}

TEST(Learn, AStepOpensInTheLabExactlyAsItIsAndComesBack) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  go_to_step(session, d.session().learn_view, 4, 1);
  d.frame();
  d.drag(d.at({Stage::k, 0, 0, 1, 0}), {0, -40});
  const auto live = session.document().experiment();
  d.key(Key::l);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_TRUE(experiment::same(d.lab().experiment(), live));
  d.click("action/learn.back");
  EXPECT_EQ(d.session().workspace, Workspace::learn);
  EXPECT_EQ(session.lesson_index(), 4);
  d.key(Key::l);  // nothing was changed there: nothing to ask
  EXPECT_FALSE(d.session().message);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
}

TEST(Learn, WhileALessonWaitsBackspaceSetsACellOfTheLabToZero) {
  Driver d;
  d.key(Key::n1, kCtrl);
  go_to_step(*d.session().learn, d.session().learn_view, 4, 1);
  d.key(Key::l);
  const Cell cell{Stage::k, 0, 0, 1, 0};
  d.click(cell);
  ASSERT_NE(d.core(cell), 0);
  d.key(Key::backspace);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_EQ(d.core(cell), 0);
  d.key(Key::l);
  EXPECT_EQ(d.session().workspace, Workspace::learn);
}

/// The check from its first question to the score: `right` of the ten are answered right at once, the others wrong.
void take_the_check(Driver& d, int right) {
  auto& session = *d.session().learn;
  const int count = static_cast<int>(session.quiz()->items.size());
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(session.quiz()->at, i);
    const auto& question = *session.step().question;
    if (question.options.empty()) {
      d.key(Key::y);  // one to be done: shown
    } else {
      const Key keys[] = {Key::n1, Key::n2, Key::n3, Key::n4, Key::n5};
      for (std::size_t k = 0; k < question.options.size(); ++k)
        if (question.options[k].right == (i < right)) {
          d.key(keys[k]);
          break;
        }
      if (i >= right) { EXPECT_FALSE(session.answered()); }
    }
    d.key(Key::right);
    d.frame();
  }
}

TEST(Learn, TheCheckAsksScoresAndSaysWhatToRevisit) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  go_to_step(session, d.session().learn_view, 17, 0);
  d.frame();
  EXPECT_TRUE(d.shows("First question"));  // what the right arrow does
  EXPECT_TRUE(d.has("learn/so-far/0"));
  d.click("learn/begin");
  d.frame();
  ASSERT_TRUE(session.quiz());
  EXPECT_TRUE(d.shows("Question 1 of 10"));
  take_the_check(d, 4);
  const auto score = documents::score_of(*session.quiz());
  EXPECT_EQ(score.asked, 10);
  EXPECT_LE(score.right, 4);
  EXPECT_TRUE(d.shows_with(std::to_string(score.right) + " of 10 right at once"));
  const auto revisit = documents::to_revisit(session.shelf(), *session.quiz());
  ASSERT_FALSE(revisit.empty());
  expect_well_laid_out(d, "the score");
  d.click("learn/question/9");  // back to the last one, from the list
  EXPECT_EQ(session.quiz()->at, 9);
  d.key(Key::right);
  d.frame();
  d.click("learn/revisit/" + std::to_string(revisit.front()));
  EXPECT_EQ(session.lesson_index(), revisit.front());
}

TEST(Learn, AGoalIsMetByHand) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  go_to_step(session, d.session().learn_view, 8, 3);  // lesson 9: bring the gradient back
  d.frame();
  ASSERT_TRUE(session.step().question && session.step().question->goal);
  EXPECT_FALSE(session.answered());
  d.click("learn/scale");
  d.frame();
  EXPECT_TRUE(session.answered());
  EXPECT_TRUE(session.answer().right);
}

TEST(Learn, TheCodeOfEachLanguageIsShownAndCopied) {
  Driver d;
  d.key(Key::n1, kCtrl);
  go_to_step(*d.session().learn, d.session().learn_view, 10, 3);
  d.frame();
  EXPECT_TRUE(d.shows("import numpy as np"));
  d.click("learn/code/1");
  d.frame();
  EXPECT_TRUE(d.shows("import torch"));
  d.click("learn/copy-code");
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr("import torch"));
  d.click("learn/code/2");
  d.frame();
  d.click("learn/copy-code");
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr("experiment::evaluate"));
  d.click("learn/try/0");  // another sentence: another program, other numbers
  d.click("learn/copy-code");
  EXPECT_THAT(d.clipboard.text, ::testing::HasSubstr(experiment::sentence_of(d.session().learn->document().experiment())));
}

TEST(Learn, MistakesInATeachersLessonsAreToldInTheWindow) {
  const qkv::testing::TempFolder folder;
  const auto write = [&](const char* name, const char* text) { std::ofstream(folder.path() / name) << text; };
  write("30-good.md", "---\nlesson: 30\ntitle: Mine\noutcome: You can.\n---\n\n# One\n\n```step\nexperiment: cat_sat_down\nfigure: q\n```\n\nText.\n");
  write("31-bad.md", "---\nlesson: 31\ntitle: Bad\n---\n\n# One\n\n```step\nexperiment: cat_sat_down\nfigure: scoers\n```\n\nText.\n");
  write("32-worse.md", "no header");
  write("33-missing.md", "---\nlesson: 33\ntitle: Missing\noutcome: You can.\n---\n\n# One\n\n```step\nexperiment: cat_sat_donw\nfigure: q\n```\n\nText.\n");
  AppConfig config;
  config.lessons_dir = folder.path();
  Driver d{config};
  d.key(Key::n1, kCtrl);
  d.frame();
  EXPECT_TRUE(d.shows_with("31-bad.md:10: there is no figure 'scoers'"));
  EXPECT_THAT(d.region("status").label, ::testing::HasSubstr("2 lessons could not be read (Ctrl+L lists them)"));
  d.key(Key::l, kCtrl);
  d.frame();
  EXPECT_TRUE(d.shows("Could not be read"));
  EXPECT_THAT(support::all_text(d.frame()), ::testing::HasSubstr("32-worse.md:1: a lesson begins with"));
  EXPECT_THAT(support::overlaps(d.frame()), ::testing::IsEmpty());
  d.wheel(d.center("lessons/panel"), -40);
  d.frame();
  d.click("lessons/18");  // theirs, behind the eighteen
  EXPECT_EQ(d.session().learn->lesson().title, "Mine");
  d.key(Key::right);  // the next lesson cannot be shown: why, and the reader stays
  d.frame();
  EXPECT_THAT(d.region("status").label, ::testing::AllOf(::testing::HasSubstr("33-missing.md:"), ::testing::HasSubstr("there is no experiment 'cat_sat_donw'")));
  EXPECT_EQ(d.session().learn->lesson().title, "Mine");
}

TEST(Learn, TheListOfLessonsOpensOne) {
  Driver d;
  d.key(Key::n1, kCtrl);
  d.click("open-button");
  d.frame();
  ASSERT_TRUE(d.has("lessons/7"));
  EXPECT_FLOAT_EQ(d.region("lessons/panel").rect.x, d.region("open-button").rect.x);
  EXPECT_GT(d.region("lessons/panel").rect.y, d.region("open-button").rect.bottom());
  d.click("lessons/7");
  EXPECT_EQ(d.session().learn->lesson_index(), 7);
  EXPECT_FALSE(d.has("lessons/7"));
}

}  // namespace
}  // namespace qkv::shell
