#include <gmock/gmock.h>

#include "tests/app/shell/driver_model.h"

// The Model workspace in windows of many sizes: nothing overlaps, every name is whole.
namespace qkv::shell {
namespace {

using ::testing::IsEmpty;

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

TEST_F(DriverModel, LinesOfALongTextBeginAtTheLeadingQueryAndItsKey) {
  open(checkpoint("gpt2-text"));
  d.resize(1280, 800);
  std::string text;
  for (int i = 0; i < 80; ++i) text += " the dog";
  d.click("model/prompt");
  d.retype(text);
  d.key(Key::enter);
  d.move({2, 2});
  settle();
  d.key(Key::m);
  ASSERT_EQ(seen().picture, workspaces::Picture::lines);
  EXPECT_TRUE(d.has("query/63"));
  EXPECT_FALSE(d.has("query/0"));
  const auto leads = [&] { return "key/" + std::to_string(workspaces::leading_key(seen(), seen().head_picture(model().run()))); };
  EXPECT_TRUE(d.has(leads()));
  const std::string key = leads();
  d.wheel(d.center("query/63"), 100);  // the queries alone
  EXPECT_TRUE(d.has("query/0"));
  EXPECT_TRUE(d.has(key));
}

TEST_F(DriverModel, EveryNameInTheSidePanelsIsWhole) {
  open(shipped_model("induction"));
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

}  // namespace
}  // namespace qkv::shell
