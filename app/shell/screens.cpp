#include "app/shell/screens.h"

#include <algorithm>

namespace qkv::shell {
namespace {

long long overlap(const Area& a, const Area& b) {
  const long long w = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x), h = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

/// Squared, between the middle of a window and the nearest point of a screen.
long long distance(const Area& screen, const Area& window) {
  const int x = window.x + window.width / 2, y = window.y + window.height / 2;
  const long long dx = std::max({screen.x - x, 0, x - (screen.x + screen.width)}), dy = std::max({screen.y - y, 0, y - (screen.y + screen.height)});
  return dx * dx + dy * dy;
}

int count_of(const std::vector<Screen>& screens) { return static_cast<int>(screens.size()); }

}  // namespace

int screen_of(const std::vector<Screen>& screens, const Area& window) {
  int best = -1;
  for (int i = 0; i < count_of(screens); ++i) {
    const Area& here = screens[static_cast<std::size_t>(i)].area;
    if (best < 0) {
      best = i;
      continue;
    }
    const Area& there = screens[static_cast<std::size_t>(best)].area;
    const long long more = overlap(here, window) - overlap(there, window);
    if (more > 0 || (more == 0 && overlap(here, window) == 0 && distance(here, window) < distance(there, window))) best = i;
  }
  return best;
}

int stage_screen(const std::vector<Screen>& screens, const Area& window, bool swapped) {
  const int own = screen_of(screens, window), other = notes_screen(screens, own);
  return swapped && other >= 0 ? other : own;
}

int notes_screen(const std::vector<Screen>& screens, int stage) {
  if (stage < 0) return -1;
  for (int i = 0; i < count_of(screens); ++i)
    if (i != stage) return i;
  return -1;
}

Area centred(const Screen& screen, int width, int height) {
  const Area& room = screen.free.width > 0 && screen.free.height > 0 ? screen.free : screen.area;
  const int w = std::min(width, room.width), h = std::min(height, room.height);
  return {room.x + (room.width - w) / 2, room.y + (room.height - h) / 2, w, h};
}

Area restored(const std::vector<Screen>& screens, const Area& window) {
  const int at = screen_of(screens, window);
  if (at < 0 || overlap(screens[static_cast<std::size_t>(at)].area, window) > 0) return window;
  return centred(screens[static_cast<std::size_t>(at)], window.width, window.height);
}

}  // namespace qkv::shell
