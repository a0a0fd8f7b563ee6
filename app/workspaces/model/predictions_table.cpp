#include <algorithm>
#include <cmath>

#include "app/figures/bar_rows.h"
#include "app/figures/token_label.h"
#include "app/workspaces/model/rail_column.h"

namespace qkv::workspaces {

void predictions_table(RailColumn& c) {
  ModelScene& s = c.s;
  const model::Head kind = s.run->model->summary().head;
  if (kind == model::Head::none) return c.note("This checkpoint has no head that predicts tokens.");
  if (!s.query_token()) return c.note("Switch Words off to see what is predicted at one token.");
  const auto predictions = s.session.predictions(*s.query_token());
  if (!predictions) return c.note("Computing what it predicts…");
  const auto unknown = [](const auto& row) { return std::isnan(row.intact) && std::isnan(row.shown); };
  if (!predictions->rows.empty() && std::ranges::all_of(predictions->rows, unknown))
    return c.note("The logits are NaN: nothing is predicted.");
  std::vector<figures::BeforeAfterRow> rows;
  for (const auto& row : predictions->rows)
    rows.push_back({.token = figures::visible_token(row.readable),
                    .before = row.intact,
                    .after = row.shown,
                    .logit_change = row.logit_shown - row.logit_intact});
  const std::string& token = s.picture.queries[static_cast<std::size_t>(s.query)];
  const float height =
      figures::kBeforeAfterHead + static_cast<float>(rows.size()) * figures::kBeforeAfterHeight;
  figures::before_after(c.p(), {c.x, c.y, c.w, height},
                        {.rows = rows,
                         .token = (kind == model::Head::next_token ? "after " : "at ") + token,
                         .before = s.run->capture != s.run->intact ? "intact" : "prob.",
                         .compared = s.run->capture != s.run->intact});
  c.y += height + 6;
}

}  // namespace qkv::workspaces
