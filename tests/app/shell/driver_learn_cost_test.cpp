#include <chrono>
#include <functional>
#include <thread>

#include "app/shell/render.h"
#include "tests/app/shell/driver_learn.h"
#include "tests/app/support/made_up_cost.h"

// Lesson 16 measures the machine it runs on.
namespace qkv::shell {
namespace {

/// Lets the clock run until something is so; the worker measures for seconds.
bool comes(Driver& d, const std::function<bool()>& holds) {
  for (int i = 0; i < 4000 && !holds(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    d.wait(0.01 * i);
    d.frame();
  }
  return holds();
}

TEST(Learn, TheCostIsMeasuredAtOnceGrowsAndEndsWithTheStep) {
  Driver d;
  d.key(Key::n1, kCtrl);
  auto& session = *d.session().learn;
  auto& studies = *d.session().studies;
  go_to_step(session, d.session().learn_view, 15, 1);
  EXPECT_FALSE(studies.measuring_cost());
  d.wait(0.01);
  d.resize(1280, 800);
  d.frame();
  EXPECT_TRUE(studies.measuring_cost());
  EXPECT_TRUE(d.shows_with("Measuring 1 of 5"));
  EXPECT_TRUE(comes(d, [&] { return d.shows("n²"); }));  // two points, and the line through one
  EXPECT_TRUE(d.has("cost/time") && d.has("cost/memory"));
  d.move(d.center("cost/time"));
  d.move(d.center("cost/time"));
  EXPECT_TRUE(d.session().learn_view.cost_n.has_value());
  d.key(Key::right);
  d.frame();
  EXPECT_TRUE(comes(d, [&] { return !studies.measuring_cost(); }));
  d.key(Key::left);
  d.frame();
  EXPECT_TRUE(studies.measuring_cost());
  EXPECT_TRUE(comes(d, [&] { return d.shows("n²"); }));
  d.click("learn/cost");
  EXPECT_TRUE(comes(d, [&] { return !studies.measuring_cost(); }));
  EXPECT_TRUE(comes(d, [&] { return d.shows("Measure again"); }));
  EXPECT_TRUE(d.shows_with("Stopped"));
  EXPECT_TRUE(d.shows("n²"));
  d.click("learn/cost");
  EXPECT_TRUE(studies.measuring_cost());
  d.key(Key::n2, kCtrl);  // another workspace
  d.frame();
  EXPECT_TRUE(comes(d, [&] { return !studies.measuring_cost(); }));
}

TEST(Learn, APictureOfTheCostWaitsForEveryCurve) {
  Driver d{AppConfig{.width = 1280, .height = 800}};
  RenderRequest request;
  request.workspace = Workspace::learn;
  request.lesson = 16;
  request.step = 2;
  d.app.show(request);
  d.frame();
  EXPECT_TRUE(d.shows_with("Measured on this machine"));
  for (const char* name : {"all scores kept", "tile by tile", "window of 128", "linear", "n²", "with a cache", "without a cache"}) EXPECT_TRUE(d.shows(name)) << name;
  EXPECT_FALSE(d.shows("Not measured yet"));
  EXPECT_TRUE(d.shows_with("random q, k, v (seed"));
  EXPECT_FALSE(d.shows_with("hand-set"));
  expect_well_laid_out(d, "the cost, measured");
}

/// How often a name is written, but for the lesson's text, where it is italic.
int times_shown(Driver& d, std::string_view words) {
  int count = 0;
  for (const auto& command : d.app.frame().commands)
    if (const auto* text = std::get_if<drawing::Text>(&command)) count += text->text == words && !text->style.italic ? 1 : 0;
  return count;
}

TEST(Learn, TheCostNamesEveryCurveAtAnySize) {
  for (const auto& [width, height] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}, {1920.f, 1080.f}, {1000.f, 700.f}}) {
    Driver d{AppConfig{.width = width, .height = height}};
    RenderRequest request;
    request.workspace = Workspace::learn;
    request.lesson = 16;
    request.step = 2;
    request.cost = support::made_up_cost();
    d.app.show(request);
    d.frame();
    const std::string size = std::to_string(static_cast<int>(width));
    EXPECT_FALSE(d.session().studies->measuring_cost()) << size;
    const int plots = d.has("cost/memory") ? 2 : 1;
    for (const char* name : {"all scores kept", "tile by tile", "window of 128", "linear"}) EXPECT_EQ(times_shown(d, name), plots + 1) << name << " " << size;
    EXPECT_TRUE(d.shows("208 MB")) << "the peak of the largest n";
    expect_well_laid_out(d, "the cost at " + size);
    for (const char* plot : {"cost/time", "cost/memory", "cost/decoding"})
      if (d.has(plot)) {
        d.move(d.center(plot));
        d.move(d.center(plot));
        d.frame();
        expect_well_laid_out(d, std::string(plot) + " pointed at, " + size);
      }
  }
}

}  // namespace
}  // namespace qkv::shell
