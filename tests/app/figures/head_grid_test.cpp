#include "app/figures/head_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

HeadGrid grid_of(std::vector<HeadThumbnail>& thumbnails, int layers, int heads) {
  const auto picture = thumbnail_picture(pattern(21));
  thumbnails.assign(static_cast<std::size_t>(layers * heads), {picture, 0.4f, false});
  return {.layers = layers,
          .heads = heads,
          .thumbnails = thumbnails,
          .lo = 0,
          .hi = 0.75f,
          .metric = "induction score",
          .selected = HeadAt{layers / 2, heads / 3},
          .hovered = HeadAt{0, 0}};
}

class HeadGridSizes : public ::testing::TestWithParam<std::pair<int, int>> {};

TEST_P(HeadGridSizes, IsReadableAndFindsItsHeads) {
  const auto [layers, heads] = GetParam();
  Sheet s({0, 0, 384, 480});
  std::vector<HeadThumbnail> thumbnails;
  const HeadGrid grid = grid_of(thumbnails, layers, heads);
  auto l = head_grid_layout({20, 20, 344, 440}, layers, heads);
  l = head_grid_layout(l.area, layers, heads, scroll_to(l, *grid.selected));
  head_grid(s.p, l, grid);
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_THAT(support::clipped(s.out), IsEmpty());
  EXPECT_GE(l.pitch, 12);
  EXPECT_LE(l.pitch, 84);
  const auto id = "head/" + std::to_string(grid.selected->layer) + "." + std::to_string(grid.selected->head);
  const drawing::Region* region = drawing::find_region(s.out, id);
  ASSERT_NE(region, nullptr);
  EXPECT_TRUE(region->clip.contains(region->rect.center()));
  EXPECT_EQ(head_at(l, region->rect.center()), grid.selected);
  EXPECT_EQ(drawing::region_at(s.out, region->rect.center())->id, id);
}

INSTANTIATE_TEST_SUITE_P(Models, HeadGridSizes,
                         ::testing::Values(std::pair{1, 1}, std::pair{2, 4}, std::pair{12, 12},
                                           std::pair{30, 9}, std::pair{48, 40}, std::pair{120, 128}));

TEST(HeadGrid, ShowsEveryHeadOnceWhereAllFit) {
  Sheet s({0, 0, 384, 480});
  std::vector<HeadThumbnail> thumbnails;
  HeadGrid grid = grid_of(thumbnails, 12, 12);
  thumbnails[7].picture = nullptr;
  const auto l = head_grid_layout({20, 20, 344, 440}, 12, 12);
  EXPECT_EQ(l.pitch, 27);  // the design's
  EXPECT_EQ(l.inner, 21);
  head_grid(s.p, l, grid);
  EXPECT_EQ(count<drawing::Heat>(s.out), 143);
  EXPECT_EQ(drawing::find_region(s.out, "head/0.7")->hint, "Not computed yet.");
  EXPECT_NE(support::find_text(s.out, "0.75"), nullptr);
  EXPECT_NE(support::find_text(s.out, "induction score"), nullptr);
  EXPECT_NE(support::find_text(s.out, "frame tint"), nullptr);
}

TEST(HeadGrid, CrossesAnAblatedHead) {
  std::vector<HeadThumbnail> thumbnails;
  const auto lines = [&](bool ablated) {
    Sheet s({0, 0, 384, 480});
    const HeadGrid grid = grid_of(thumbnails, 2, 2);
    thumbnails[3].ablated = ablated;
    head_grid(s.p, head_grid_layout({20, 20, 344, 440}, 2, 2), grid);
    return count<drawing::Polyline>(s.out);
  };
  EXPECT_EQ(lines(true) - lines(false), 2);
}

TEST(HeadGrid, AnswersNothingOutside) {
  const auto l = head_grid_layout({20, 20, 344, 440}, 3, 3);
  EXPECT_EQ(head_at(l, {0, 0}), std::nullopt);
  EXPECT_EQ(head_at(l, {360, 300}), std::nullopt);
  EXPECT_EQ(head_at(l, l.frame_of({2, 1}).center()), (HeadAt{2, 1}));
}

TEST(ThumbnailPicture, IsTheRootOfThePooledMaximum) {
  Matrix m = Matrix::Zero(64, 64);
  m(63, 0) = 0.25f;
  m(10, 3) = std::numeric_limits<float>::quiet_NaN();
  const auto picture = thumbnail_picture(m, 32);
  ASSERT_EQ(picture->rows(), 32);
  EXPECT_EQ((*picture)(31, 0), 0.5f);
  EXPECT_TRUE(std::isnan((*picture)(5, 1)));
  EXPECT_EQ((*picture)(0, 31), 0);
  EXPECT_EQ(thumbnail_picture(Matrix::Ones(3, 5))->cols(), 5);
}

}  // namespace
}  // namespace qkv::figures
