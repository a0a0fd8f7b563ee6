#include "app/shell/chrome/room.h"

#include <algorithm>

#include "app/figures/numbers.h"

namespace qkv::shell {

std::span<const Room> rooms() {
  static const Room kAll[] = {kLearnRoom, kLabRoom, kModelRoom};
  return kAll;
}

const Room& room_of(const Session& s) {
  if (s.workspace == Workspace::present) return kPresentRoom;
  const auto all = rooms();
  const auto it = std::ranges::find_if(all, [&](const Room& room) { return room.workspace == s.workspace; });
  return it == all.end() ? all.front() : *it;
}

std::string time_text(double seconds) {
  const double us = seconds * 1e6;
  if (us < 1000) return figures::number(static_cast<float>(us), 0) + " µs";
  return us < 1e6 ? figures::number(static_cast<float>(us / 1e3), 1) + " ms" : figures::number(static_cast<float>(seconds), 2) + " s";
}

}  // namespace qkv::shell
