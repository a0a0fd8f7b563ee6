#include "app/workspaces/model/rail_column.h"

#include "app/controls/text_layout.h"

namespace qkv::workspaces {

using drawing::Align;

void RailColumn::heading(const std::vector<drawing::Run>& runs, const std::string& aside) {
  y += 26;
  float room = w;
  if (!aside.empty())
    room -= p().text({x + w, y}, aside, {.color = t().text3, .size = 10.5f}, Align::right) + 8;
  std::vector<drawing::Run> fitting = runs;
  drawing::Run& last = fitting.back();  // a token's name may be of any length
  last.text = p().text_engine().elided(last.text, last.style,
                                       room - (p().runs_width(runs) - p().width_of(last.text, last.style)));
  p().runs({x, y}, fitting);
  y += 8;
}

void RailColumn::rule() {
  y += 12;
  p().fill({x - 16, y, w + 32, 1}, t().border);
}

void RailColumn::note(const std::string& text) {
  y += controls::paragraph(p(), {x, y + 4}, w, text, {.color = t().text3, .size = 11}) + 8;
}

void RailColumn::fact(const std::string& name, const std::string& value, const std::string& hint,
                      bool strong) {
  p().text({x, y + 13}, name,
           {.color = strong ? t().text : t().text2, .size = 11, .weight = strong ? 600 : 400});
  p().text({x + w, y + 13}, value,
           {.color = strong ? t().text : t().text2,
            .size = 11,
            .weight = strong ? 600 : 400,
            .family = drawing::Family::mono},
           Align::right);
  p().region({.id = "fact/" + name, .rect = {x, y, w, 18}, .label = name + ": " + value, .hint = hint});
  y += 18;
}

}  // namespace qkv::workspaces
