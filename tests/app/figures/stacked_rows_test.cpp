#include "app/figures/stacked_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/figures/numbers.h"
#include "core/analysis/weighted_sum.h"
#include "core/attention/softmax.h"
#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

StackedRows stack_of(int n, int d) {
  Matrix scores(1, n), values(n, d), weights;
  for (int i = 0; i < n; ++i) {
    scores(0, i) = static_cast<float>((i * 7) % 5) * 0.7f;
    for (int c = 0; c < d; ++c) values(i, c) = static_cast<float>((i * 5 + c * 3) % 9 - 4) * 0.3f;
  }
  attention::softmax_rows(scores, weights);
  const analysis::WeightedSum sum = analysis::weighted_sum(weights, values);
  StackedRows s;
  s.query = "sat";
  s.keys = labels(n);
  s.weights = std::make_shared<Matrix>(weights);
  s.values = std::make_shared<Matrix>(values);
  s.products = std::make_shared<Matrix>(sum.products);
  s.sums = std::make_shared<Matrix>(sum.sums);
  for (int c = 0; c < d; ++c)
    s.columns.push_back(std::vector<std::string>{"animate", "domestic animal", "subject",
                                                 "past"}[static_cast<std::size_t>(c) % 4]);
  return s;
}

TEST(StackedRows, CanBeReadAtEveryWidth) {
  for (const float width : {300.f, 466.f, 900.f})
    for (const int d : {3, 8})
      for (const int n : {4, 9})
        for (const int shown : {0, 2, -1}) {
          Sheet sheet({0, 0, width + 20, stacked_rows_height(n) + 20}, n == 9);
          StackedRows s = stack_of(n, d);
          s.shown = shown;
          s.hovered_column = 1;
          stacked_rows(sheet.p, {10, 10, width, stacked_rows_height(n)}, s);
          const std::string name = std::to_string(static_cast<int>(width)) + "_" + std::to_string(n) + "x" +
                                   std::to_string(d) + "_" + std::to_string(shown);
          EXPECT_THAT(support::overlaps(sheet.out), IsEmpty()) << name;
          EXPECT_THAT(support::clipped(sheet.out), IsEmpty()) << name;
          look(sheet, "stack_" + name);
        }
}

TEST(StackedRows, TheSumIsThatOfTheRowsShown) {
  StackedRows s = stack_of(4, 3);
  s.hovered_column = 0;
  for (const int shown : {0, 1, 3, 4}) {
    Sheet sheet({0, 0, 486, 300});
    s.shown = shown;
    stacked_rows(sheet.p, {10, 10, 466, 280}, s);
    const auto* place = drawing::find_region(sheet.out, "stack/sum");
    ASSERT_NE(place, nullptr);
    bool drawn = false;  // the cells of the sum are those of the rows so far
    for (const auto& command : sheet.out.commands)
      if (const auto* heat = std::get_if<drawing::Heat>(&command); heat && heat->rect == place->rect) {
        drawn = true;
        EXPECT_EQ(*heat->values, s.sums->row(shown)) << shown;
      }
    EXPECT_TRUE(drawn);
    float sum = 0;
    for (int i = 0; i < shown; ++i) sum += (*s.weights)(0, i) * (*s.values)(i, 0);
    EXPECT_NE(support::find_text(sheet.out, number(sum, 2)), nullptr) << shown;
    for (int i = 0; i < 4; ++i) {
      const bool printed = support::find_text(sheet.out, number((*s.products)(i, 2), 2)) != nullptr;
      if (i < shown) {
        EXPECT_TRUE(printed) << i;
      }
    }
    if (shown > 0) {
      EXPECT_NE(support::find_text(sheet.out, shown == 4   ? "output"
                                              : shown == 1 ? "sum of 1 row"
                                                           : "sum of 3 rows"),
                nullptr);
    }
  }
}

TEST(StackedRows, SixtyFourKeysStillFit) {
  Sheet sheet({0, 0, 486, 320});
  stacked_rows(sheet.p, {10, 10, 466, 300}, stack_of(64, 8));
  EXPECT_THAT(support::overlaps(sheet.out), IsEmpty());
  EXPECT_THAT(support::clipped(sheet.out), IsEmpty());
  const auto* sum = drawing::find_region(sheet.out, "stack/sum");
  ASSERT_NE(sum, nullptr);
  EXPECT_LE(sum->rect.bottom(), 310);
}

}  // namespace
}  // namespace qkv::figures
