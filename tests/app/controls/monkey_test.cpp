#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <random>

#include "app/controls/text_layout.h"
#include "tests/app/controls/bench.h"
#include "tests/app/support/layout_checks.h"

// Every control on one screen, played with at random: no event may break what always holds.
namespace qkv::controls {
namespace {

struct Everything {
  std::string sentence = "The cat sat";
  float value = 0.5f, key_size = 8, offset = 0;
  int mask = 1, opened = 0;
  bool on = true;

  Bench bench{[this](Ui& ui) { build(ui); }};

  void build(Ui& ui) {
    if (button(ui, "file", {10, 10, 80, 28}, "File", {.drop_down = true, .hint = "Open, save and export"})) {
      open_popup(ui.in, "menu");
    }
    if (button(ui, "about", {100, 10, 80, 28}, "About")) open_popup(ui.in, "dialog");
    if (toggle(ui, "scale", {10, 50, 180, 20}, on, "Scale")) on = !on;
    mask = segmented(ui, "mask", {10, 80, 180, 28}, {"None", "Causal", "Window"}, mask);
    slider(ui, "value", {10, 120, 180, 24}, value, -1, 1, {.step = 0.1f, .ticks = {-1, 0, 1}});
    slider(ui, "size", {10, 150, 180, 24}, key_size, 1, 512, {.logarithmic = true, .integer = true});
    const auto result =
        text_field(ui, "sentence", {10, 180, 180, 28}, sentence, {.hint = "What is attended to"});
    if (result.committed) sentence = *result.committed;
    scrollbar(ui, "list", {210, 10, 180, 100}, 400, offset);
    std::vector<MenuItem> items;
    for (int i = 0; i < 40; ++i) {
      items.push_back({.id = std::to_string(i), .label = "Item " + std::to_string(i), .enabled = i % 3 != 0});
    }
    if (const auto id = menu(ui, "menu", {10, 10, 80, 28}, items))
      opened += std::stoi(*id) % 3 != 0 ? 1 : 1000;
    if (PopupUi popup = begin_popup(ui, "dialog"); popup.open) {
      popup_panel(ui.p, {100, 60, 200, 150});
      const auto name = text_field(popup.ui, "dialog/name", {110, 80, 180, 28}, sentence);
      if (name.committed || button(popup.ui, "dialog/ok", {110, 120, 80, 28}, "OK"))
        close_popup(ui.in, "dialog");
    }
    tooltip(ui);
  }
};

// Half of its presses are clicks on something that is there, the rest lands anywhere.
class Monkey {
 public:
  explicit Monkey(unsigned seed) : random_(seed) {}

  void play(Bench& bench) {
    const Point anywhere{static_cast<float>(below(420) - 10), static_cast<float>(below(320) - 10)};
    const auto& regions = bench.frame.regions;
    const Point there =
        below(2) == 0
            ? anywhere
            : regions[static_cast<std::size_t>(below(static_cast<int>(regions.size())))].rect.center();
    const Mods mods{below(4) == 0, below(5) == 0, below(20) == 0};
    const auto held = static_cast<Button>(below(8) == 0 ? below(3) : 0);
    const bool stays = bench.in.editing() && below(4) > 0;  // editing would end at once
    switch (stays ? 6 + below(5) : below(12)) {
      case 0:
        return bench.send(PointerMove{anywhere, mods});
      case 1:
        return bench.send(PointerPress{there, held, mods, 1 + below(3)});
      case 2:
        return bench.send(PointerRelease{there, held, mods});
      case 3:
      case 4:
        return bench.click(there, 1 + below(3));
      case 5:
        return bench.drag(there, anywhere, mods);
      case 6:
        return bench.send(Scroll{anywhere, 0, static_cast<float>(below(21) - 10), mods});
      case 7:
        return bench.key(static_cast<Key>(below(static_cast<int>(Key::question) + 1)), mods);
      case 8:
        return bench.key(std::array{Key::tab, Key::enter, Key::down, Key::left,
                                    Key::backspace}[static_cast<std::size_t>(below(5))],
                         mods);
      case 9:
      case 10:
        return bench.type(std::array{"a", " ", "é", "e\u0301", "👩‍👩‍👧", "سلام", "中", "\xff",
                                     "i", "\u200d"}[static_cast<std::size_t>(below(10))]);
      default:
        return bench.send(below(3) == 0 ? Event{PointerLeave{}} : Event{Tick{0.2}});
    }
  }

 private:
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  std::mt19937 random_;
};

bool is_position(std::string_view text, std::size_t index) {
  drawing::TextEngine& engine = Bench::engine();
  return index == 0 || index == text.size() ||
         engine.next_position(text, engine.previous_position(text, index)) == index;
}

TEST(Monkey, NothingBreaks) {
  Everything all;
  all.bench.clipboard.text = "pasted\nlines 👍";
  Monkey monkey(2);
  int edits = 0, popups = 0;
  for (int i = 0; i < 20000; ++i) {
    monkey.play(all.bench);
    const Interaction& in = all.bench.in;
    ASSERT_TRUE(std::isfinite(all.value) && std::abs(all.value) <= 1) << i;
    ASSERT_TRUE(all.key_size >= 1 && all.key_size <= 512 && all.key_size == std::round(all.key_size)) << i;
    ASSERT_TRUE(all.offset >= 0 && all.offset <= 300) << i;
    ASSERT_TRUE(all.mask >= 0 && all.mask < 3) << i;
    ASSERT_LT(all.opened, 1000) << "a disabled item was chosen at " << i;
    ASSERT_LE(in.popups.size(), 1u) << i;
    ASSERT_TRUE(is_position(in.edit.text, in.edit.caret) && is_position(in.edit.text, in.edit.anchor)) << i;
    ASSERT_EQ(in.edit.text.find('\n'), std::string::npos) << i;
    edits += in.editing();
    popups += !in.popups.empty();
    if (i % 50 == 0) {
      all.sentence.resize(std::min<std::size_t>(all.sentence.size(), 4));
      ASSERT_THAT(support::overlaps(all.bench.frame), testing::IsEmpty()) << i;
    }
  }
  EXPECT_GT(edits, 500);  // the monkey does get everywhere
  EXPECT_GT(popups, 1000);
  EXPECT_GT(all.opened, 10);
}

}  // namespace
}  // namespace qkv::controls
