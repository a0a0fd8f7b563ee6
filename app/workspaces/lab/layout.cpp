#include "app/workspaces/lab/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace qkv::workspaces {

namespace {

constexpr float kTitle = 22, kHeader = 32, kMargin = 10;
constexpr float kNamedLast = 94;  // and of the output at the right edge, whatever its decimals
constexpr float kNumbered = 12;   // the least height of a row whose numbers are printed
constexpr float kLegible = 21;    // the least width of a cell that prints "−1.8"
constexpr float kRowGap = 6;      // between rows of parameters
constexpr float kUpright = 18;    // height of token labels above the squares that need no slant

/// Largest whole number of pixels a cell, at least one.
float cell_for(float room, int count, float most) {
  return std::clamp(std::floor(room / static_cast<float>(std::max(1, count))), 1.f,
                    std::max(1.f, std::floor(most)));
}

/// The same of model dimensions: hundreds of them share pixels, so that a head of a real model fits the
/// screen.
float model_cell_for(float room, int count, float most) {
  constexpr int kMostWithPixels = 128;
  const float cell = room / static_cast<float>(std::max(1, count));
  return count > kMostWithPixels && cell < 1 ? std::max(cell, 0.05f) : cell_for(room, count, most);
}

/// Shares `room` among columns of matrices: each gets its ideal width or an equal part of what is left.
float equal_share(float room, std::span<const float> ideals) {
  std::vector<float> sorted(ideals.begin(), ideals.end());
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const float share = room / static_cast<float>(sorted.size() - i);
    if (sorted[i] > share) return share;
    room -= sorted[i];
  }
  return sorted.empty() ? room : sorted.back();
}

/// The same, but first everyone gets the least at which its numbers can be read, where that is possible.
std::vector<float> shared_out(float room, const std::vector<float>& ideals,
                              const std::vector<float>& legible) {
  std::vector<float> widths = legible, wishes(ideals.size());
  float least = 0;
  for (std::size_t i = 0; i < ideals.size(); ++i) {
    widths[i] = std::min(legible[i], ideals[i]);
    wishes[i] = ideals[i] - widths[i];
    least += widths[i];
  }
  if (least > room) return std::vector<float>(ideals.size(), equal_share(room, ideals));
  const float share = equal_share(room - least, wishes);
  for (std::size_t i = 0; i < ideals.size(); ++i) widths[i] += std::min(share, wishes[i]);
  return widths;
}

float scale_room_for(float lane) { return lane < 100 ? 4.f : 18.f; }

struct Maker {
  const PipelineShape& s;
  Rect area;
  float zoom;
  float grow;  ///< > 1 on large windows: ideal cells are larger
  PipelineLayout out{};

  float label() const { return s.label_width + 7; }
  /// Room under a matrix for its colour scale; given up where lanes are low.
  float scale_h() const { return scale_room_for(lane_height()); }
  /// Rotated token labels of the last square lean over its right edge.
  float right_margin() const {
    return s.column_labels > kUpright ? std::min(48.f, s.column_labels - 2) : kMargin;
  }
  float zoomed(float cell) const { return cell < 1 ? cell * zoom : std::max(1.f, std::round(cell * zoom)); }
  int squares() const { return s.score_bias ? 4 : 3; }
  int lanes() const { return s.combined ? 4 : 3; }
  float lane_height() const { return (area.h - kHeader - 4) / static_cast<float>(lanes()); }
  float inner() const { return lane_height() - kTitle - scale_h(); }

  StageBox box(Stage stage, int rows, int columns, float cw, float ch, Point at, int head,
               bool lens = false) {
    StageBox b{.stage = stage,
               .layer = s.layer,
               .head = head,
               .lens = lens,
               .rows = rows,
               .columns = columns,
               .cell_w = zoomed(cw),
               .cell_h = zoomed(ch),
               .origin = {std::round(at.x), std::round(at.y)}};
    out.boxes.push_back(b);
    return b;
  }

  /// True when everything fits the area at zoom 1.
  bool build();
  void combine(float y, float left, float right);
};

bool Maker::build() {
  const int tables = 1 + (s.normalised ? 1 : 0) + (s.rotated ? 1 : 0);
  const float gap_x = s.projected ? 22 : 0, gap_w = 17, gap_q = 26, gap_s = 12, kScale = scale_h();
  const float fixed = kMargin + right_margin() + (s.projected ? label() + gap_x + gap_w : 0) +
                      static_cast<float>(tables) * (label() + gap_q) +
                      static_cast<float>(squares()) * label() + static_cast<float>(squares() - 1) * gap_s;
  const float room = std::max(60.f, area.w - fixed);

  // Heights decide the largest cells first; widths then shrink what does not fit.
  const float row_h = cell_for(inner(), s.n, 20 * grow);
  const float bias_rows = s.biases ? 2.2f : 0;
  const float w_h =
      model_cell_for(inner() / (static_cast<float>(s.d_model) + bias_rows) * static_cast<float>(s.d_model),
                     s.d_model, 16 * grow);
  const float square_room = 2 * lane_height() - kTitle - kScale - s.column_labels - 8;
  const float square_h = cell_for(square_room, s.n, 34 * grow);
  const auto f = [](int v) { return static_cast<float>(v); };

  const int score_count = squares();
  const float w_ideal = 10 * grow;
  // Rows too low for numbers need no width for them either: the squares take it.
  const bool numbered = row_h >= kNumbered;
  const float x_ideal = (numbered ? 24.f : 12.f) * grow, cell_ideal = (numbered ? 26.f : 12.f) * grow;
  const float tables_wide = f(std::max(s.d_k, s.d_v));
  std::vector<float> ideals, legible;  // wanted, and the least at which every number is printed
  if (s.projected) {
    ideals.push_back(std::max(kNamed, f(s.d_model) * x_ideal));
    legible.push_back(std::max(kNamed, f(s.d_model) * (numbered ? kLegible : 12.f)));
    ideals.push_back(std::max(kNamed, f(s.d_k) * w_ideal));
    legible.push_back(std::max(kNamed, f(s.d_k) * w_ideal * 0.8f));
  }
  for (int t = 0; t < tables; ++t) {
    ideals.push_back(std::max(kNamed, tables_wide * cell_ideal));
    legible.push_back(std::max(kNamed, tables_wide * (numbered ? kLegible : 12.f)));
  }
  // Under the three n×n matrices stand lens and output: the region is as wide as the wider of the two.
  const float pair_gap = label() + 34, squares_gap = f(score_count - 1) * (label() + gap_s);
  const float square_ideal = f(s.n) * std::max(square_h, std::min(34 * grow, 24.f));
  const float output_ideal = std::max(kNamedLast, f(s.d_v) * cell_ideal);
  const float region_ideal =
      std::max(f(score_count) * square_ideal, 2 * output_ideal + pair_gap - squares_gap);
  const float output_legible = std::max(kNamedLast, f(s.d_v) * (numbered ? kLegible : 12.f));
  const float region_legible =
      std::max(f(score_count * s.n) * std::min(kLegible + 5, std::max(square_h, 1.f)),
               2 * output_legible + pair_gap - squares_gap);
  for (int t = 0; t < score_count; ++t) {
    ideals.push_back(region_ideal / f(score_count));
    legible.push_back(region_legible / f(score_count));
  }
  const std::vector<float> widths = shared_out(room, ideals, legible);
  const float share_x = widths.front(), share_w = widths[s.projected ? 1 : 0],
              share = widths[s.projected ? 2 : 0], share_square = widths.back();

  const float x_w = model_cell_for(share_x, s.d_model, x_ideal);
  float total = 0;
  for (const float ideal : ideals) total += ideal;
  const bool shrunk = total > room + 0.5f;
  // What nobody needs goes to the weights, which then have room for their numbers.
  const float w_most = w_ideal + std::max(0.f, (room - total) * 0.6f) / f(std::max(s.d_k, s.d_v));
  float w_w =
      cell_for(std::max(share_w, f(s.d_k) * w_most), s.d_k, shrunk ? w_ideal : std::min(w_most, 24 * grow));
  float wv_w =
      cell_for(std::max(share_w, f(s.d_v) * w_most), s.d_v, shrunk ? w_ideal : std::min(w_most, 24 * grow));
  if (shrunk) {
    w_w = std::min(w_w, cell_for(share_w, s.d_k, w_ideal));
    wv_w = std::min(wv_w, cell_for(share_w, s.d_v, w_ideal));
  }
  const float q_w = cell_for(share, s.d_k, cell_ideal), v_w = cell_for(share, s.d_v, cell_ideal);
  const float square = std::min(square_h, cell_for(share_square, s.n, 34 * grow));
  w_w = std::min(w_w, std::max(w_h * 2.4f, 1.f));
  wv_w = std::min(wv_w, std::max(w_h * 2.4f, 1.f));

  out = {};
  out.label_width = s.label_width;
  out.scales = kScale > 10;
  out.header_y = area.y + 20;
  // Zoomed sizes from here on.
  const float zrow = zoomed(row_h);
  const float w_rows_h =
      s.projected ? zoomed(w_h) * f(s.d_model) + (s.biases ? zoomed(std::max(w_h, 8.f)) + 6 : 0) : 0;
  // The squares stand beside two lanes.
  const float side = zoomed(square) * f(s.n), squares_h = (side + s.column_labels + 8 - kTitle - kScale) / 2;
  const float lane_inner = std::max({inner(), zrow * f(s.n), w_rows_h, squares_h});
  const float lane = lane_inner + kTitle + kScale;
  auto lane_y = [&](int i) { return area.y + kHeader + kTitle + static_cast<float>(i) * lane; };
  auto centred = [&](int i, float h) { return lane_y(i) + std::floor((lane_inner - h) / 2); };

  float x = area.x + kMargin + label();
  const float table_h = zrow * f(s.n);
  if (s.projected) {
    out.headers.push_back({x, 1});
    const float step = zoomed(x_w);
    if ((s.sinusoidal || s.norm) && s.layer == 0) {
      box(Stage::embedding, s.n, s.d_model, x_w, row_h, {x, centred(0, table_h)}, 0);
      if (s.sinusoidal) {
        box(Stage::positions, s.n, s.d_model, x_w, row_h, {x, centred(1, table_h)}, 0);
      } else {
        const StageBox gain =
            box(Stage::norm_gain, 1, s.d_model, x_w, 12, {x, centred(1, 2 * zoomed(12) + kRowGap)}, 0);
        box(Stage::norm_bias, 1, s.d_model, x_w, 12, {x, gain.cells().bottom() + kRowGap}, 0);
      }
      box(Stage::x, s.n, s.d_model, x_w, row_h, {x, centred(2, table_h)}, 0);
    } else {
      box(Stage::x, s.n, s.d_model, x_w, row_h, {x, centred(1, table_h)}, 0);
    }
    x += std::max(step * f(s.d_model), kNamed) + gap_x;
    out.headers.push_back({x, 2});
    const std::array<Stage, 3> w{Stage::w_q, Stage::w_k, Stage::w_v}, b{Stage::b_q, Stage::b_k, Stage::b_v};
    float widest = kNamed;
    for (int i = 0; i < 3; ++i) {
      const int columns = i == 2 ? s.d_v : s.d_k;
      const StageBox m = box(w[static_cast<std::size_t>(i)], s.d_model, columns, i == 2 ? wv_w : w_w, w_h,
                             {x, centred(i, w_rows_h)}, s.head);
      if (s.biases)
        box(b[static_cast<std::size_t>(i)], 1, columns, i == 2 ? wv_w : w_w, std::max(w_h, 8.f),
            {x, m.cells().bottom() + 6}, s.head);
      widest = std::max(widest, m.cells().w);
    }
    x += widest + gap_w + label();
  }
  out.headers.push_back({x, 3});
  const std::array<Stage, 3> qkv{Stage::q, Stage::k, Stage::v};
  float widest = kNamed;
  for (int i = 0; i < 3; ++i) {
    const StageBox m = box(qkv[static_cast<std::size_t>(i)], s.n, i == 2 ? s.d_v : s.d_k, i == 2 ? v_w : q_w,
                           row_h, {x, centred(i, table_h)}, s.head);
    widest = std::max(widest, m.cells().w);
  }
  x += widest + gap_q + label();
  if (s.normalised) {
    box(Stage::q_normalised, s.n, s.d_k, q_w, row_h, {x, centred(0, table_h)}, s.head);
    box(Stage::k_normalised, s.n, s.d_k, q_w, row_h, {x, centred(1, table_h)}, s.head);
    // Their parameters stand in the third lane, which has nothing else here.
    const float parameter_h = std::clamp(std::floor(lane_inner / 4 - kRowGap), 1.f, 12.f);
    float y = lane_y(2);
    for (const Stage stage : {Stage::q_norm_gain, Stage::q_norm_bias, Stage::k_norm_gain, Stage::k_norm_bias})
      y = box(stage, 1, s.d_k, q_w, parameter_h, {x, y}, s.head).cells().bottom() + kRowGap;
    x += zoomed(q_w) * f(s.d_k) + gap_q + label();
  }
  if (s.rotated) {
    box(Stage::q_rotated, s.n, s.d_k, q_w, row_h, {x, centred(0, table_h)}, s.head);
    box(Stage::k_rotated, s.n, s.d_k, q_w, row_h, {x, centred(1, table_h)}, s.head);
    x += std::max(zoomed(q_w) * f(s.d_k), kNamed) + gap_q + label();
  }

  const float region_x = x;
  const float right = area.right() - right_margin();
  const float slack = zoom <= 1 ? std::max(0.f, right - (region_x + f(score_count) * side + squares_gap)) : 0;
  // Leftover width is spread between the squares (up to a point), so that the last one meets the right
  // margin.
  const float extra = std::min(slack / f(score_count - 1), 90.f * grow);
  const float block = 2 * lane - kTitle - kScale;
  const float square_y =
      lane_y(0) + s.column_labels + std::max(0.f, std::floor((block - s.column_labels - side) / 2));
  std::vector<Stage> stages{Stage::scores, Stage::scaled, Stage::weights};
  if (s.score_bias) stages.insert(stages.begin() + 1, Stage::score_bias);
  for (const Stage stage : stages) {
    const bool of_stack = stage == Stage::score_bias;
    if (!of_stack) out.headers.push_back({x, stage == Stage::scores ? 4 : stage == Stage::scaled ? 5 : 6});
    box(stage, s.n, s.n, square, square, {x, square_y}, of_stack ? 0 : s.head);
    if (of_stack) out.boxes.back().layer = 0;
    x += side + (stage != Stage::weights ? label() + gap_s + extra : 0);
  }
  const float squares_right = x;

  const float pair_room =
      std::max(squares_right, std::min(right, region_x + 2 * output_ideal + pair_gap)) - region_x;
  const float o_w = cell_for((pair_room - pair_gap) / 2, s.d_v, cell_ideal);
  const StageBox lens =
      box(Stage::output, s.n, s.d_v, o_w, row_h, {region_x, centred(2, table_h)}, s.head, true);
  const float natural = region_x + std::max(lens.cells().w, kNamed) + pair_gap;
  const float output_x = std::max(natural, squares_right - std::max(lens.cells().w, kNamedLast));
  const StageBox output = box(Stage::output, s.n, s.d_v, o_w, row_h, {output_x, centred(2, table_h)}, s.head);
  out.headers.push_back({output_x, 7});

  float right_edge = std::max(squares_right, output.cells().right());
  float bottom = lane_y(2) + lane_inner + kScale;
  bool fits = right_edge <= right + 0.5f;
  if (s.combined) {
    combine(lane_y(3), area.x + kMargin + label(), zoom <= 1 ? right : std::max(right, right_edge));
    for (const StageBox& b : out.boxes) right_edge = std::max(right_edge, b.cells().right());
    bottom = std::max(bottom, lane_y(3) + lane_inner + kScale);
  }
  bottom = std::max(bottom, square_y + side + kScale);
  out.content = {area.x, area.y, right_edge + right_margin() - area.x, bottom - area.y};
  fits = fits && bottom <= area.bottom() + 0.5f;
  return fits && (grow <= 1 || !shrunk);
}

/// The fourth lane: the heads side by side, W_O, the layer's output and what the next layer reads.
void Maker::combine(float y, float left, float right) {
  const auto f = [](int v) { return static_cast<float>(v); };
  const int wide = s.heads * s.d_v, out_w = s.w_o ? s.d_model : wide;
  const float row_h = cell_for(inner(), s.n, 20 * grow), wo_h = cell_for(inner(), wide, 16 * grow);
  std::vector<float> ideals{f(out_w) * 26 * grow};
  const float wo_w = std::max(1.f, std::round(std::min(18 * grow, wo_h * 2.4f)));
  if (s.w_o) ideals.push_back(f(s.d_model) * wo_w);
  if (s.residual) ideals.push_back(f(s.d_model) * 26 * grow);
  const float gaps = (s.residual ? label() + 40 : 0) + (s.w_o ? 40 + label() : 0);
  const float share = equal_share(std::max(60.f, right - left - gaps - 150), ideals);
  float x = left + 150;  // the words that say what this lane does
  if (s.w_o) {
    const float cw = model_cell_for(share, s.d_model, wo_w);
    const StageBox b = box(Stage::w_o, wide, s.d_model, cw, wo_h, {x, y}, 0);
    x = b.cells().right() + 40 + label();
  }
  const StageBox o =
      box(Stage::layer_output, s.n, out_w, model_cell_for(share, out_w, 26 * grow), row_h, {x, y}, 0);
  x = o.cells().right() + 40 + label();
  if (s.residual) {
    StageBox r = box(Stage::x, s.n, s.d_model, model_cell_for(share, s.d_model, 26 * grow), row_h, {x, y}, 0);
    r.layer = s.layer + 1;
    out.boxes.back() = r;
  }
}

}  // namespace

const StageBox* PipelineLayout::find(Stage stage, bool lens) const {
  for (const StageBox& b : boxes)
    if (b.stage == stage && b.lens == lens) return &b;
  return nullptr;
}

namespace {

PipelineLayout fitted(const PipelineShape& shape, Rect area, float zoom) {
  Maker maker{shape, area, zoom, 1, {}};
  for (float grow = 2.5f; grow > 1.01f; grow -= 0.25f) {
    Maker larger{shape, area, 1, grow, {}};
    if (!larger.build()) continue;
    maker.grow = grow;
    break;
  }
  maker.build();
  return maker.out;
}

}  // namespace

PipelineLayout layout_pipeline(const PipelineShape& shape, Rect area, float zoom) {
  PipelineShape upright = shape;
  upright.column_labels = kUpright;
  PipelineLayout layout = fitted(upright, area, zoom);
  const StageBox* square = layout.find(Stage::weights);
  return square && square->cell_w >= shape.label_width + 2 ? layout : fitted(shape, area, zoom);
}

}  // namespace qkv::workspaces
