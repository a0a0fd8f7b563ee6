#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "app/controls/text_layout.h"
#include "app/figures/cost_plot.h"
#include "app/figures/numbers.h"
#include "app/figures/symbols.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 16: attention timed on the reader's own machine, n doubling, from the moment it is looked at.
namespace qkv::workspaces {

using analysis::CostMethod;
using documents::CostMeasurement;
using drawing::Family;
using figures::number;
using figures::Unit;

namespace {

constexpr float kInset = 24, kGutter = 28, kStatus = 38, kTable = 168, kRoomTable = 124, kLeastForFour = 480, kLeastPlot = 240, kLeastTable = 380;

const char* name_of(CostMethod method) {
  switch (method) {
    case CostMethod::stored: return "all scores kept";
    case CostMethod::fused: return "tile by tile";
    case CostMethod::window: return "window of 128";
    case CostMethod::linear: return "linear";
  }
  return "";
}

drawing::Color colour_of(const drawing::Theme& t, CostMethod method) {
  switch (method) {
    case CostMethod::stored: return t.warn;
    case CostMethod::fused: return t.weight;
    case CostMethod::window: return t.value;
    case CostMethod::linear: return t.neutral;
  }
  return t.text;
}

std::string bytes(double v) { return figures::quantity(static_cast<float>(v), Unit::bytes); }
std::string seconds(double v) { return figures::quantity(static_cast<float>(v), Unit::seconds); }

/// What is measured just now, and how many curves are done: a segment for each.
void status(LearnScene& s, Rect area, const CostMeasurement& m) {
  auto& p = s.p();
  const auto& t = s.theme();
  constexpr std::size_t kCurves = CostMeasurement::kMethods.size() + 1;
  std::string words = "Stopped. What was measured stays.";
  if (m.whole) words = "Measured on this machine: one head, d_k = 64, one core.";
  else if (!m.done) {
    const bool decoding = m.at + 1 >= kCurves;
    const int n = decoding ? (m.decoding.points.empty() ? 0 : m.decoding.points.back().n) : m.curves[m.at].points.empty() ? 0 : m.curves[m.at].points.back().n;
    words = "Measuring " + std::to_string(m.at + 1) + " of " + std::to_string(kCurves) + ": " + (decoding ? "one token after another" : name_of(CostMeasurement::kMethods[m.at])) +
            (n > 0 ? ", n = " + std::to_string(n) + " done" : "");
  }
  const float y = area.y + 20;
  const float w = figures::symbols(p, {area.x, y}, words, {.color = t.text2, .size = 12.5f});
  if (m.done) return;
  constexpr float kSegment = 26;
  for (std::size_t i = 0; i < kCurves; ++i) {
    const Rect segment{std::round(area.x + w + 16 + (kSegment + 3) * static_cast<float>(i)), y - 8, kSegment, 6};
    p.fill(segment, i < m.at ? t.text2 : i == m.at ? t.weight : t.sunken, 2);
  }
}

/// Draws the curves under their title, with the values at the n that was last pointed at.
void plot(LearnScene& s, Rect area, const char* title, const char* note, figures::Curves data) {
  const Rect below = figures::heading(s.p(), area, {.title = title, .note = note});
  if (data.curves.empty()) {
    s.p().text({below.x, below.y + 24}, "Not measured yet", {.color = s.theme().text3, .size = 12});
    return;
  }
  const auto layout = figures::curves_layout(s.p(), below, data);
  if (s.ui.hot(data.id))
    if (const auto n = figures::cursor_at(layout, data, s.ui.in.pointer.x)) s.view.cost_n = n;
  data.cursor = s.view.cost_n;
  data.draggable = false;
  figures::curves(s.p(), layout, data);
}

void method_plot(LearnScene& s, Rect area, figures::CostPlot::What what, const CostMeasurement& m) {
  const bool time = what == figures::CostPlot::What::time;
  figures::CostPlot data{.what = what};
  for (std::size_t i = 0; i < m.curves.size(); ++i)
    if (!m.curves[i].points.empty()) data.series.push_back({name_of(m.kMethods[i]), colour_of(s.theme(), m.kMethods[i]), &m.curves[i]});
  figures::Curves curves = data.series.empty() ? figures::Curves{} : figures::cost_curves(data, s.theme());
  curves.id = time ? "cost/time" : "cost/memory";
  curves.y.title.clear();  // the heading says it
  plot(s, area, time ? "Time of one pass" : "Memory of one pass", time ? (s.room && m.whole ? "measured on this machine" : "measured") : "measured: the most at a time", std::move(curves));
}

void decoding_plot(LearnScene& s, Rect area, const CostMeasurement& m) {
  figures::Curves curves = m.decoding.points.empty() ? figures::Curves{} : figures::decoding_curves(m.decoding, s.theme());
  curves.id = "cost/decoding";
  curves.y.title.clear();
  plot(s, area, "Time of one token", "causal, with projections", std::move(curves));
}

/// "n" with its exponent.
void power(LearnScene& s, Point at, double exponent) {
  const float w = s.p().text(at, "n", {.color = s.theme().text, .size = 12.5f, .italic = true});
  s.p().text({at.x + w + 1, at.y - 4}, number(static_cast<float>(exponent), 2), {.color = s.theme().text, .size = 10, .family = Family::mono});
}

/// Both ways of coming to one more token, so that the numbers can be checked against each other.
std::string words_of(const analysis::DecodingCost& cost) {
  const auto& d = cost.points.back();
  const std::string n = std::to_string(d.n);
  return "One token at n = " + n + ", in a causal head with its projections (" + std::to_string(cost.request.d_model) + " → " + std::to_string(cost.request.d_k) + "), tile by tile: one pass over all tokens takes " +
         seconds(d.uncached) + ", which is " + seconds(d.all_at_once) + " for each of the " + n + ". Alone, the last token takes " + seconds(d.cached) + " with a cache of keys and values; without one it takes the whole pass again.";
}

/// Of the curve at n, or at its end.
const analysis::CostPoint& point_at(const analysis::CostCurve& curve, int n) {
  const auto it = std::ranges::find(curve.points, n, &analysis::CostPoint::n);
  return it != curve.points.end() ? *it : curve.points.back();
}

/// The largest n that every curve has reached, so that a room compares like with like; 0 when one has no point.
int common_n(const CostMeasurement& m) {
  int n = std::numeric_limits<int>::max();
  for (const auto& curve : m.curves) n = std::min(n, curve.points.empty() ? 0 : curve.points.back().n);
  return n;
}

/// What the curves come to in numbers, one line a method.
void table(LearnScene& s, Rect area, const CostMeasurement& m) {
  auto& p = s.p();
  const auto& t = s.theme();
  const drawing::TextStyle head{.color = t.text3, .size = 11}, mono{.color = t.text, .size = 11.5f, .family = Family::mono};
  constexpr float kNone = -1;  // a room reads time and memory alone
  const auto columns = s.room ? std::array{0.f, kNone, 0.36f, 0.57f, 0.77f, kNone} : std::array{0.f, 0.26f, 0.4f, 0.56f, 0.69f, 0.85f};
  const auto at = [&](std::size_t i) { return std::round(area.x + area.w * columns[i]); };
  const int n = s.room ? common_n(m) : 0;
  const std::string first = n > 0 ? "at n = " + std::to_string(n) : "way";
  const std::string names[] = {first, "largest n", "one pass", "grows as", "memory", "output error"};
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i] >= 0) p.text({at(i), area.y + 12}, names[i], head);
  p.fill({area.x, area.y + 20, area.w, 1}, t.border);
  float y = area.y + 40;
  for (std::size_t i = 0; i < m.curves.size(); ++i) {
    const auto& curve = m.curves[i];
    p.fill({at(0), y - 9, 9, 9}, colour_of(t, m.kMethods[i]), 1);
    p.text_fit({at(0) + 16, y}, name_of(m.kMethods[i]), {.color = t.text, .size = 12}, at(s.room ? 2 : 1) - at(0) - 22);
    if (!curve.points.empty()) {
      const auto& last = point_at(curve, n);
      if (!s.room) p.text({at(1), y}, std::to_string(last.n), mono);
      p.text({at(2), y}, seconds(last.seconds), mono);
      if (std::isfinite(curve.exponent)) power(s, {at(3), y}, curve.exponent);
      p.text({at(4), y}, bytes(last.peak_bytes), mono);
      if (!s.room) p.text({at(5), y}, std::isfinite(last.error) ? number(100 * last.error, 1) + " %" : "none", mono);
    }
    y += 22;
  }
  if (s.room) return;
  p.region({.id = "cost/error", .rect = {at(5) - 4, area.y, area.right() - at(5) + 4, 20}, .label = "Output error", .hint = "‖linear − softmax‖ ÷ ‖softmax‖, of the outputs on the same q, k and v. The others are softmax itself, the window under its own mask."});
  if (m.decoding.points.empty()) return;
  p.fill({area.x, y - 10, area.w, 1}, t.border);
  controls::paragraph(p, {area.x, y - 2}, area.w, words_of(m.decoding), {.color = t.text2, .size = 12});
}

}  // namespace

void cost_figure(LearnScene& s, Rect area) {
  using What = figures::CostPlot::What;
  const CostMeasurement m = *s.view.studies->cost(s.view.seed);
  const Rect inner{area.x + kInset, area.y + 8, area.w - 2 * kInset, area.h - 20};
  const bool said = s.room && m.whole;  // by the heading: a room has more use for the height
  if (!said) status(s, inner, m);
  const float w = std::floor((inner.w - kGutter) / 2), right = inner.x + w + kGutter, top = inner.y + (said ? 0 : kStatus), room = inner.bottom() - top;
  // Where there is no room for four, the numbers stand under the two plots alone.
  const bool four = room >= kLeastForFour && w >= kLeastTable && !s.room;
  const float h = four ? std::floor(room * 0.54f) : std::max(120.f, room - (s.room ? kRoomTable : kTable) - 16);
  const bool narrow = s.room || w < kLeastPlot;  // large type: time alone
  method_plot(s, {inner.x, top, narrow ? inner.w : w, h}, What::time, m);
  if (!narrow) method_plot(s, {right, top, w, h}, What::memory, m);
  const float y = top + h + 20;
  s.p().fill({inner.x, y - 12, inner.w, 1}, s.theme().border);
  table(s, {inner.x, y, four ? w : inner.w, kTable}, m);
  if (!four) return;
  s.p().fill({std::round(inner.x + w + kGutter / 2), top, 1, inner.bottom() - top}, s.theme().border);
  decoding_plot(s, {right, y - 4, w, inner.bottom() - y + 4}, m);
}

}  // namespace qkv::workspaces
