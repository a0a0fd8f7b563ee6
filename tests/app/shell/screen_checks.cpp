#include "tests/app/shell/screen_checks.h"

#include <functional>

namespace qkv::shell {
namespace {

struct PrintedCell {
  std::string text;
  Cell cell;
  bool lens = false;
};

std::vector<PrintedCell> printed_cells(Driver& d) {
  std::vector<PrintedCell> out;
  const auto texts = support::texts(d.frame());
  for (const auto& region : d.frame().regions) {
    if (!region.id.starts_with("stage/")) continue;
    PrintedCell p;
    std::string name = region.id.substr(6);
    const bool next = name.ends_with("/next");
    if (next) name.resize(name.size() - 5);
    p.lens = name == "lens";
    if (p.lens)
      p.cell.stage = Stage::v;
    else if (!attention::stage_from_name(name, p.cell.stage))
      throw std::runtime_error("no stage is called " + name);
    p.cell.layer = attention::is_per_layer(p.cell.stage) ? d.view().layer + next : 0;
    p.cell.head = attention::is_per_head(p.cell.stage) ? d.view().head : 0;
    for (const auto& t : texts) {
      const Point at = t.text->box.center();
      if (t.text->angle != 0 || !region.rect.contains(at) || !region.clip.contains(at)) continue;
      p.text = t.text->text;
      p.cell.row = static_cast<int>((at.y - region.rect.y) / region.rect.h * static_cast<float>(region.rows));
      p.cell.column =
          static_cast<int>((at.x - region.rect.x) / region.rect.w * static_cast<float>(region.columns));
      out.push_back(p);
    }
  }
  return out;
}

}  // namespace

std::string as_printed(float value, const std::string& printed) {
  const auto point = printed.find('.');
  const auto digits = point == std::string::npos ? 0 : printed.size() - point - 1;
  if (printed.starts_with(">")) return figures::NumberFormat{static_cast<int>(digits), false, 100, true}(value);  // a weight below 1
  std::string text = figures::number(value, static_cast<int>(digits));
  if (printed.starts_with(".") || printed.starts_with("−."))  // its leading zero gave way
    if (const auto zero = text.find("0."); zero != std::string::npos) text.erase(zero, 1);
  return text;
}

std::vector<std::string> numbers_unlike_core(Driver& d) {
  const auto trace = experiment::evaluate(d.experiment());
  const auto start = experiment::evaluate(experiment::without_edits(d.experiment()));
  std::vector<std::string> out;
  for (const PrintedCell& p : printed_cells(d)) {
    float value = attention::value(trace, p.cell);
    if (p.lens)
      value *=
          attention::value(trace, {Stage::weights, p.cell.layer, p.cell.head, d.view().query, p.cell.row});
    const bool hidden = std::isinf(value) || !trace.inputs.options.mask.allows(p.cell.row, p.cell.column);
    if (d.view().difference && !p.lens && !hidden) value -= attention::value(start, p.cell);
    if (const std::string expected = as_printed(value, p.text); expected != p.text)
      out.push_back(experiment::format_cell(p.cell) + (p.lens ? " of the lens" : "") + " prints " + p.text +
                    ", core says " + expected);
  }
  return out;
}

std::vector<std::string> texts_cut(Driver& d) {
  std::vector<std::string> out;
  const drawing::Region* rail = drawing::find_region(d.frame(), "rail");
  for (const auto& t : support::clipped(d.frame())) {
    const bool scrolled = rail && d.has("rail/scroll") && t.clip.x == rail->rect.x &&
                          t.text->box.x >= rail->rect.x && t.text->box.right() <= rail->rect.right();
    const drawing::Region* strip = drawing::find_region(d.frame(), "token/add");
    const float middle = t.text->box.center().y;
    const bool in_strip = strip && middle >= strip->rect.y && middle < strip->rect.bottom();
    if (!scrolled && !in_strip) out.push_back(t.text->text);
  }
  return out;
}

int numbers_printed(Driver& d) { return static_cast<int>(printed_cells(d).size()); }

}  // namespace qkv::shell
