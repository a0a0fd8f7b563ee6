#include <algorithm>

#include "app/figures/attention_lines.h"
#include "app/workspaces/model/head_views.h"

// The head as lines: queries left, keys right.
namespace qkv::workspaces {

using drawing::Rect;

namespace {

constexpr float kInset = 20, kWheel = 48;

bool is_here(const std::string& hot) {
  return hot == "lines" || hot.starts_with("query/") || hot.starts_with("key/");
}

/// Brings the leading query and key into view, unless the pointer is on them: they must not move under it.
void follow(ModelScene& s, const figures::LinesLayout& layout) {
  if (is_here(s.ui.in.hot) || s.query == s.view.lines_followed) return;
  s.view.lines_scroll = figures::scroll_to_query(layout, s.query);
  s.view.lines_key_scroll = figures::scroll_to_key(layout, s.key);
  s.view.lines_followed = s.query;
}

/// The wheel moves the column that it is on, and both between them.
void answer(ModelScene& s, const figures::LinesLayout& layout) {
  auto& in = s.ui.in;
  if (is_here(in.hot) && in.event) {
    if (const auto* wheel = std::get_if<controls::Scroll>(&*in.event)) {
      const float way = wheel->dy * kWheel;
      if (!in.hot.starts_with("key/"))
        s.view.lines_scroll = std::clamp(layout.scroll - way, 0.f, layout.scroll_most);
      if (!in.hot.starts_with("query/"))
        s.view.lines_key_scroll = std::clamp(layout.key_scroll - way, 0.f, layout.key_scroll_most);
      in.event.reset();
    }
  }
  if (in.hot.starts_with("query/") && s.ui.clicked(in.hot))
    hold(s.view, s.picture, s.view.hovered_query, std::nullopt);
  if (in.hot.starts_with("key/") && s.ui.clicked(in.hot))
    hold(s.view, s.picture, std::nullopt, s.view.hovered_key);
}

}  // namespace

void head_lines(ModelScene& s, Rect area) {
  auto& p = s.p();
  const Rect room{area.x + kInset, area.y + 12, area.w - 2 * kInset, area.h - 20};
  const auto place = [&] {
    return figures::lines_layout(p.text_engine(), room, s.picture.queries, s.picture.keys,
                                 s.view.lines_scroll, s.view.lines_key_scroll);
  };
  auto layout = place();
  follow(s, layout);
  answer(s, layout);
  layout = place();
  s.view.lines_scroll = layout.scroll;
  s.view.lines_key_scroll = layout.key_scroll;
  const MapContent& content = s.view.map_content(s.picture, s.view.side, 1);
  figures::attention_lines(p, layout,
                           {.values = content.weights,
                            .tile = {0, 0, layout.queries, layout.keys},
                            .scale = content.scale,
                            .mask = s.picture.mask,
                            .queries = s.picture.queries,
                            .keys = s.picture.keys,
                            .selected_query = s.query,
                            .selected_key = s.key,
                            .hovered_query = s.view.held ? -1 : s.view.hovered_query.value_or(-1),
                            .hovered_key = s.view.held ? -1 : s.view.hovered_key.value_or(-1),
                            .first_key_excluded = s.view.exclude_first && layout.keys > 1});
}

}  // namespace qkv::workspaces
