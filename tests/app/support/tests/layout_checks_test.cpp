#include "tests/app/support/layout_checks.h"

#include <gmock/gmock.h>

#include "app/drawing/painter.h"

namespace qkv::support {
namespace {

using drawing::Rect;
using testing::IsEmpty;
using testing::SizeIs;

struct Page {
  drawing::Drawing drawing{.bounds = {0, 0, 200, 100}, .commands = {}, .regions = {}};
  drawing::TextEngine engine;
  drawing::Painter p{drawing, engine, drawing::built_in_theme(false)};
  drawing::TextStyle style{.color = {0, 0, 0, 255}};
};

TEST(Overlaps, FindsTextsThatRunIntoEachOther) {
  Page page;
  page.p.text({10, 50}, "long enough", page.style);
  page.p.text({40, 52}, "another", page.style);
  page.p.text({10, 80}, "apart", page.style);
  const auto found = overlaps(page.drawing);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].first.text->text, "long enough");
  EXPECT_EQ(found[0].second.text->text, "another");
}

TEST(Overlaps, NeighboursOnALineAndLinesBelowEachOtherDoNot) {
  Page page;
  const float width = page.p.text({10, 50}, "soft", page.style);
  page.p.text({10 + width, 50}, "max", page.style);
  page.p.text({10, 62}, "below", page.style);
  EXPECT_THAT(overlaps(page.drawing), IsEmpty());
}

TEST(Overlaps, TurnedTextsAreComparedAsTheyStand) {
  Page page;
  page.p.text({20, 90}, "a long upright label", page.style, drawing::Align::left, 90);
  page.p.text({40, 90}, "a long upright label", page.style, drawing::Align::left, 90);
  EXPECT_THAT(overlaps(page.drawing), IsEmpty());  // unturned they would
  page.p.text({10, 60}, "crossing", page.style);
  EXPECT_THAT(overlaps(page.drawing), SizeIs(2));
}

TEST(Overlaps, SlantedLabelsStandApartThoughTheirExtentsMeet) {
  Page page;
  page.p.text({20, 90}, "first label", page.style, drawing::Align::left, 45);
  page.p.text({40, 90}, "second label", page.style, drawing::Align::left, 45);
  EXPECT_THAT(overlaps(page.drawing), IsEmpty());
}

TEST(Overlaps, WhatAPopupCoversDoesNotCount) {
  Page page;
  page.p.text({10, 50}, "under the menu", page.style);
  page.p.fill({5, 30, 150, 40}, {255, 255, 255, 255});
  page.p.text({10, 50}, "in the menu", page.style);
  EXPECT_THAT(overlaps(page.drawing), IsEmpty());
  page.p.fill({5, 30, 150, 40}, {255, 255, 255, 100});  // one can see through
  page.p.text({10, 50}, "veil", page.style);
  EXPECT_THAT(overlaps(page.drawing), SizeIs(1));
}

TEST(Overlaps, ClippedAwayPartsDoNotCount) {
  Page page;
  page.p.text({10, 20}, "the title above the list", page.style);
  page.p.push_clip({0, 30, 200, 70});
  page.p.text({10, 20}, "scrolled out", page.style);
  page.p.pop_clip();
  EXPECT_THAT(overlaps(page.drawing), IsEmpty());
  EXPECT_EQ(find_text(page.drawing, "scrolled out"), nullptr);
}

TEST(Clipped, FindsTextsThatLeaveTheirClipOrTheBounds) {
  Page page;
  page.p.text({150, 50}, "leaves the bounds", page.style);
  page.p.push_clip({0, 60, 60, 20});
  page.p.text({5, 74}, "inside", page.style);
  page.p.text({40, 74}, "cut off", page.style);
  page.p.text({100, 74}, "scrolled out", page.style);
  page.p.pop_clip();
  page.p.text({5, -30}, "off the page", page.style);
  const auto found = clipped(page.drawing);
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].text->text, "leaves the bounds");
  EXPECT_EQ(found[1].text->text, "cut off");
  EXPECT_EQ(found[1].clip, (Rect{0, 60, 60, 20}));
  EXPECT_EQ(found[2].text->text, "off the page");
}

TEST(Texts, AreThoseThatCanBeRead) {
  Page page;
  page.p.text({10, 20}, "0.31", page.style);
  page.p.text({10, 40}, " ", page.style);
  page.p.text({10, 60}, "unseen", {.color = {0, 0, 0, 0}});
  EXPECT_EQ(all_text(page.drawing), "0.31\n");
  ASSERT_NE(find_text(page.drawing, "0.31"), nullptr);
  EXPECT_EQ(find_text(page.drawing, "0.3"), nullptr);
  EXPECT_EQ(find_text_with(page.drawing, "0.3"), find_text(page.drawing, "0.31"));
}

TEST(Texts, FailuresNameThem) {
  Page page;
  page.p.text({10, 50}, "0.31", page.style);
  page.p.text({12, 50}, "cat", page.style, drawing::Align::left, 45);
  EXPECT_THAT(testing::PrintToString(overlaps(page.drawing)[0]), testing::HasSubstr("'0.31' at 10,"));
  EXPECT_THAT(testing::PrintToString(overlaps(page.drawing)[0]), testing::HasSubstr("turned 45°"));
}

}  // namespace
}  // namespace qkv::support
