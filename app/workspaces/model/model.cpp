#include "app/workspaces/model/model.h"

#include <algorithm>

#include "app/controls/text_layout.h"
#include "app/workspaces/model/scene.h"
#include "core/error.h"

namespace qkv::workspaces {

using controls::Ui;
using documents::ModelSession;
using drawing::Rect;

namespace {

constexpr float kPromptBar = 40, kWideLeft = 384, kNarrowLeft = 320, kWideRail = 288, kNarrowRail = 256;
constexpr float kWide = 1400, kLeastForRail = 520, kLeastForHeads = 640, kLeastForDrawer = 560;

/// What there is to see before anything is open: where to begin, or why it failed.
void nothing_open(Ui& ui, const ModelSession& session, Rect area) {
  auto& p = ui.p;
  const auto& t = p.theme();
  p.fill(area, t.canvas);
  const float x = area.center().x, y = area.center().y;
  if (session.busy()) {
    p.text({x, y}, session.doing().empty() ? "Opening…" : session.doing(), {.color = t.text2, .size = 13},
           drawing::Align::center);
    return;
  }
  p.text({x, y - 12}, "No checkpoint is open", {.color = t.text, .size = 15, .weight = 600},
         drawing::Align::center);
  p.text({x, y + 12},
         "Drop a model folder (config.json and model.safetensors) on this window, or choose one above.",
         {.color = t.text2, .size = 12}, drawing::Align::center);
  if (!session.error().empty()) {
    const float w = std::min(640.f, area.w - 80);
    controls::paragraph(p, {x - w / 2, y + 40}, w, session.error(), {.color = t.error, .size = 12});
  }
}

/// The head under the pointer and the query and key it is on lead this frame.
ModelScene scene_of(Ui& ui, ModelSession& session, ModelView& view) {
  const auto run = session.run();
  const auto overview = session.overview();
  begin_anew(view, *run);
  if (!view.head_chosen) choose_first_head(view, *run, overview.get());
  keep_inside(view, *run);
  ModelScene s{ui, session, view, run, overview, view.head_picture(run)};
  s.query = leading_query(view, s.picture);
  s.key = leading_key(view, s.picture);
  return s;
}

}  // namespace

void model(Ui& ui, ModelSession& session, ModelView& view, Rect area) {
  const Rect prompt{area.x, area.y, area.w, kPromptBar};
  const Rect body{area.x, prompt.bottom(), area.w, area.bottom() - prompt.bottom()};
  if (!session.is_open()) {
    nothing_open(ui, session, body);
    prompt_bar(ui, session, view, prompt);
    return;
  }
  lead_by_pointer(view, ui.in.hot, ui.in.pointer);
  ModelScene s = scene_of(ui, session, view);
  const bool wide = area.w >= kWide;
  // Where there is no room for both, the rail stands in place of the heads.
  const bool both = area.w >= kLeastForBoth;
  view.rail_shown = view.rail.value_or(both) && area.w >= kLeastForRail;
  const float left = area.w < kLeastForHeads || (view.rail_shown && !both) ? 0
                     : wide                                                ? kWideLeft
                                                                           : kNarrowLeft;
  const float rail = !view.rail_shown ? 0 : wide ? kWideRail : kNarrowRail;
  const bool drawer = view.drawer && !view.words && body.h > kLeastForDrawer;
  const float drawer_h = drawer ? std::clamp(view.story.drawer_height > 0 ? view.story.drawer_height : 300.f,
                                             160.f, body.h - 260)
                                : 0;
  const Rect centre{area.x + left, body.y, area.w - left - rail, body.h - drawer_h};
  const bool with_tokens = !drawer && view.picture != Picture::text;  // which shows them itself
  const float tokens =
      !with_tokens ? 0 : std::clamp(tokens_height(s, centre.w), 84.f, std::max(84.f, body.h * 0.27f));
  const float header = head_header_height(s, centre.w);
  head_header(s, {centre.x, centre.y, centre.w, header});
  head_picture(s, {centre.x, centre.y + header, centre.w, centre.h - header - tokens});
  if (with_tokens) tokens_panel(s, {centre.x, centre.bottom() - tokens, centre.w, tokens});
  if (left > 0) heads_panel(s, {area.x, body.y, left, body.h});
  if (rail > 0) model_rail(s, {area.right() - rail, body.y, rail, body.h - drawer_h});
  if (drawer) model_drawer(s, {centre.x, body.bottom() - drawer_h, area.right() - centre.x, drawer_h});
  prompt_bar(ui, session, view, prompt);
}

Rect model_figure(Ui& ui, ModelSession& session, ModelView& view, Rect area, const std::string& name) {
  if (!session.is_open()) throw Error("No model is open, so there is no figure of it.");
  ModelScene s = scene_of(ui, session, view);
  if (name == "heads") {
    heads_panel(s, {area.x, area.y, kWideLeft, area.h});
    return {area.x, area.y, kWideLeft, area.h};
  }
  if (name == "drawer") {
    (void)session.head_trace({view.layer, view.head});
    session.wait();
    const Rect used{area.x, area.y, area.w, std::min(area.h, 300.f)};
    model_drawer(s, used, true);
    return used;
  }
  if (name == "lines")
    view.picture = Picture::lines;
  else if (name == "text")
    view.picture = Picture::text;
  else if (name.empty() || name == "map")
    view.picture = Picture::map;
  else
    throw Error("There is no figure '" + name + "': use map, lines, text, heads or drawer.");
  head_picture(s, area);
  return area;
}

void choose_head(ModelView& view, HeadId head) {
  view.layer = head.layer;
  view.head = head.head;
  view.head_chosen = true;
}

void hold(ModelView& view, const HeadPicture& picture, std::optional<int> query, std::optional<int> key) {
  const int q = query.value_or(leading_query(view, picture));
  const bool same = view.held && q == view.query && (!key || key == view.key);
  view.held = !same;
  view.query = q;
  view.key = key;
}

void show_head(const ModelSession& session, ModelView& view, std::optional<HeadId> head) {
  const auto run = session.run();
  if (!head) {
    choose_first_head(view, *run, session.overview().get());
    return;
  }
  const int layers = static_cast<int>(run->capture->layers.size()), heads = run->capture->heads;
  if (head->layer < 0 || head->layer >= layers || head->head < 0 || head->head >= heads)
    throw Error("--head " + std::to_string(head->layer) + "." + std::to_string(head->head) + ": " +
                session.path().filename().string() + " has " + std::to_string(layers) + " layers of " +
                std::to_string(heads) + " heads, counted from 0.");
  choose_head(view, *head);
}

void show_cell(const ModelSession& session, ModelView& view, int query, int key) {
  const auto run = session.run();
  if (query < 0 || key < 0 || query >= run->capture->n_queries() || key >= run->capture->n_keys())
    throw Error("--select [" + std::to_string(query) + "," + std::to_string(key) + "]: there are " +
                std::to_string(run->capture->n_queries()) + " queries and " +
                std::to_string(run->capture->n_keys()) + " keys, counted from 0.");
  view.query = query;
  view.key = key;
  view.held = view.drawer = true;
}

std::string facts(const documents::ModelRun& run) {
  const model::Capture& c = *run.capture;
  const auto counted = [](std::size_t n, const std::string& what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  };
  std::string text =
      counted(c.layers.size(), "layer") + " × " + counted(static_cast<std::size_t>(c.heads), "head");
  if (c.kv_heads > 0 && c.kv_heads != c.heads) text += " (" + std::to_string(c.kv_heads) + " kv)";
  if (c.head_dim > 0) text += " · d_k " + std::to_string(c.head_dim);
  return text + " · " + counted(c.tokens.size(), "token");
}

std::string about(const ModelSession& session) {
  if (!session.is_open()) return "No checkpoint is open.";
  const auto run = session.run();
  std::string text = session.path().string() + "\n\n" + facts(*run);
  if (!run->model)
    return text + "\n\nA capture file" +
           (run->capture->producer.empty() ? "" : ", written by " + run->capture->producer) + ".";
  const model::Summary& m = run->model->summary();
  text += "\n\nFamily " + m.family + ", " + std::to_string(m.parameters) + " parameters, residual stream " +
          std::to_string(m.width) + " wide, vocabulary of " + std::to_string(m.vocabulary) +
          (m.max_positions > 0 ? ", at most " + std::to_string(m.max_positions) + " tokens." : ".");
  if (!m.unused.empty()) {
    text += "\n\nTensors in its files that are not used: ";
    for (std::size_t i = 0; i < std::min<std::size_t>(5, m.unused.size()); ++i)
      text += (i ? ", " : "") + m.unused[i];
    if (m.unused.size() > 5) text += " and " + std::to_string(m.unused.size() - 5) + " more";
    text += ".";
  }
  return text;
}

}  // namespace qkv::workspaces
