#include "app/workspaces/learn/stages_layout.h"

#include <algorithm>
#include <cmath>

#include "app/workspaces/explain/stage_symbols.h"

namespace qkv::workspaces {

namespace {

constexpr float kTitle = 26, kScale = 24, kStack = 14, kBandGap = 10;
constexpr float kLegibleNames = 16;    // the least width of a cell under a slanted name
constexpr float kMost = 3.3f, kLeast = 0.05f;
constexpr float kAlone = 0.95f, kShareW = 0.5f, kShareH = 0.82f;  // of the area, that one matrix may take; a large one of several
constexpr float kReadable = 1.05f;  // scale at which every number has two decimals
constexpr float kNamesWin = 0.62f;  // scale from which no name is given up for larger cells
constexpr int kMostBands = 3, kFewCells = 200;

/// How far along the computation a stage is: the column it stands in.
int rank_of(const StagePart& part) {
  const StageBox& b = part.box;
  const int layer = 20 * b.layer;
  if (part.lines) return layer + 10;
  if (b.lens) return layer + 11;
  switch (b.stage) {
    case Stage::embedding: case Stage::positions: case Stage::norm_gain: case Stage::norm_bias: return 0;
    case Stage::x: return layer + 1;
    case Stage::w_q: case Stage::w_k: case Stage::w_v: case Stage::b_q: case Stage::b_k: case Stage::b_v: return layer + 2;
    case Stage::q: case Stage::k: case Stage::v: return layer + 3;
    case Stage::q_norm_gain: case Stage::q_norm_bias: case Stage::k_norm_gain: case Stage::k_norm_bias:
    case Stage::q_normalised: case Stage::k_normalised: return layer + 4;
    case Stage::q_rotated: case Stage::k_rotated: return layer + 5;
    case Stage::scores: return layer + 6;
    case Stage::score_bias: return layer + 7;
    case Stage::scaled: return layer + 8;
    case Stage::weights: return layer + 9;
    case Stage::output: return layer + 12;
    case Stage::w_o: case Stage::b_o: return layer + 13;
    case Stage::layer_output: return layer + 14;
  }
  return layer;
}

/// What a matrix is made of, the nearest first: those of them that are shown are its operands.
std::vector<std::vector<Stage>> operands_of(Stage stage) {
  switch (stage) {
    case Stage::x: return {{Stage::embedding}, {Stage::positions}};
    case Stage::w_q: case Stage::w_k: case Stage::w_v: return {{Stage::x}};
    case Stage::q: return {{Stage::w_q, Stage::x}};
    case Stage::k: return {{Stage::w_k, Stage::x}};
    case Stage::v: return {{Stage::w_v, Stage::x}};
    case Stage::q_normalised: return {{Stage::q}};
    case Stage::k_normalised: return {{Stage::k}};
    case Stage::q_rotated: return {{Stage::q_normalised, Stage::q}};
    case Stage::k_rotated: return {{Stage::k_normalised, Stage::k}};
    case Stage::scores: return {{Stage::q_rotated, Stage::q_normalised, Stage::q}, {Stage::k_rotated, Stage::k_normalised, Stage::k}};
    case Stage::scaled: return {{Stage::scores}, {Stage::score_bias}};
    case Stage::weights: return {{Stage::scaled, Stage::scores}};
    case Stage::output: return {{Stage::weights}, {Stage::v}};
    case Stage::layer_output: return {{Stage::w_o, Stage::output}};
    default: return {};
  }
}

/// How the parts are written: label_size and number_width of layout_stages().
struct Type {
  float label, number;
  bool room() const { return number > 0; }
  float gap() const { return room() ? 26.f : 40.f; }
  float margin() const { return room() ? 8.f : 24.f; }
  float name_length = room() ? 60.f : 74.f;  ///< px at which a slanted name is cut
};

/// Largest cells, and their natural proportions.
struct CellSize {
  float w, h, most;  ///< most: of the width
};
CellSize natural(const StagePart& part, Type type) {
  if (part.lines) return {28, 26, 44};
  const Stage s = part.box.stage;
  if (type.room() && !is_row(s)) return {type.number, std::round(type.number * 0.58f), 76};  // as wide as a number
  if (is_square(s) || s == Stage::score_bias) return {34, 34, 96};
  if (is_row(s)) return {26, 15, 84};
  if (is_weight_matrix(s)) return {24, 16, 68};
  return {26, 20, 84};
}

/// A part with its size at one scale.
struct Sized {
  float cell_w = 1, cell_h = 1;
  float left = 0, top = 0, right = 0, bottom = 0;  ///< what stands around the cells
  float cells_w = 0, cells_h = 0;
  bool named = false;
  float width() const { return left + std::max(cells_w, kNamed) + right; }
  float height() const { return top + cells_h + bottom; }
};

/// `share` of what one matrix may take at most.
/// `wide`: cells too low for their proportions keep the width of a number.
Sized sized(const StagePart& part, float scale, Type type, bool names, bool wide, float share, const Rect& area) {
  const CellSize n = natural(part, type);
  // A matrix of many dimensions shrinks alone: the others keep their numbers. It has none anyway.
  const bool few = part.box.rows * part.box.columns <= kFewCells;
  const float alone = std::min((few ? kAlone : std::min(kAlone, share * kShareW)) * area.w / (n.w * static_cast<float>(part.box.columns)),
                               (few ? kAlone : std::min(kAlone, share * kShareH)) * area.h / (n.h * static_cast<float>(part.box.rows)));
  const float k = std::min({scale, n.most / n.w, alone});
  Sized s;
  s.cell_w = std::max(1.f, std::floor(n.w * (wide ? std::max(k, std::min(1.f, n.most / n.w)) : k)));
  s.cell_h = std::max(1.f, std::floor(n.h * k));
  s.left = part.row_labels > 0 ? part.row_labels + 8 : 0;
  s.top = kTitle;
  s.bottom = (is_row(part.box.stage) || type.room()) && !part.lines ? 6 : kScale;
  s.cells_w = s.cell_w * static_cast<float>(part.box.columns);
  s.cells_h = s.cell_h * static_cast<float>(part.box.rows);
  if (part.lines) {
    s.cells_w = std::max(220.f, std::min(360.f, 8 * s.cell_w));
    s.left = 0;
    return s;
  }
  s.named = part.column_labels > 0 && (!part.may_drop_names || (names && s.cell_w >= kLegibleNames));
  if (!s.named) return s;
  const bool upright = part.column_labels <= s.cell_w - 2;
  s.top += upright ? type.label + 2 : std::min(part.column_labels, type.name_length) * 0.71f + type.label;
  if (!upright) s.right = std::max(0.f, std::min(part.column_labels, type.name_length) * 0.71f - s.cell_w / 2 + 4);
  return s;
}

/// Parts of one rank stand under each other.
struct Column {
  std::vector<std::size_t> parts;
};

struct Fit {
  float width = 0, height = 0;
};

/// How the matrices stand; the one with the largest cells is taken.
struct Plan {
  std::vector<Column> columns{};
  float share = 1;      ///< of what a large matrix may take
  unsigned breaks = 0;  ///< bits say behind which columns a new band begins
  float scale = -1;
  bool names = true;
  bool wide = false;  ///< in a room, where the width allows it
};

class Maker {
 public:
  Maker(const std::vector<StagePart>& parts, Rect area, Type type) : parts_(parts), area_(area), type_(type) {
    std::vector<std::size_t> order(parts.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank_of(parts[a]) < rank_of(parts[b]); });
    for (const std::size_t i : order) {
      if (stacked_.empty() || rank_of(parts[stacked_.back().parts.front()]) != rank_of(parts[i])) stacked_.push_back({});
      stacked_.back().parts.push_back(i);
      apart_.push_back({{i}});
    }
  }

  /// Those of one rank stand under each other, unless they are too small to be read then.
  StagesLayout make() {
    choose(stacked_, parts_.size() == 1 ? 1.8f : 1);
    consider(apart_, 1);
    const bool large = std::ranges::any_of(parts_, [](const StagePart& p) { return p.box.rows * p.box.columns > kFewCells; });
    for (const float share : {0.65f, 0.45f, 0.3f}) {
      if (!large) break;
      consider(stacked_, share);
      consider(apart_, share);
    }
    stretch_names();
    plan_.wide = type_.room();
    if (!fits(plan_.breaks, plan_.scale)) plan_.wide = false;
    return placed();
  }

 private:
  Fit column_fit(const Column& c, float scale) const {
    Fit f;
    for (const std::size_t i : c.parts) {
      const Sized s = sized(parts_[i], scale, type_, plan_.names, plan_.wide, plan_.share, area_);
      f.width = std::max(f.width, s.width());
      f.height += s.height() + (f.height > 0 ? kStack : 0);
    }
    return f;
  }
  /// Bits say behind which columns a new band begins.
  Fit fit(unsigned breaks, float scale) const {
    Fit all, band;
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
      const Fit c = column_fit(plan_.columns[i], scale);
      band.width += c.width + (band.width > 0 ? type_.gap() : 0);
      band.height = std::max(band.height, c.height);
      if (i + 1 < plan_.columns.size() && !(breaks >> i & 1u)) continue;
      all.width = std::max(all.width, band.width);
      all.height += band.height + (all.height > 0 ? kBandGap : 0);
      band = {};
    }
    return all;
  }
  bool fits(unsigned breaks, float scale) const {
    const Fit f = fit(breaks, scale);
    return f.width <= area_.w - 2 * type_.margin() && f.height <= area_.h - type_.margin();
  }
  float largest(unsigned breaks) const {
    if (fits(breaks, kMost)) return kMost;
    float low = kLeast, high = kMost;
    for (int i = 0; i < 9; ++i) {
      const float middle = (low + high) / 2;
      (fits(breaks, middle) ? low : high) = middle;
    }
    return low;
  }
  void choose_breaks() {
    plan_.scale = -1;
    const std::size_t joints = std::min<std::size_t>(plan_.columns.empty() ? 0 : plan_.columns.size() - 1, 11);
    for (int bands = 1; bands <= kMostBands; ++bands)
      for (unsigned breaks = 0; breaks < 1u << joints; ++breaks) {
        if (__builtin_popcount(breaks) != bands - 1) continue;
        const float scale = largest(breaks);
        if (scale <= plan_.scale * (plan_.scale >= kReadable ? 1.9f : 1.04f)) continue;  // fewer bands read better
        plan_.scale = scale;
        plan_.breaks = breaks;
      }
  }
  void choose(const std::vector<Column>& columns, float share) {
    plan_ = {columns, share};
    choose_breaks();
    if (plan_.scale >= (type_.room() ? 0.75f : kNamesWin)) return;  // a number without the name of its column says little
    const Plan named = plan_;
    plan_.names = false;
    choose_breaks();
    if (plan_.scale <= named.scale * (type_.room() ? 1.05f : 1.3f)) plan_ = named;
  }
  void consider(const std::vector<Column>& columns, float share) {
    if (columns.size() > 8) return;
    const Plan before = plan_;
    choose(columns, share);
    // What can be read well stays as it is; names are worth smaller cells.
    const float gain = plan_.names == before.names ? (before.scale >= kReadable ? 1.3f : 1.2f) : plan_.names ? 0.7f : 1.6f;
    if (plan_.scale <= before.scale * gain) plan_ = before;
  }

  /// Names are cut later where that costs the cells next to nothing, or where they stay large.
  void stretch_names() {
    if (!plan_.names) return;
    const float usual = type_.name_length;
    for (const float length : {150.f, 120.f, 100.f, 88.f}) {
      type_.name_length = length;
      const float scale = largest(plan_.breaks);
      if (scale < plan_.scale * (plan_.scale >= kReadable ? 0.85f : 0.96f) || !fits(plan_.breaks, scale)) continue;
      plan_.scale = std::min(plan_.scale, scale);
      return;
    }
    type_.name_length = usual;
  }

  StagesLayout placed() const;
  void arrows(StagesLayout& out, const std::vector<std::size_t>& box_of_part, const std::vector<int>& band_of) const;

  const std::vector<StagePart>& parts_;
  Rect area_;
  Type type_;
  std::vector<Column> stacked_, apart_;
  Plan plan_;
};

StagesLayout Maker::placed() const {
  StagesLayout out;
  out.scale = plan_.scale;
  out.pipeline.label_size = type_.label;
  out.pipeline.scales = !type_.room();
  out.pipeline.label_length = type_.name_length;
  for (const StagePart& part : parts_)
    if (rows_are_tokens(part.box.stage)) out.pipeline.label_width = std::max(out.pipeline.label_width, part.row_labels);
  const Fit all = fit(plan_.breaks, plan_.scale);
  const float left = area_.x + std::max(type_.margin(), std::floor((area_.w - all.width) / 2));
  float y = area_.y + std::max(type_.margin() / 2, std::floor((area_.h - all.height) * 0.4f));
  out.pipeline.content = {left, y, all.width, all.height};
  std::vector<std::size_t> box_of_part(parts_.size(), parts_.size());
  std::vector<int> column_of(parts_.size(), -1);
  int band = 0;
  for (std::size_t begin = 0; begin < plan_.columns.size(); ++band) {
    std::size_t end = begin + 1;
    while (end < plan_.columns.size() && !(plan_.breaks >> (end - 1) & 1u)) ++end;
    Fit size;
    for (std::size_t i = begin; i < end; ++i) {
      const Fit c = column_fit(plan_.columns[i], plan_.scale);
      size.width += c.width + (i > begin ? type_.gap() : 0);
      size.height = std::max(size.height, c.height);
    }
    float x = left;
    for (std::size_t i = begin; i < end; ++i) {
      const Fit c = column_fit(plan_.columns[i], plan_.scale);
      float cy = y + std::floor((size.height - c.height) / 2);
      for (const std::size_t part : plan_.columns[i].parts) {
        const Sized s = sized(parts_[part], plan_.scale, type_, plan_.names, plan_.wide, plan_.share, area_);
        const Point origin{std::round(x + s.left), std::round(cy + s.top)};
        column_of[part] = static_cast<int>(i) + 100 * band;
        if (parts_[part].lines) {
          out.lines = Rect{origin.x, cy, s.cells_w, s.height()};
        } else {
          StageBox b = parts_[part].box;
          b.cell_w = s.cell_w;
          b.cell_h = s.cell_h;
          b.origin = origin;
          b.named = s.named && parts_[part].may_drop_names;
          b.row_labels = parts_[part].row_labels;
          box_of_part[part] = out.pipeline.boxes.size();
          out.pipeline.boxes.push_back(b);
        }
        cy += s.height() + kStack;
      }
      x += c.width + type_.gap();
    }
    y += size.height + kBandGap;
    begin = end;
  }
  arrows(out, box_of_part, column_of);
  return out;
}

void Maker::arrows(StagesLayout& out, const std::vector<std::size_t>& box_of_part, const std::vector<int>& column_of) const {
  const auto& boxes = out.pipeline.boxes;
  for (std::size_t to = 0; to < parts_.size(); ++to) {
    if (parts_[to].lines || box_of_part[to] >= boxes.size()) continue;
    const StageBox& made = boxes[box_of_part[to]];
    for (const auto& nearest : operands_of(made.stage)) {
      bool found = false;
      for (const Stage stage : nearest) {
        for (std::size_t from = 0; from < parts_.size() && !found; ++from) {
          if (parts_[from].lines || parts_[from].box.stage != stage || parts_[from].box.lens || box_of_part[from] >= boxes.size()) continue;
          const StageBox& operand = boxes[box_of_part[from]];
          const bool same_head = !attention::is_per_head(stage) || !attention::is_per_head(made.stage) || operand.head == made.head;
          if (!same_head || operand.layer != made.layer) continue;
          found = true;
          if (column_of[to] != column_of[from] + 1) continue;  // not beside each other: the arrow would cross a matrix
          const float right = std::max(operand.cells().right(), operand.origin.x + kNamed) + 4;
          out.arrows.push_back({{right, operand.cells().center().y}, {made.origin.x - (made.row_labels > 0 ? made.row_labels + 12 : 6), made.cells().center().y}, stage});
        }
        if (found) break;
      }
    }
  }
}

}  // namespace

StagesLayout layout_stages(const std::vector<StagePart>& parts, Rect area, float label_size, float number_width) {
  return Maker(parts, area, {label_size, number_width}).make();
}

}  // namespace qkv::workspaces
