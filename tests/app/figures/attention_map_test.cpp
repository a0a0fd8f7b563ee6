#include "app/figures/attention_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/figures/map_callout.h"
#include "app/figures/map_labels.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using drawing::Point;
using drawing::Rect;
using ::testing::IsEmpty;

/// Everything of one map, and its drawing.
struct Mapped {
  Sheet sheet{{0, 0, 768, 652}};
  std::vector<std::string> names;
  Matrix full;
  MapLayout layout;
  AttentionMap map;

  explicit Mapped(int n, MapView view = {}) : names(labels(n)), full(pattern(n)) {
    const MapGutters gutters = map_gutters(sheet.text, names, names);
    layout = map_layout({10, 4, 660, 640}, n, n, view, gutters);
    map.tile = layout.visible();
    const int pool = layout.pool(), rows = (map.tile.rows + pool - 1) / pool,
              columns = (map.tile.columns + pool - 1) / pool;
    Matrix values = Matrix::Zero(rows, columns);
    for (int i = 0; i < map.tile.rows; ++i)
      for (int j = 0; j < map.tile.columns; ++j)
        values(i / pool, j / pool) =
            std::max(values(i / pool, j / pool), full(map.tile.row + i, map.tile.column + j));
    map.values = std::make_shared<Matrix>(values);
    map.mask = {.causal = true};
    map.queries = map.keys = names;
    map.selected_query = n * 3 / 4;
    map.selected_key = n / 2;
    map.hovered = MapCell{n * 3 / 4, n / 2 > 0 ? n / 2 - 1 : 0};
  }
  const drawing::Drawing& draw() {
    attention_map(sheet.p, layout, map);
    return sheet.out;
  }
};

class MapSizes : public ::testing::TestWithParam<int> {};

TEST_P(MapSizes, NoTextOverlapsOrIsCut) {
  for (const float cell : {0.f, 7.f, 24.f, 36.f, 80.f}) {
    SCOPED_TRACE(cell);
    Mapped m(GetParam(), {.cell = cell, .pan = {300, 411}});
    const auto& d = m.draw();
    EXPECT_THAT(support::overlaps(d), IsEmpty());
    EXPECT_THAT(support::clipped(d), IsEmpty());
  }
}

TEST_P(MapSizes, NamesTheSelectedAndTheHoveredRow) {
  Mapped m(GetParam());
  const auto& d = m.draw();
  EXPECT_NE(support::find_text(d, std::to_string(m.map.selected_query)), nullptr);
  const auto cell = m.layout.rect_of(MapCell{m.map.selected_query, m.map.selected_key});
  EXPECT_EQ(cell_at(m.layout, cell.center()), (MapCell{m.map.selected_query, m.map.selected_key}));
  const drawing::Region* region = drawing::region_at(d, cell.center());
  ASSERT_NE(region, nullptr);
  EXPECT_EQ(region->id, "map");
  EXPECT_EQ(region->rows, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Tokens, MapSizes, ::testing::Values(1, 4, 21, 40, 400, 2048));

TEST(AttentionMap, TheLineOfAKeyNeverCrossesTheCaption) {
  int captioned = 0;
  for (int key = 0; key < 40; ++key) {
    Mapped m(40);
    m.map.selected_key = key;
    m.map.selected_query = 39;
    const auto& d = m.draw();
    const drawing::Text* caption = support::find_text(d, "future keys");
    if (!caption) continue;
    ++captioned;
    for (const auto& command : d.commands) {
      const auto* line = std::get_if<drawing::Polyline>(&command);
      if (!line || !line->dashed) continue;
      EXPECT_FALSE(line->points[0].x > caption->box.x && line->points[0].x < caption->box.right() && line->points[1].y > caption->box.y) << key;
    }
  }
  EXPECT_GT(captioned, 35);
}

TEST(AttentionMap, SaysWhatIsOutsideTheWindow) {
  for (const int n : {4, 12, 40, 400}) {
    Mapped m(n);
    m.map.mask = {.causal = true, .window = 4};
    const auto& d = m.draw();
    const drawing::Text* caption = support::find_text(d, "outside the window");
    EXPECT_EQ(caption != nullptr, n > 4) << n << ": nothing is hatched there, or all of it is too small";
    if (!caption) continue;
    EXPECT_NE(support::find_text(d, "of 4 keys"), nullptr);
    const auto nearest = cell_at(m.layout, {caption->box.right(), caption->box.y});
    ASSERT_TRUE(nearest);
    EXPECT_FALSE(m.map.mask.allows(nearest->query, nearest->key)) << "on hatched cells only";
    EXPECT_TRUE(support::overlaps(d).empty());
  }
}

TEST(AttentionMap, PrintsTheSelectedRowAndAllOfLargeCells) {
  Mapped m(21, {.cell = 24});
  m.map.selected_query = 17;
  const auto& d = m.draw();
  int numbers = 0;
  for (const auto& t : support::texts(d))
    numbers += t.text->style.size == 9.5f && !t.text->text.empty() && t.text->text[0] == '.';
  int expected = 0;
  for (int j = 0; j <= 17; ++j) expected += m.full(17, j) >= 0.005f;
  EXPECT_EQ(numbers, expected);
  EXPECT_NE(support::find_text(d, weight_text(m.full(17, 17), 3)), nullptr);

  Mapped large(4, {.cell = 40});
  large.draw();
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j <= i; ++j)
      EXPECT_NE(support::find_text(large.sheet.out, weight_text(large.full(i, j), 9)), nullptr) << i << j;
}

TEST(AttentionMap, IsOneTexture) {
  for (const int n : {21, 400, 2048}) {
    Mapped m(n);
    EXPECT_EQ(count<drawing::Heat>(m.draw()), 1);
  }
}

TEST(AttentionMap, PooledValuesCoverTheirCells) {
  Mapped m(2048);
  EXPECT_LT(m.layout.cell, 1);
  EXPECT_EQ(m.layout.pool(), 5);
  for (const auto& c : m.draw().commands)
    if (const auto* heat = std::get_if<drawing::Heat>(&c)) {
      EXPECT_EQ(heat->rect.x, m.layout.cells().x);
      EXPECT_NEAR(heat->rect.w, m.layout.cells().w, m.layout.cell * 5);
      EXPECT_EQ(heat->values->cols(), 410);
    }
}

TEST(AttentionMap, HatchesTheExcludedFirstKey) {
  Mapped m(21);
  const int before = count<drawing::Hatch>(m.draw());
  Mapped excluded(21);
  excluded.map.first_key_excluded = true;
  EXPECT_EQ(count<drawing::Hatch>(excluded.draw()), before + 1);
}

TEST(AttentionMap, DrawsLabelsWhileValuesAreMissing) {
  Mapped m(21);
  m.map.values = nullptr;
  EXPECT_NE(support::find_text(m.draw(), "20"), nullptr);
}

TEST(ExcludedMass, PrintsTheMassOfEachRow) {
  Mapped m(21);
  m.draw();
  std::vector<float> mass;
  for (int i = 0; i < 21; ++i) mass.push_back(m.full(i, 0));
  excluded_mass(m.sheet.p, m.layout, m.layout.shown().right() + 16, {mass, "⟨bos⟩", 17});
  EXPECT_THAT(support::overlaps(m.sheet.out), IsEmpty());
  EXPECT_THAT(support::clipped(m.sheet.out), IsEmpty());
  EXPECT_NE(support::find_text(m.sheet.out, "1.00"), nullptr);
}

TEST(MapLayout, ZoomKeepsWhatIsUnderThePointer) {
  for (const int n : {40, 400, 2048}) {
    Mapped m(n);
    MapLayout l = m.layout;
    const Point about{l.viewport.x + 300, l.viewport.y + 200};
    l = map_layout(l.area, n, n, zoom_about(l, about, 2), l.gutters);  // from here on it overflows both ways
    const auto under = cell_at(l, about);
    for (int step = 0; step < 60; ++step) {
      const MapLayout next = map_layout(l.area, n, n, zoom_about(l, about, 1.25f), l.gutters);
      ASSERT_TRUE(next.cell > l.cell || next.cell == kLargestCell) << next.cell;
      l = next;
    }
    EXPECT_EQ(l.cell, kLargestCell);
    const auto now = cell_at(l, about);
    ASSERT_TRUE(now && under);
    EXPECT_NEAR(now->query, under->query, 2);
    EXPECT_NEAR(now->key, under->key, 2);
    for (int step = 0; step < 100; ++step)
      l = map_layout(l.area, n, n, zoom_about(l, about, 0.8f), l.gutters);
    EXPECT_EQ(l.cell, l.fit_cell);
    EXPECT_EQ(l.pan, Point{});
  }
}

TEST(MapLayout, PanStopsAtTheEdges) {
  Mapped m(400, {.cell = 20});
  const auto far = map_layout(m.layout.area, 400, 400, panned(m.layout, {-1e6f, -1e6f}), m.layout.gutters);
  EXPECT_NEAR(far.cells().right(), far.viewport.right(), 1);
  EXPECT_EQ(far.visible().row + far.visible().rows, 400);
  EXPECT_EQ(map_layout(m.layout.area, 400, 400, panned(far, {1e6f, 1e6f}), far.gutters).pan, Point{});
  const MapCell at{123, 321};
  const auto seen = map_layout(far.area, 400, 400, showing(far, at), far.gutters);
  EXPECT_EQ(seen.rect_of(at).intersection(seen.viewport), seen.rect_of(at));
}

TEST(MapLayout, LabelsSayWhichTokenTheyAre) {
  Mapped m(21);
  const Rect cell = m.layout.rect_of(MapCell{3, 5});
  EXPECT_EQ(query_at(m.layout, {m.layout.area.x + 5, cell.center().y}), 3);
  EXPECT_EQ(key_at(m.layout, {cell.center().x, m.layout.viewport.y - 8}), 5);
  EXPECT_EQ(key_at(m.layout, {cell.center().x + 20, m.layout.viewport.y - 8 - 34.6f}),
            5);  // up the slanted label
  EXPECT_EQ(cell_at(m.layout, {0, 0}), std::nullopt);
}

TEST(LabelPlaces, KeepTheirDistanceAndTheStrongOnes) {
  for (const float cell : {0.3f, 2.f, 6.f, 11.f, 24.f}) {
    const int strong[] = {10, 11, 9, -1};
    const auto places = label_places(0, cell, 0, 600, 12, strong);
    int found = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      found += places[i].strong;
      for (std::size_t j = 0; j < i; ++j) EXPECT_GE(std::fabs(places[i].at - places[j].at), 11.99f) << cell;
    }
    EXPECT_EQ(found, 3);
  }
}

TEST(MapCallout, StandsWhereNothingIsAndFits) {
  const auto names = labels(21);
  for (const std::string& query : names) {
    Mapped m(21);
    m.draw();
    const auto box = callout_place(m.layout, m.map.mask);
    ASSERT_TRUE(box);
    for (const Point corner :
         {Point{box->x, box->y}, Point{box->x, box->bottom()}, Point{box->right(), box->bottom()}}) {
      const auto cell = cell_at(m.layout, corner);
      ASSERT_TRUE(cell);
      EXPECT_FALSE(m.map.mask.allows(cell->query, cell->key));
    }
    Sheet s({0, 0, 768, 652});
    map_callout(s.p, *box,
                {.query = query,
                 .key = names[9],
                 .at = {17, 8},
                 .value = "0.814",
                 .detail = "score 4.74   rank 1 of 18"});
    EXPECT_THAT(support::overlaps(s.out), IsEmpty());
    for (const auto& t : support::texts(s.out)) EXPECT_LE(t.text->box.right(), box->right());
    EXPECT_NE(support::find_text(s.out, "0.814"), nullptr);
  }
  EXPECT_EQ(callout_place(Mapped(4).layout, {}), std::nullopt) << "nothing is masked";
}

TEST(AttentionMap, StandsAnyAreaAndShape) {
  for (const auto& [queries, keys] :
       {std::pair{0, 0}, std::pair{1, 1}, std::pair{3, 50}, std::pair{700, 2}, std::pair{1, 3000}}) {
    for (const float side : {0.f, 20.f, 70.f, 150.f, 400.f}) {
      for (const int window : {0, 1, 7}) {
        Sheet s({0, 0, 500, 500});
        const auto q = labels(queries), k = labels(keys);
        const auto l = map_layout({10, 10, side, side}, queries, keys, {.cell = side / 10, .pan = {50, 900}},
                                  map_gutters(s.text, q, k));
        AttentionMap m{.tile = l.visible(),
                       .mask = {.causal = window > 0, .window = window},
                       .queries = q,
                       .keys = k,
                       .selected_query = queries / 2,
                       .selected_key = keys - 1,
                       .hovered = MapCell{queries, keys}};
        m.values = std::make_shared<Matrix>(Matrix::Constant(m.tile.rows, m.tile.columns, 0.5f));
        m.first_key_excluded = true;
        attention_map(s.p, l, m);
        for (const auto& t : support::texts(s.out))
          EXPECT_TRUE(std::isfinite(t.text->at.x) && std::isfinite(t.text->at.y));
        EXPECT_THAT(support::overlaps(s.out), IsEmpty()) << queries << "x" << keys << " in " << side;
      }
    }
  }
}

}  // namespace
}  // namespace qkv::figures
