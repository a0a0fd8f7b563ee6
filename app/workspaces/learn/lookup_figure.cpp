#include <algorithm>
#include <cmath>

#include "app/figures/records.h"
#include "app/figures/symbols.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 2: a catalogue looked up hard and softly; the wish is chosen, the temperature is the experiment's.
namespace qkv::workspaces {

void lookup_figure(LearnScene& s, Rect area) {
  static const analysis::Catalogue kCatalogue = analysis::library_catalogue();
  auto& p = s.p();
  const Rect inner{area.x + 24, area.y + 16, area.w - 48, area.h - 28};
  const float words = p.text({inner.x, inner.y + 19}, "I want", {.color = s.theme().text2, .size = 13, .weight = 500}) + 14;
  const int count = static_cast<int>(kCatalogue.attributes.size());
  s.view.wanted = std::clamp(s.view.wanted, 0, count - 1);
  const float room = inner.w - words;
  s.view.wanted = controls::segmented(s.ui, "learn/wanted", {inner.x + words, inner.y, std::min(room, 110.f * static_cast<float>(count)), 30}, kCatalogue.attributes, s.view.wanted, "What the query asks for");
  const auto found = analysis::look_up(kCatalogue, analysis::query_for(kCatalogue, s.view.wanted), s.session.document().experiment().temperature);
  int hovered = -1;
  const std::string prefix = "records/record/";
  if (s.ui.in.hot.starts_with(prefix)) hovered = std::atoi(s.ui.in.hot.c_str() + prefix.size());
  const Rect table{inner.x, inner.y + 46, inner.w, inner.h - 46};
  figures::records(p, table, {.catalogue = &kCatalogue, .found = &found, .hard = true, .hovered = hovered});
}

}  // namespace qkv::workspaces
