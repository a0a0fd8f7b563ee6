#include <algorithm>
#include <cmath>

#include "app/figures/arrows.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/special_figures.h"

// Lesson 8: a query and a key of two numbers each, as arrows that the hand turns. Their numbers are the experiment's.
namespace qkv::workspaces {

namespace {

/// The spotlit row of Q or of K; the first row where none is.
int row_of(LearnScene& s, const experiment::Experiment& e, const attention::Trace& trace, Stage stage) {
  for (const std::string& words : s.step().spotlight) {
    try {
      const auto place = experiment::place_from(words, e, trace);
      if (place.cell.stage == stage && place.cell.row >= 0) return place.cell.row;
    } catch (const std::exception&) {  // of another sentence
    }
  }
  return 0;
}

}  // namespace

void arrows_figure(LearnScene& s, Rect area) {
  auto& document = s.session.document();
  const auto row = [&](Stage stage) { return row_of(s, document.traced_experiment(), *document.trace(), stage); };
  const Cell q{Stage::q, 0, 0, row(Stage::q), 0}, k{Stage::k, 0, 0, row(Stage::k), 0};
  const auto components = [&](Cell c) {
    const attention::Trace& trace = *document.trace();
    Cell y = c;
    y.column = 1;
    return Point{attention::value(trace, c), attention::value(trace, y)};
  };
  if (attention::shape_of(*document.trace(), Stage::q, 0, 0).columns != 2) {
    s.p().text({area.x + 24, area.y + 40}, "Arrows have two numbers: set d_k to 2.", {.color = s.theme().text2, .size = 13});
    return;
  }
  figures::Arrows data{.a = components(q), .b = components(k), .limit = 4, .held = s.view.held_arrow};
  data.name_a = "q_" + row_name(document.traced_experiment(), q);
  data.name_b = "k_" + row_name(document.traced_experiment(), k);
  const Rect inner{area.x + 24, area.y + 20, area.w - 48, area.h - 40};
  const auto layout = figures::arrows_layout(inner, data);
  const char* const ids[] = {"arrows/a", "arrows/b"};
  for (int i = 0; i < 2; ++i) {
    const Cell cell = i == 0 ? q : k;
    if (s.ui.dragged(ids[i]) && s.session.may_change(cell)) {
      s.view.held_arrow = i;
      const Point to = layout.components_at(s.ui.in.pointer, s.ui.in.mods.shift);
      Cell second = cell;
      second.column = 1;
      change(document, s.view.main, "turn " + std::string(i == 0 ? "q" : "k"), [&](const experiment::Experiment& e) {
        return experiment::with_value(experiment::with_value(e, cell, to.x), second, to.y);
      }, ids[i]);
    }
    if (s.ui.released(ids[i])) {
      document.end_gesture();
      s.view.held_arrow = -1;
    }
  }
  data.a = components(q);
  data.b = components(k);
  data.held = s.view.held_arrow;
  data.numbers = analysis::similarity(Vector{{data.a.x, data.a.y}}, Vector{{data.b.x, data.b.y}});
  figures::arrows(s.p(), layout, data);
}

}  // namespace qkv::workspaces
