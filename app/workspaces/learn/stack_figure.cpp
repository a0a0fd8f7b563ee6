#include <algorithm>

#include "app/figures/stacked_rows.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/special_figures.h"
#include "core/analysis/weighted_sum.h"

// Lesson 11: the output of one query as a stack of value rows.
namespace qkv::workspaces {

void stack_figure(LearnScene& s, Rect area) {
  auto& document = s.session.document();
  const auto trace = document.trace();
  const experiment::Experiment& e = document.traced_experiment();
  LabView& view = s.view.main;
  keep_inside(view, *trace);
  if (!s.view.begun) {
    for (const std::string& words : s.step().spotlight) {
      try {
        const auto place = experiment::place_from(words, e, *trace);
        if (place.cell.stage == Stage::output && place.cell.row >= 0) view.query = place.cell.row;
      } catch (const std::exception&) {  // of another sentence
      }
    }
    s.view.begun = true;  // also for the matrices below
  }
  const auto& head = trace->layers[static_cast<std::size_t>(view.layer)].heads[static_cast<std::size_t>(view.head)];
  const int n = trace->n(), d = static_cast<int>(head.v.cols()), query = std::min(view.query, n - 1);
  figures::StackedRows stack{.query = token_label(e, query)};
  stack.keys = token_labels(e);
  for (int j = 0; j < d; ++j) stack.columns.push_back(column_name(e, {Stage::v, view.layer, view.head, 0, j}));
  const Matrix weights = head.weights.row(query);
  const auto sum = std::make_shared<const analysis::WeightedSum>(analysis::weighted_sum(weights, head.v));
  stack.weights = std::make_shared<const Matrix>(weights);
  stack.values = {trace, &head.v};
  stack.products = {sum, &sum->products};
  stack.sums = {sum, &sum->sums};
  auto& in = s.ui.in;
  for (const char* id : {"stack/values", "stack/products", "stack/sum"}) {
    const drawing::Rect r = s.view.stack_grid;
    if (in.hot != id || r.empty()) continue;
    stack.hovered_column = std::clamp(static_cast<int>((in.pointer.x - r.x) / r.w * static_cast<float>(d)), 0, d - 1);
  }
  const Rect inner{area.x + 24, area.y + 20, area.w - 48, std::min(area.h - 40, figures::stacked_rows_height(n))};
  figures::stacked_rows(s.p(), inner, stack);
  // What the step lets be changed stands below, as the Lab's own matrix.
  const float below = inner.bottom() + 8;
  if (!s.step().change.empty() && area.bottom() - below > 180) stages_figure(s, {area.x, below, area.w, area.bottom() - below});
  for (const auto& region : s.p().drawing().regions)
    if (region.id == in.hot) s.view.stack_grid = region.rect;
}

}  // namespace qkv::workspaces
