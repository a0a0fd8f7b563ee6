#include "app/shell/event_queue.h"

#include <gtest/gtest.h>

namespace qkv::shell {
namespace {

using namespace controls;

PointerPress press_at(float x, float y, Button button = Button::left) { return {{x, y}, button, {}}; }
KeyPress press_of(Key key) { return {key, {}}; }

TEST(EventQueue, OfMovesThatFollowEachOtherOnlyTheLastCounts) {
  EventQueue queue;
  for (int i = 0; i < 100; ++i) queue.push(PointerMove{{static_cast<float>(i), 0}, {}});
  const auto events = queue.take();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(std::get<PointerMove>(events[0]).at.x, 99);
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, MovesAroundAPressOrWithOtherModifiersStay) {
  EventQueue queue;
  queue.push(PointerMove{{1, 0}, {}});
  queue.press(press_at(1, 0), 0);
  queue.push(PointerMove{{2, 0}, {}});
  queue.push(PointerMove{{3, 0}, {.shift = true}});
  EXPECT_EQ(queue.take().size(), 4u);
}

TEST(EventQueue, ScrollingAddsUpAndCharactersJoin) {
  EventQueue queue;
  queue.push(Scroll{{1, 1}, 0, 1, {}});
  queue.push(Scroll{{2, 2}, 0.5f, 2, {}});
  queue.push(TextInput{"日"});
  queue.push(TextInput{"🎉"});
  const auto events = queue.take();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<Scroll>(events[0]).dy, 3);
  EXPECT_EQ(std::get<Scroll>(events[0]).dx, 0.5f);
  EXPECT_EQ(std::get<Scroll>(events[0]).at.x, 2);
  EXPECT_EQ(std::get<TextInput>(events[1]).text, "日🎉");
}

TEST(EventQueue, KeysNeverJoin) {
  EventQueue queue;
  queue.push(press_of(Key::left));
  queue.push(press_of(Key::left));
  EXPECT_EQ(queue.take().size(), 2u);
}

std::vector<int> clicks(const std::vector<std::pair<PointerPress, double>>& presses) {
  EventQueue queue;
  std::vector<int> counted;
  for (const auto& [press, seconds] : presses) queue.press(press, seconds);
  for (const auto& event : queue.take()) counted.push_back(std::get<PointerPress>(event).clicks);
  return counted;
}

TEST(EventQueue, CountsClicksThatAreSoonNearAndOfOneButton) {
  const auto here = press_at(10, 10), near = press_at(12, 11), far = press_at(30, 10);
  const auto right = press_at(10, 10, Button::right);
  EXPECT_EQ(clicks({{here, 0}, {near, 0.2}, {here, 0.4}}), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(clicks({{here, 0}, {here, 0.5}}), (std::vector<int>{1, 1})) << "too late";
  EXPECT_EQ(clicks({{here, 0}, {far, 0.1}}), (std::vector<int>{1, 1})) << "too far";
  EXPECT_EQ(clicks({{here, 0}, {right, 0.1}, {here, 0.2}}), (std::vector<int>{1, 1, 1})) << "another button";
}

}  // namespace
}  // namespace qkv::shell
