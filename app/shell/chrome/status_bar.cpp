#include <array>

#include "app/figures/numbers.h"
#include "app/shell/chrome/session.h"

namespace qkv::shell {

using drawing::Align;
using drawing::Family;
using drawing::Rect;

namespace {

std::string time_text(double seconds) {
  const double us = seconds * 1e6;
  if (us < 1000) return figures::number(static_cast<float>(us), 0) + " µs";
  return us < 1e6 ? figures::number(static_cast<float>(us / 1e3), 1) + " ms" : figures::number(static_cast<float>(seconds), 2) + " s";
}

struct Hint {
  const char *key, *words;
};

/// How long the computation took, and where the numbers come from: hand-set or random ones pass for nothing else.
std::string lab_facts(const Session& s) {
  std::string facts = s.view.sources.words;
  if (s.lab.busy()) facts += " · computing…";
  else if (!s.picture && s.lab.last_compute_seconds() > 0) facts += " · computed in " + time_text(s.lab.last_compute_seconds());
  return facts;
}

std::string model_facts(const Session& s) {
  if (!s.model.is_open()) return s.model.busy() ? s.model.doing() : "no checkpoint is open";
  const documents::ModelRun& run = *s.model.run();
  if (!run.model) return "capture file" + (run.capture->producer.empty() ? "" : " by " + run.capture->producer);
  std::string facts = run.model->summary().family + " · " + std::to_string(run.model->summary().parameters) + " parameters · float32";
  if (s.model.busy()) facts += " · computing…";
  else if (!s.picture && run.seconds > 0) facts += " · computed in " + time_text(run.seconds);
  return facts;
}

}  // namespace

void status_bar(controls::Ui& ui, Session& s, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.panel);
  p.fill({area.x, area.y, area.w, 1}, t.border);
  p.push_clip(area);
  const float base = area.bottom() - 8;
  const bool in_model = s.workspace == Workspace::model;
  const std::string facts = in_model ? model_facts(s) : lab_facts(s);
  const drawing::TextStyle mono{.color = t.text3, .size = 10, .family = Family::mono};
  p.text({area.right() - 20, base}, facts, mono, Align::right);
  const float room = area.w - 60 - p.width_of(facts, mono);
  const std::string& error = in_model ? s.model.error() : s.lab.error();
  if (const std::string& text = error.empty() ? notice_of(s) : error; !text.empty()) {
    const bool bad = !error.empty();
    p.text_fit({area.x + 20, base}, text, {.color = bad ? t.error : t.text2, .size = 11}, room);
    p.region({.id = "status", .rect = {area.x, area.y, room + 20, area.h}, .label = text});
    p.pop_clip();
    return;
  }
  static constexpr std::array<Hint, 7> kLab{{{"hover", "trace operands"}, {"click", "explain"}, {"drag ↕", "change a value"}, {"2×click", "type"},
                                             {"← ↑ ↓ →", "walk"}, {"wheel", "zoom"}, {"F1", "all keys"}}};
  static constexpr std::array<Hint, 7> kModel{{{"← →", "head"}, {"↑ ↓", "layer"}, {"click", "hold"}, {"wheel", "zoom"}, {"M", "map / lines / text"},
                                               {"X", "ablate"}, {"F1", "all keys"}}};
  float x = area.x + 20;
  for (const auto& [key, words] : in_model ? kModel : kLab) {
    const drawing::TextStyle cap{.color = t.text2, .size = 10, .family = Family::mono}, text{.color = t.text3, .size = 10.5f};
    const float w = p.width_of(key, cap) + 10, words_w = p.width_of(words, text);
    if (x + w + 6 + words_w > area.x + 20 + room) break;
    p.stroke({x, area.y + 5, w, 14}, t.border_strong, 1, 3);
    p.text({x + w / 2, base - 0.5f}, key, cap, Align::center);
    x += w + 6;
    p.text({x, base}, words, text);
    x += words_w + 18;
  }
  p.pop_clip();
}

}  // namespace qkv::shell
