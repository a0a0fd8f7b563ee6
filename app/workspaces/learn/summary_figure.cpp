#include <array>

#include "app/controls/text_layout.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/special_figures.h"
#include "core/experiment/operations.h"

// Lesson 12: vector, role, analogy and what learning tunes, with the numbers of the step's sentence.
namespace qkv::workspaces {

using drawing::Family;

namespace {

struct Line {
  Stage stage;
  const char *name, *role, *analogy, *tunes;
};
constexpr std::array kLines{
    Line{Stage::q, "Query", "What am I looking for?", "The wish you come with", "W_Q: what a word asks"},
    Line{Stage::k, "Key", "What can I be found by?", "The card in the catalogue", "W_K: what a word offers"},
    Line{Stage::v, "Value", "What do I pass on?", "What is in the book", "W_V: what a word hands over"},
    Line{Stage::weights, "Weight", "How much of each value do I take?", "How much of each book you read", "nothing: made of q and k"},
    Line{Stage::output, "Output", "What have I learned from the others?", "What you take home", "nothing: made of weights and v"},
};

/// "animate 1.4": where the row of this token is largest.
std::string example(const experiment::Experiment& e, const attention::Trace& trace, Stage stage, int token) {
  const attention::Shape shape = attention::shape_of(trace, stage, 0, 0);
  if (shape.columns == 0) return "";
  Cell best{stage, 0, 0, token, 0};
  for (int j = 1; j < shape.columns; ++j) {
    const Cell c{stage, 0, 0, token, j};
    if (attention::value(trace, c) > attention::value(trace, best)) best = c;
  }
  return column_name(e, best) + " " + figures::number(attention::value(trace, best), 2);
}

}  // namespace

void summary_figure(LearnScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& document = s.session.document();
  const auto trace = document.trace();
  const experiment::Experiment& e = document.traced_experiment();
  int token = trace->n() - 1;
  for (const std::string& words : s.step().spotlight) {
    try {
      const auto place = experiment::place_from(words, e, *trace);
      if (place.cell.row >= 0 && rows_are_tokens(place.cell.stage)) {
        token = place.cell.row;
        break;
      }
    } catch (const std::exception&) {  // of another sentence
    }
  }
  const Rect inner{area.x + 32, area.y + 24, area.w - 64, area.h - 48};
  const std::array<float, 5> shares = s.room ? std::array{0.2f, 0.46f, 0.f, 0.f, 0.34f} : std::array{0.13f, 0.23f, 0.22f, 0.22f, 0.20f};  // a room reads three of the five
  const std::array<std::string, 5> heads{"Vector", "Role", "In a library", "Learning tunes", "For '" + token_label(e, token) + "', most"};
  std::array<float, 6> x{};
  x[0] = inner.x;
  for (std::size_t i = 0; i < shares.size(); ++i) x[i + 1] = std::round(x[i] + inner.w * shares[i]);
  const auto width = [&](std::size_t i) { return x[i + 1] - x[i] - 16; };
  for (std::size_t i = 0; i < heads.size(); ++i)
    if (shares[i] > 0) p.text_fit({x[i], inner.y + 14}, heads[i], {.color = t.text3, .size = 12, .weight = 500}, width(i));
  float y = inner.y + 28;
  // A narrow figure wraps more, so its rows stand closer.
  const bool tight = area.w < 700;
  const drawing::TextStyle words{.color = t.text, .size = tight ? 11.f : 13.5f};
  const float above = tight ? 4.f : 16.f;
  for (const Line& line : kLines) {
    p.fill({inner.x, y, inner.w, 1}, t.border);
    const drawing::Color role = role_colour(t, line.stage);
    const std::string live = example(e, *trace, line.stage, token);
    float h = 0;
    const std::array<std::string, 3> cells{line.role, line.analogy, line.tunes};
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (shares[i + 1] > 0) h = std::max(h, controls::paragraph(p, {x[i + 1], y + above}, width(i + 1), cells[i], words));
    p.runs({x[0], y + above + 14}, symbol(t, line.stage, 16));
    p.text({x[0], y + above + 32}, line.name, {.color = role, .size = 12.5f, .weight = 600});
    h = std::max(h, controls::paragraph(p, {x[4], y + above}, width(4), live, {.color = role, .size = tight ? 11.f : 12.5f, .family = Family::mono}));
    y += std::max(h, 40.f) + 2 * above - 2;
  }
  p.fill({inner.x, y, inner.w, 1}, t.border);
  y += 14;
  controls::paragraph(p, {inner.x, y}, inner.w, "Numbers of '" + experiment::sentence_of(e) + "': the largest entry of each row, by the name of its column.", {.color = t.text3, .size = 12});
}

}  // namespace qkv::workspaces
