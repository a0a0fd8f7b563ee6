#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/figures/histogram.h"
#include "app/figures/numbers.h"
#include "app/figures/scaling_plots.h"
#include "app/figures/symbols.h"
#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

// The curves and histograms of lesson 9, on the numbers that the lesson measures.
namespace qkv::figures {
namespace {

using drawing::Rect;
using ::testing::IsEmpty;

void expect_readable(const drawing::Drawing& d, const std::string& what) {
  EXPECT_THAT(support::overlaps(d), IsEmpty()) << what;
  EXPECT_THAT(support::clipped(d), IsEmpty()) << what;
}

const analysis::ScalingStudy& study() {
  static const analysis::ScalingStudy made = analysis::scaling_study({});
  return made;
}

constexpr ScalingMeasure kMeasures[] = {ScalingMeasure::variance, ScalingMeasure::largest_weight,
                                        ScalingMeasure::entropy, ScalingMeasure::jacobian_norm};

TEST(ScalingCurves, CanBeReadAtEveryWidthAndCursor) {
  for (const ScalingMeasure measure : kMeasures)
    for (const float width : {300.f, 466.f, 900.f})
      for (const int d_k : {1, 8, 64, 91, 512}) {
        Sheet s({0, 0, width + 20, 340}, d_k % 2 == 0);
        Curves data = scaling_curves(study(), measure, s.p.theme(), static_cast<float>(d_k));
        const Rect body = heading(s.p, {10, 10, width, 320},
                                  {.title = scaling_title(measure), .note = scaling_note(study(), measure)});
        curves(s.p, curves_layout(s.p, body, data), data);
        expect_readable(s.out,
                        scaling_title(measure) + " " + std::to_string(width) + " " + std::to_string(d_k));
        if (d_k == 64 || d_k == 512)
          look(s, "curves_" + std::to_string(static_cast<int>(measure)) + "_" +
                      std::to_string(static_cast<int>(width)) + "_" + std::to_string(d_k));
      }
}

TEST(ScalingCurves, BoxesSayWhatWasMeasured) {
  Sheet s({0, 0, 486, 340}, false);
  const Curves data = scaling_curves(study(), ScalingMeasure::jacobian_norm, s.p.theme(), 64.f);
  const AxesLayout l = curves_layout(s.p, {10, 10, 466, 320}, data);
  curves(s.p, l, data);
  look(s, "curves_gradient");
  const analysis::ScalingPoint& at = *study().at(64);
  EXPECT_NE(support::find_text(s.out, number(at.unscaled.jacobian_norm.mean, 3)), nullptr);
  EXPECT_NE(support::find_text(s.out, number(at.scaled.jacobian_norm.mean, 3)), nullptr);
  EXPECT_EQ(support::find_text(s.out, "64")->style.weight, 700) << "the cursor's tick is strong";
  Sheet between({0, 0, 486, 340}, false);
  Curves other = data;
  other.cursor = 95.f;
  curves(between.p, l, other);
  ASSERT_NE(support::find_text(between.out, "91"), nullptr) << "the measured d_k next to it";
  EXPECT_EQ(support::find_text(between.out, "91")->style.weight, 700);
  EXPECT_THAT(support::overlaps(between.out), IsEmpty());
  EXPECT_EQ(*cursor_at(l, data, l.x_at(60)), 64);
  EXPECT_EQ(*cursor_at(l, data, -100), 1);
  EXPECT_EQ(*cursor_at(l, data, 1e6f), 512);
  ASSERT_NE(drawing::find_region(s.out, "scaling"), nullptr);
}

TEST(ScalingCurves, TheUsersExperimentStandsOnTheSameAxes) {
  analysis::OwnPoint own;
  own.point = *study().at(8);
  own.point.unscaled.jacobian_norm = {0.11f, 0.05f, 0.2f};
  own.point.scaled.jacobian_norm = {0.2f, 0.15f, 0.3f};
  for (const float width : {300.f, 466.f, 900.f}) {
    Sheet s({0, 0, width + 20, 340}, false);
    const Curves data =
        scaling_curves(study(), ScalingMeasure::jacobian_norm, s.p.theme(), 64.f, own, "yours");
    curves(s.p, curves_layout(s.p, {10, 10, width, 320}, data), data);
    expect_readable(s.out, std::to_string(width));
    EXPECT_NE(support::find_text(s.out, "yours"), nullptr) << width;
    look(s, "curves_own_" + std::to_string(static_cast<int>(width)));
  }
}

TEST(Histogram, CanBeReadAndSaysItsNumbers) {
  static constexpr int kWidths[] = {1, 64, 512};
  const auto samples = analysis::score_samples(4, kWidths, 5000);
  for (const auto& sample : samples)
    for (const float width : {300.f, 466.f, 900.f})
      for (const bool dark : {false, true}) {
        Sheet s({0, 0, width + 20, 340}, dark);
        const auto& t = s.p.theme();
        const float limit = 4 * std::sqrt(static_cast<float>(sample.d_k));
        const auto plain = analysis::histogram(sample.scores, -limit, limit, 64);
        const auto theory = normal_curve(static_cast<float>(sample.d_k), -limit, limit);
        histogram(s.p, {10, 10, width, 160},
                  {.data = &plain,
                   .colour = t.warn,
                   .name = "q·k",
                   .line = "line: N(0, " + std::to_string(sample.d_k) + ")",
                   .theory = theory,
                   .facts = {{"variance", number(sample.variance, 1)},
                             {"theory", "d_k = " + std::to_string(sample.d_k)}},
                   .tick_labels = false});
        const auto scaled = analysis::histogram(sample.scores, -limit, limit, 128,
                                                1 / std::sqrt(static_cast<float>(sample.d_k)));
        const auto one = normal_curve(1, -limit, limit);
        histogram(s.p, {10, 174, width, 160},
                  {.data = &scaled,
                   .colour = t.weight,
                   .name = "q·k ÷ √d_k",
                   .line = "line: N(0, 1)",
                   .theory = one,
                   .facts = {{"variance", number(sample.scaled_variance, 3)}, {"theory", "1"}},
                   .x_title = "score"});
        const std::string name = std::to_string(sample.d_k) + "_" + std::to_string(static_cast<int>(width));
        expect_readable(s.out, name);
        look(s, "histogram_" + name);
        EXPECT_NE(support::find_text(s.out, number(sample.variance, 1)), nullptr);
        EXPECT_NE(support::find_text(s.out, number(sample.scaled_variance, 3)), nullptr);
        EXPECT_NE(drawing::find_region(s.out, "histogram/q·k"), nullptr);
      }
}

TEST(Histogram, BarsAreAsHighAsTheirDensity) {
  Sheet s({0, 0, 320, 200}, false);
  const float values[] = {-1.5f, -0.5f, -0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 9};
  const auto data = analysis::histogram(values, -2, 2, 4);
  histogram(s.p, {10, 10, 300, 160}, {.data = &data, .colour = s.p.theme().warn});
  std::vector<float> heights;
  for (const auto& command : s.out.commands)
    if (const auto* fill = std::get_if<drawing::FillRect>(&command);
        fill && fill->rect.w > 50 && fill->rect.w < 80)
      heights.push_back(fill->rect.h);
  ASSERT_EQ(heights.size(), 3u) << "an empty bin has no bar";
  EXPECT_NEAR(heights[1] / heights[0], 2, 0.02f);
  EXPECT_NEAR(heights[2] / heights[0], 4, 0.04f);
}

}  // namespace
}  // namespace qkv::figures
