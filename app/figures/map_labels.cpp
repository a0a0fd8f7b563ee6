#include "app/figures/map_labels.h"

#include <algorithm>
#include <cmath>

namespace qkv::figures {

namespace {

/// 1, 2, 5, 10, 20, 50, … so that the indices shown are round.
int round_step(float least) {
  for (int power = 1; power < 100'000'000; power *= 10)
    for (const int m : {1, 2, 5})
      if (static_cast<float>(m * power) >= least - 1e-3f) return m * power;
  return 1'000'000'000;
}

}  // namespace

std::vector<LabelPlace> label_places(float begin, float cell, int first, int end, float apart,
                                     std::span<const int> strong) {
  const auto centre = [&](int i) { return begin + (static_cast<float>(i) + 0.5f) * cell; };
  std::vector<LabelPlace> must;
  for (const int i : strong) {
    if (i < first || i >= end) continue;
    if (std::any_of(must.begin(), must.end(), [i](const LabelPlace& m) { return m.index == i; })) continue;
    LabelPlace place{i, centre(i), true};
    // Earlier ones stay; this one moves to its own side, past whatever is there.
    const auto by = [&](float direction) {
      float at = centre(i);
      for (std::size_t n = 0; n <= must.size(); ++n)
        for (const LabelPlace& m : must)
          if (std::fabs(at - m.at) < apart - 1e-3f) at = m.at + direction * apart;
      return at;
    };
    for (const LabelPlace& m : must)
      if (std::fabs(place.at - m.at) < apart - 1e-3f) {
        const float direction = i < m.index ? -1.f : 1.f, lowest = centre(first) - cell / 2 + apart / 2,
                    highest = centre(end - 1) + cell / 2 - apart / 2;
        place.at = by(direction);
        if (place.at < lowest || place.at > highest) place.at = by(-direction);
        break;
      }
    must.push_back(place);
  }
  std::vector<LabelPlace> out = must;
  const int every = round_step(apart / std::max(cell, 1e-6f));
  for (int i = (first + every - 1) / every * every; i < end; i += every) {
    const float at = centre(i);
    if (std::none_of(must.begin(), must.end(), [&](const LabelPlace& m) {
          return std::fabs(m.at - at) < apart - 1e-3f || m.index == i;
        }))
      out.push_back({i, at, false});
  }
  std::sort(out.begin(), out.end(),
            [](const LabelPlace& a, const LabelPlace& b) { return a.index < b.index; });
  return out;
}

}  // namespace qkv::figures
