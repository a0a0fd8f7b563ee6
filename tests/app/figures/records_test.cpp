#include "app/figures/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/figures/numbers.h"
#include "tests/app/figures/look.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

TEST(Records, CanBeReadAtEveryWidthAndTemperature) {
  const analysis::Catalogue table = analysis::library_catalogue();
  for (const float width : {300.f, 466.f, 640.f, 900.f})
    for (const float temperature : {0.f, 1.f, 10.f})
      for (const int attribute : {0, 3}) {
        Sheet s({0, 0, width + 20, records_height(6) + 20}, temperature == 10);
        const analysis::Retrieval found =
            analysis::look_up(table, analysis::query_for(table, attribute), temperature);
        records(s.p, {10, 10, width, records_height(6)},
                {.catalogue = &table, .found = &found, .hovered = 2});
        const std::string name = std::to_string(static_cast<int>(width)) + "_" + number(temperature, 0) +
                                 "_" + std::to_string(attribute);
        EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << name;
        EXPECT_THAT(support::clipped(s.out), IsEmpty()) << name;
        look(s, "records_" + name);
      }
}

TEST(Records, AreLowerWhereThereIsLessHeight) {
  const analysis::Catalogue table = analysis::library_catalogue();
  const analysis::Retrieval found = analysis::look_up(table, query_for(table, 0), 1);
  Sheet s({0, 0, 486, 290});
  records(s.p, {10, 10, 466, 270}, {.catalogue = &table, .found = &found});
  EXPECT_THAT(support::overlaps(s.out), IsEmpty());
  EXPECT_THAT(support::clipped(s.out), IsEmpty());
}

TEST(Records, SayWhatWasFound) {
  const analysis::Catalogue table = analysis::library_catalogue();
  Vector query(4);
  query << 1.5f, 0, 0, 1;
  const analysis::Retrieval found = analysis::look_up(table, query, 1.5f);
  Sheet s({0, 0, 720, 400});
  records(s.p, {10, 10, 700, 380}, {.catalogue = &table, .found = &found});
  for (int i = 0; i < 6; ++i)
    EXPECT_NE(support::find_text(s.out, number(found.weights(0, i), 2)), nullptr) << i;
  for (int c = 0; c < 3; ++c)
    EXPECT_NE(support::find_text(s.out, number(found.blend(0, c), 2)), nullptr) << c;
  EXPECT_NE(support::find_text_with(s.out, "A fox's year"), nullptr);
  EXPECT_NE(drawing::find_region(s.out, "records/query"), nullptr);
  EXPECT_EQ(drawing::find_region(s.out, "records/keys")->columns, 4);
  EXPECT_EQ(drawing::find_region(s.out, "records/values")->rows, 6);
}

}  // namespace
}  // namespace qkv::figures
