#include <algorithm>
#include <limits>

#include "app/figures/token_text.h"
#include "app/workspaces/model/head_views.h"

// What one query attends to, read as text: chips with numbers below the picture, or a page of running text.
namespace qkv::workspaces {

using drawing::Rect;
using drawing::Run;

namespace {

constexpr float kInset = 20, kHead = 34, kWheel = 40;

/// The query's row: NaN where it may not look.
std::vector<float> row_of(const ModelScene& s, const MapContent& content) {
  std::vector<float> row;
  for (int j = 0; j < static_cast<int>(content.weights->cols()); ++j)
    row.push_back(s.picture.mask.allows(s.query, j) ? (*content.weights)(s.query, j)
                                                    : std::numeric_limits<float>::quiet_NaN());
  return row;
}

/// The query to bring into view; −1 while the pointer is on the text itself, which must not move under it.
int query_to_follow(const ModelScene& s) {
  const std::string& hot = s.ui.in.hot;
  return !s.picture.self || hot == "tokens" || hot.starts_with("token/") ? -1 : s.query;
}

/// Shades the text by the leading query's row; answers the wheel and clicks on tokens.
void shaded_text(ModelScene& s, Rect area, figures::TokenStyle style, float& scroll, int& followed) {
  auto& p = s.p();
  auto& in = s.ui.in;
  const auto& layout = s.view.text_layout(p.text_engine(), s.picture, area.w, style);
  const float most = figures::scroll_most(layout, area);
  if (in.event && area.contains(in.pointer) && (in.hot == "tokens" || in.hot.starts_with("token/"))) {
    if (const auto* wheel = std::get_if<controls::Scroll>(&*in.event)) {
      scroll -= wheel->dy * kWheel;
      in.event.reset();
    }
  }
  if (const int query = query_to_follow(s); query >= 0 && query != followed) {
    scroll = figures::scroll_to(layout, area, scroll, query);
    followed = query;
  }
  scroll = std::clamp(scroll, 0.f, most);
  const MapContent& content = s.view.map_content(s.picture, s.view.side, 1);
  const std::vector<float> row = row_of(s, content);
  std::vector<float> places;
  if (content.places) places.assign(content.places->row(s.query).begin(), content.places->row(s.query).end());
  figures::token_text(p, area, layout,
                      {.values = row,
                       .places = places,
                       .scale = content.scale,
                       .numbers = style == figures::TokenStyle::chips,
                       .selected_query = s.picture.self ? s.query : -1,
                       .selected_key = s.key,
                       .hovered = s.view.hovered_query.value_or(-1),
                       .first_excluded = s.view.exclude_first && row.size() > 1},
                      scroll);
  if (in.hot.starts_with("token/") && s.ui.clicked(in.hot))
    hold(s.view, s.picture, s.view.hovered_query, std::nullopt);
}

/// "Attention from it 17"
void heading(ModelScene& s, Rect area, std::string_view hint) {
  auto& p = s.p();
  const auto& t = s.theme();
  const drawing::TextStyle name{.color = t.query, .size = 12, .weight = 700};
  const Run line[] = {
      {"Attention from ", {.color = t.text, .size = 12, .weight = 600}},
      {p.text_engine().elided(s.picture.queries[static_cast<std::size_t>(s.query)], name, area.w / 3), name},
      {"  " + std::to_string(s.query), {.color = t.text3, .size = 10.5f, .family = drawing::Family::mono}},
      {s.view.held ? "  held" : "", {.color = t.text3, .size = 10.5f}}};
  const float w = p.runs({area.x, area.y + 22}, line);
  const drawing::TextStyle style{.color = t.text3, .size = 10.5f};
  if (w + 24 + p.width_of(hint, style) < area.w)
    p.text({area.right(), area.y + 22}, hint, style, drawing::Align::right);
}

}  // namespace

float tokens_height(ModelScene& s, float width) {
  return kHead + 8 +
         s.view.text_layout(s.p().text_engine(), s.picture, width - 2 * kInset, figures::TokenStyle::chips)
             .height;
}

void tokens_panel(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.y, area.w, 1}, t.border);
  if (!s.picture.weights) return;
  const Rect inner{area.x + kInset, area.y, area.w - 2 * kInset, area.h};
  p.push_clip(area);
  heading(s, inner,
          s.view.held ? "click the token again, or Esc, to let go"
                      : "hover a token to make it the query, click to hold it");
  shaded_text(s, {inner.x, inner.y + kHead, inner.w, inner.h - kHead - 4}, figures::TokenStyle::chips,
              s.view.tokens_scroll, s.view.tokens_followed);
  p.pop_clip();
}

void head_text(ModelScene& s, Rect area) {
  const Rect inner = area.inset(kInset + 8, 12);
  heading(s, inner, "hover a token to make it the query");
  shaded_text(s, {inner.x, inner.y + kHead + 8, inner.w, inner.h - kHead - 8}, figures::TokenStyle::flow,
              s.view.text_scroll, s.view.text_followed);
}

}  // namespace qkv::workspaces
