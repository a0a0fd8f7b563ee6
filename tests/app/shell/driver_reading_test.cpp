#include <set>

#include "tests/app/shell/driver_learn.h"

// All lessons from the first step to the last: each is laid out well, every question is answered wrong and right.
namespace qkv::shell {
namespace {

struct Window {
  const char* name;
  float width, height;
  bool dark;
};
void PrintTo(const Window& w, std::ostream* out) { *out << w.name; }

class Reading : public ::testing::TestWithParam<Window> {
 protected:
  Driver d{AppConfig{.width = GetParam().width, .height = GetParam().height, .dark = GetParam().dark}};
  documents::LearnSession& session() { return *d.session().learn; }
  std::string where() {
    return std::string(GetParam().name) + ": lesson " + std::to_string(session().lesson().number) + ", step " + std::to_string(session().step_index() + 1);
  }
  void settle() {
    session().wait();
    d.frame();
    d.session().studies->wait();
    d.wait(0.01);
  }
  void open() {
    d.key(Key::n1, kCtrl);
    ASSERT_TRUE(d.session().learn && session().is_open());
    go_to_step(session(), d.session().learn_view, 0, 0);
    settle();
  }
};

std::string key_of(const documents::LearnSession& session) { return std::to_string(session.lesson_index()) + "/" + std::to_string(session.step_index()); }

TEST_P(Reading, EveryStepIsLaidOutWellAndEveryChoiceAnswersWrongAndRight) {
  open();
  ASSERT_EQ(session().shelf().troubles, std::vector<std::string>{});
  std::set<std::string> seen;
  for (int guard = 0; guard < 400; ++guard) {
    seen.insert(key_of(session()));
    expect_well_laid_out(d, where());
    if (const auto& question = session().step().question; question && !question->options.empty() && !session().quiz()) {
      int right = -1, wrong = -1;
      for (int i = 0; i < static_cast<int>(question->options.size()); ++i) (question->options[static_cast<std::size_t>(i)].right ? right : wrong) = i;
      const Key keys[] = {Key::n1, Key::n2, Key::n3, Key::n4, Key::n5};
      d.key(keys[wrong]);
      EXPECT_FALSE(session().answer().right) << where();
      EXPECT_EQ(session().answer().chosen, wrong) << where();
      settle();
      expect_well_laid_out(d, where() + ", answered wrong");
      d.key(keys[right]);
      EXPECT_TRUE(session().answer().right) << where();
      EXPECT_TRUE(session().answered()) << where();
      settle();
      expect_well_laid_out(d, where() + ", answered right");
    } else if (question && question->goal) {
      d.key(Key::y);
      EXPECT_TRUE(session().answered()) << where();
      expect_well_laid_out(d, where() + ", shown");
    }
    const std::string before = key_of(session());
    const auto asked = session().quiz() ? session().quiz()->at : -2;
    d.key(Key::right);
    settle();
    if (key_of(session()) == before && (session().quiz() ? session().quiz()->at : -2) == asked) break;  // the end
  }
  int steps = 0;
  for (const auto& lesson : session().shelf().lessons) steps += static_cast<int>(lesson.steps.size());
  EXPECT_EQ(static_cast<int>(seen.size()), steps);
}

INSTANTIATE_TEST_SUITE_P(Windows, Reading,
                         ::testing::Values(Window{"small_light", 1280, 800, false}, Window{"small_dark", 1280, 800, true}, Window{"usual_dark", 1440, 900, true},
                                           Window{"large_light", 1920, 1080, false}, Window{"large_dark", 1920, 1080, true}, Window{"text_150_dark", 853, 533, true}),
                         [](const auto& window) { return std::string(window.param.name); });

}  // namespace
}  // namespace qkv::shell
