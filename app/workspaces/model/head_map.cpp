#include <algorithm>
#include <cmath>

#include "app/drawing/least_type.h"
#include "app/figures/attention_map.h"
#include "app/figures/colour_legend.h"
#include "app/figures/minimap.h"
#include "app/figures/numbers.h"
#include "app/workspaces/model/head_views.h"

// The head as a map: queries downwards, keys to the right; where something is ablated, two of them.
namespace qkv::workspaces {

using drawing::Point;
using drawing::Rect;
using figures::number;

namespace {

constexpr float kSide = 88, kMass = 76, kMinimap = 65, kMinimapRoom = 88, kMargin = 16, kCaption = 22, kBeside = 32, kBelow = 8, kLeastForTwo = 560;

bool is_map(const std::string& id) { return id == "map" || id == "map-intact"; }

/// Wheel zooms about the pointer; a drag moves the picture; a click holds query and key.
void answer(ModelScene& s, const figures::MapLayout& layout) {
  auto& in = s.ui.in;
  const Point pointer{in.pointer.x + (in.hot.starts_with("map-intact") ? s.view.intact_shift : 0), in.pointer.y};
  if (in.hot.starts_with("map") && in.event) {
    if (const auto* wheel = std::get_if<controls::Scroll>(&*in.event); wheel && wheel->dy != 0) {
      s.view.map = figures::zoom_about(layout, pointer, std::pow(1.2f, wheel->dy));
      in.event.reset();
    }
  }
  for (const std::string id : {"map", "map-intact"}) {
    if (s.ui.pressed(id)) s.view.map_pressed = s.view.map;
    if (const auto way = s.ui.dragged(id)) {
      const auto before = figures::map_layout(layout.area, layout.queries, layout.keys, s.view.map_pressed, layout.gutters);
      s.view.map = figures::panned(before, *way);
    }
    if (s.ui.clicked(id) && !in.dragging)
      if (const auto cell = figures::cell_at(layout, pointer)) hold(s.view, s.picture, cell->query, cell->key);
    if (s.ui.clicked(id + "/queries")) hold(s.view, s.picture, s.view.hovered_query, std::nullopt);
    if (s.ui.clicked(id + "/keys")) hold(s.view, s.picture, std::nullopt, s.view.hovered_key);
  }
}

/// "weight 0.814 · scaled score 4.74 · rank 1 of 18"
std::string cell_words(ModelScene& s, const Matrix& weights, figures::MapCell cell, bool differences) {
  if (!s.picture.mask.allows(cell.query, cell.key)) return "masked: this query may not attend to this key";
  const float w = weights(cell.query, cell.key);
  std::string text = (differences ? "change " : "weight ") + number(w, 4);
  if (!s.view.words && model::has_scores(*s.run->capture, s.view.layer))
    text += " · scaled score " + number(model::scaled_tile(*s.run->capture, s.view.layer, s.view.head, {cell.query, cell.key, 1, 1})(0, 0), 3);
  if (differences) return text;
  int rank = 1, counted = 0;
  for (int j = 0; j < static_cast<int>(weights.cols()); ++j) {
    if (!s.picture.mask.allows(cell.query, j)) continue;
    ++counted;
    rank += weights(cell.query, j) > w;
  }
  return text + " · rank " + std::to_string(rank) + " of " + std::to_string(counted);
}

/// One map with its content; `id` tells two apart.
void one_map(ModelScene& s, const figures::MapLayout& layout, Side side, const std::string& id) {
  const MapContent& content = s.view.map_content(s.picture, side, layout.pool());
  const bool differences = side == Side::difference && s.picture.intact != s.picture.weights;
  std::optional<figures::MapCell> hovered;
  if (is_map(s.ui.in.hot) && s.view.hovered_query && s.view.hovered_key) hovered = figures::MapCell{*s.view.hovered_query, *s.view.hovered_key};
  const bool first_out = s.view.exclude_first && layout.keys > 1;
  figures::AttentionMap map{.values = content.values, .places = content.places, .tile = {0, 0, layout.queries, layout.keys}, .scale = content.scale,
                            .mask = s.picture.mask, .queries = s.picture.queries, .keys = s.picture.keys, .selected_query = s.query, .selected_key = s.key, .hovered = hovered,
                            .hovered_query = s.view.hovered_query.value_or(-1), .hovered_key = s.view.hovered_key.value_or(-1), .first_key_excluded = first_out,
                            .numbers = true, .id = id};
  if (hovered && content.weights) {
    map.hover_label = s.picture.queries[static_cast<std::size_t>(hovered->query)] + " " + std::to_string(hovered->query) + " → " +
                      s.picture.keys[static_cast<std::size_t>(hovered->key)] + " " + std::to_string(hovered->key);
    map.hover_hint = cell_words(s, *content.weights, *hovered, differences);
  }
  figures::attention_map(s.p(), layout, map);
}

/// The small map, where the view can be moved, and the colours: beside the map, `aside` px of which are taken.
void corner(ModelScene& s, Rect area, const figures::MapLayout& layout, Side side, float aside) {
  auto& p = s.p();
  const MapContent& content = s.view.map_content(s.picture, side, layout.pool());
  const bool differences = side == Side::difference && s.picture.intact != s.picture.weights;
  const float x = std::min(area.right() - kMargin - kMinimap, std::round(layout.shown().right()) + aside + kBeside);
  const Rect small{x, layout.viewport.y, kMinimap, kMinimapRoom};
  figures::minimap(p, layout, small, {.pooled = content.small, .scale = content.scale, .first_key_excluded = s.view.exclude_first && layout.keys > 1});
  if (s.ui.active("minimap")) s.view.map = figures::minimap_view(layout, small, s.ui.in.pointer);
  if (s.ui.clicked("map/full")) s.view.map = figures::full_size(layout, {s.query, s.key});
  if (s.ui.clicked("map/fit")) s.view.map = {};
  const float top = small.bottom() + 24, height = std::min(200.f, area.bottom() - top - 16);
  if (height < 74) return;
  const Matrix& marked_in = content.places ? *content.places : *content.weights;
  const bool inside = s.query < marked_in.rows() && s.key < marked_in.cols();
  figures::colour_legend(p, {small.x - 8, top, kMinimap + 8, height},
                         {.scale = content.scale, .title = differences ? "change" : "weight", .marked = inside ? std::optional(marked_in(s.query, s.key)) : std::nullopt});
}

}  // namespace

void head_map(ModelScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const int rows = static_cast<int>(s.picture.queries.size()), columns = static_cast<int>(s.picture.keys.size());
  const bool two = s.picture.intact != s.picture.weights && s.view.side == Side::both && area.w > kLeastForTwo;
  const bool mass = !two && s.view.side != Side::difference && s.view.exclude_first && columns > 1 && area.w > 420;
  const bool for_a_room = drawing::least_type(p.text_engine()) > 0;  // nobody moves the map there
  const float aside = (for_a_room ? 0 : kSide) + (mass ? kMass : 0);
  const float width = two ? std::floor((area.w - aside) / 2) : area.w - aside, caption = two ? kCaption : 0;
  Rect room{area.x + (two ? width : 0), area.y + caption, width, area.h - caption - kBelow};
  s.view.intact_shift = two ? width : 0;
  const figures::MapGutters gutters = s.view.gutters(p.text_engine(), s.picture);
  answer(s, figures::map_layout(room, rows, columns, s.view.map, gutters));
  const figures::MapLayout layout = figures::map_layout(room, rows, columns, s.view.map, gutters);
  s.view.map_layout = layout;
  one_map(s, layout, two ? Side::after : s.view.side, "map");
  if (two) {
    room.x -= width;
    one_map(s, figures::map_layout(room, rows, columns, s.view.map, gutters), Side::before, "map-intact");
    p.text({area.x + gutters.left, area.y + 18}, "Intact", {.color = t.text2, .size = 11.5f, .weight = 600});
    p.text({area.x + width + gutters.left, area.y + 18}, "Ablated", {.color = t.warn, .size = 11.5f, .weight = 600});
  }
  const MapContent& content = s.view.map_content(s.picture, s.view.side, layout.pool());
  if (mass) figures::excluded_mass(p, layout, layout.shown().right() + kMargin, {.mass = content.first_mass, .on = s.picture.keys.front(), .selected_query = s.query});
  if (!for_a_room) corner(s, area, layout, s.view.side, mass ? kMass + kMargin : 0);
}

}  // namespace qkv::workspaces
