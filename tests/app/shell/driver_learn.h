#pragma once
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/app/shell/driver.h"

namespace qkv::shell {

/// Texts that are cut, other than by what is scrolled: the column of text, a listing.
inline std::vector<std::string> texts_cut_in_a_lesson(Driver& d) {
  std::vector<std::string> out;
  const auto& text = d.region("learn/text");
  const drawing::Region* listing = drawing::find_region(d.frame(), "learn/listing");
  for (const auto& t : support::clipped(d.frame())) {
    const auto within = [&](const drawing::Region& r) {
      return t.clip.intersects(r.rect) && t.text->box.x >= r.rect.x - 0.5f && t.text->box.right() <= r.rect.right() + 0.5f;
    };
    const bool column = d.has("learn/scroll") && within(text), code = listing && d.has("learn/code/scroll") && within(*listing);
    if (!column && !code) out.push_back(t.text->text);
  }
  return out;
}

inline void expect_well_laid_out(Driver& d, const std::string& where) {
  EXPECT_THAT(support::overlaps(d.frame()), ::testing::IsEmpty()) << where;
  EXPECT_EQ(texts_cut_in_a_lesson(d), std::vector<std::string>{}) << where;
}

}  // namespace qkv::shell
