#include "core/attention/mask.h"

#include <gtest/gtest.h>

namespace qkv::attention {
namespace {

std::string drawn(const Mask& mask, int n) {
  std::string text;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) text += mask.allows(i, j) ? '1' : '.';
    text += ' ';
  }
  return text;
}

TEST(Mask, Kinds) {
  Mask mask;
  EXPECT_EQ(drawn(mask, 3), "111 111 111 ");
  mask.kind = MaskKind::causal;
  EXPECT_EQ(drawn(mask, 3), "1.. 11. 111 ");
  mask.kind = MaskKind::sliding_window;
  EXPECT_EQ(drawn(mask, 4), "1... 11.. .11. ..11 ");
  mask.window = 1;
  EXPECT_EQ(drawn(mask, 3), "1.. .1. ..1 ");
}

TEST(Mask, PaddingHidesAKeyAndACustomCellHasTheLastWord) {
  Mask mask;
  mask.kind = MaskKind::causal;
  mask.padding = {true, false, false};
  EXPECT_EQ(drawn(mask, 3), "... .1. .11 ");
  mask.custom = {{{0, 2}, true}, {{2, 0}, true}, {{2, 2}, false}};
  EXPECT_EQ(drawn(mask, 3), "..1 .1. 11. ");
}

TEST(Mask, TheWholeMatrixSaysTheSame) {
  Mask mask;
  EXPECT_EQ(allowed_keys(mask, 5).size(), 0);  // nothing hidden
  mask.kind = MaskKind::sliding_window;
  mask.window = 3;
  mask.padding = {false, true, false, false, false};
  mask.custom = {{{0, 4}, true}, {{3, 3}, false}, {{9, 9}, true}, {{-1, 0}, true}};
  const AllowedKeys allowed = allowed_keys(mask, 5);
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) EXPECT_EQ(allowed(i, j), mask.allows(i, j));
  }
}

}  // namespace
}  // namespace qkv::attention
