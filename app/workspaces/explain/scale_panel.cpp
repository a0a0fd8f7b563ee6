#include <algorithm>
#include <cmath>

#include "app/figures/numbers.h"
#include "app/workspaces/explain/panels.h"

namespace qkv::workspaces {

using attention::Explanation;
using attention::Operation;
using drawing::Align;
using drawing::Family;
using figures::number;

namespace {

int head_width(const attention::Trace& trace, const Cell& c) {
  return attention::shape_of(trace, Stage::q, c.layer, c.head).columns;
}

/// The cell's weight if only this row were scaled where it is not, or not where it is: all else as it stands.
float weight_with_scale_switched(const attention::Trace& trace, const Cell& c) {
  const auto& o = trace.inputs.options;
  const float root = std::sqrt(static_cast<float>(head_width(trace, c)));
  const float factor = o.scale ? root : 1 / root;
  Matrix row(1, trace.n());
  for (int j = 0; j < trace.n(); ++j) {
    const Explanation why = attention::explain(trace, {Stage::scaled, c.layer, c.head, c.row, j});
    row(0, j) = why.value;
    if (why.terms.empty()) continue;
    const float score = why.terms.front().value;
    const auto capped = [&](float s) {
      return why.softcap > 0 ? why.softcap * std::tanh(s / why.softcap) : s;
    };
    if (why.operation == Operation::scale || why.operation == Operation::cap)
      row(0, j) += capped(score * factor) - capped(score);
  }
  const Eigen::ArrayXXf e = (row.array() - row.maxCoeff()).exp();
  return e(0, c.column) / e.sum();
}

}  // namespace

void scale_panel(Page& s, int level, const Explanation& why, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& o = s.trace().inputs.options;
  const Cell& c = why.cell;
  const int d_k = head_width(s.trace(), c);
  const std::string root = "√" + std::to_string(d_k);
  const float top = panel_heading(s, level, area,
                                  {{"s", {.color = t.text, .size = 12, .weight = 600, .italic = true}},
                                   heading_words(t, why.operation == Operation::mask ? " = −∞: masked"
                                                    : o.scale                        ? " = (q·k) / " + root
                                                                                     : " = q·k")});
  float y = top + 22;
  const float right = area.x + std::min(area.w - 8, 150.f);
  auto line = [&](std::string_view name, const std::string& v, bool strong = false) {
    p.text({area.x, y}, name,
           {.color = strong ? t.text : t.text2, .size = 11.5f, .weight = strong ? 600 : 400});
    p.text(
        {right, y}, v,
        {.color = t.text, .size = strong ? 13.f : 11.f, .weight = strong ? 700 : 400, .family = Family::mono},
        Align::right);
    y += 23;
  };
  const Cell score{Stage::scores, c.layer, c.head, c.row, c.column};
  const Rect hit{area.x - 6, y - 15, right - area.x + 12, 21};
  if (operand_row(s, level, "score", hit, "", score)) descend(s.story, level, score);
  line("q·k", number(attention::value(s.trace(), score), 3));
  if (o.scale) line("÷ " + root, number(std::sqrt(static_cast<float>(d_k)), 3));
  if (o.temperature != 1) line("÷ temperature", number(o.temperature, 2));
  if (why.operation == Operation::cap) {
    const float before = why.terms.front().value;
    line("cap ±" + number(why.softcap, 0), number(why.softcap * std::tanh(before / why.softcap), 3));
  }
  for (std::size_t i = 1; i < why.terms.size(); ++i)
    line("+ " + (why.terms[i].factors.empty() ? std::string("bias") : why.terms[i].factors.front().name),
         number(why.terms[i].value, 3));
  line("+ mask", why.operation == Operation::mask ? "−∞" : "0");
  p.fill({area.x, y - 14, right - area.x, 1}, t.border);
  y += 4;
  line("s", number(why.value, 3), true);
  if (why.operation == Operation::mask || s.trace().n() > 512 || y + 26 > area.bottom()) return;
  const float without = weight_with_scale_switched(s.trace(), c);
  const Cell weight{Stage::weights, c.layer, c.head, c.row, c.column};
  p.text({area.x, y + 8}, (o.scale ? "without ÷" : "with ÷") + root, {.color = t.text3, .size = 10.5f});
  const float w = p.text({area.x, y + 26}, "weight ", {.color = t.text2, .size = 11.5f});
  const float w2 =
      p.text({area.x + w, y + 26}, figures::telling_number(attention::value(s.trace(), weight), 2) + " → ",
             {.color = t.text, .size = 11.5f, .family = Family::mono});
  p.text({area.x + w + w2, y + 26}, figures::telling_number(without, 2),
         {.color = t.weight, .size = 11.5f, .weight = 600, .family = Family::mono});
}

}  // namespace qkv::workspaces
