#include <algorithm>
#include <cmath>

#include "app/figures/heatmap.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/scene.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

using drawing::Align;
using drawing::Family;
using drawing::Run;
using drawing::TextStyle;
using figures::AxisLabel;

namespace {

PipelineShape shape_of(const Scene& s) {
  const attention::Trace& t = *s.trace;
  const auto& layer = t.layers[static_cast<std::size_t>(s.view.layer)];
  const auto& head = layer.heads[static_cast<std::size_t>(s.view.head)];
  const auto& inputs = t.inputs.layers[static_cast<std::size_t>(s.view.layer)];
  const auto& parameters = inputs.heads[static_cast<std::size_t>(s.view.head)];
  PipelineShape shape{.n = t.n(),
                      .d_model = static_cast<int>(layer.x.cols()),
                      .d_k = static_cast<int>(head.q.cols()),
                      .d_v = static_cast<int>(head.v.cols()),
                      .heads = static_cast<int>(layer.heads.size()),
                      .layer = s.view.layer,
                      .head = s.view.head};
  shape.projected = parameters.w_q.size() > 0 || parameters.w_k.size() > 0 || parameters.w_v.size() > 0;
  shape.biases = shape.projected && parameters.b_q.size() + parameters.b_k.size() + parameters.b_v.size() > 0;
  shape.sinusoidal = t.positions.size() > 0;
  shape.rotated = head.q_rotated.size() > 0;
  shape.norm = t.inputs.norm.kind != attention::NormKind::none;
  shape.normalised = head.q_normalised.size() + head.k_normalised.size() > 0;
  shape.score_bias = t.inputs.options.score_bias.size() > 0;
  shape.w_o = inputs.w_o.size() > 0;
  shape.combined = layer.heads.size() > 1 || shape.w_o || t.layers.size() > 1;
  const bool last = s.view.layer + 1 == static_cast<int>(t.layers.size());
  shape.residual = !last || t.residual.size() > 0;
  float widest = 0;
  for (const std::string& label : token_labels(s.experiment()))
    widest = std::max(widest, s.p().width_of(label, {.size = 10, .weight = 600}));
  shape.label_width = std::clamp(std::ceil(widest), 24.f, 64.f);
  shape.column_labels = std::min(54.f, widest) * 0.71f + 14;
  return shape;
}

void headers(Scene& s) {
  const auto& h = s.layout.headers;
  const std::optional<Cell> at = s.traced();
  for (std::size_t i = 0; i < h.size(); ++i) {
    if (h[i].number > 6) continue;
    const bool on = at && step_of(at->stage) == h[i].number;
    const float room =
        (i + 1 < h.size() && h[i + 1].number <= 6 ? h[i + 1].x : s.layout.content.right() + 10) - h[i].x - 8;
    s.p().text_fit({h[i].x, s.layout.header_y}, std::to_string(h[i].number) + "  " + step_name(h[i].number),
                   {.color = on ? role_colour(s.theme(), at->stage) : s.theme().text3,
                    .size = 11,
                    .weight = on ? 600 : 500},
                   room);
  }
}

void connectors(Scene& s) {
  const PipelineLayout& l = s.layout;
  const auto& t = s.theme();
  const float label = l.label_width + 12;  // an arrow keeps clear of the labels it points at
  auto mid = [](const StageBox* b) { return b->cells().center().y; };
  const StageBox* x = l.find(Stage::x);
  const StageBox *scores = l.find(Stage::scores), *scaled = l.find(Stage::scaled),
                 *weights = l.find(Stage::weights);
  const struct {
    Stage w, out;
  } lanes[] = {{Stage::w_q, Stage::q}, {Stage::w_k, Stage::k}, {Stage::w_v, Stage::v}};
  for (const auto& lane : lanes) {
    const StageBox *w = l.find(lane.w), *out = l.find(lane.out);
    if (!w || !x || !out) continue;
    connector(s, {x->cells().right() + 3, mid(x)}, {w->origin.x - 4, mid(w)}, t.connector);
    connector(s, {w->cells().right() + 3, mid(w)}, {out->origin.x - label, mid(w)}, t.connector);
  }
  // Q and K, and what norms and rotation make of them before they meet.
  const auto last_of = [&](std::initializer_list<Stage> stages, drawing::Color colour) {
    const StageBox* last = nullptr;
    for (const Stage stage : stages) {
      const StageBox* b = l.find(stage);
      if (!b) continue;
      if (last) connector(s, {last->cells().right() + 3, mid(last)}, {b->origin.x - label, mid(b)}, colour);
      last = b;
    }
    return last;
  };
  const StageBox* q = last_of({Stage::q, Stage::q_normalised, Stage::q_rotated}, t.query);
  const StageBox* k = last_of({Stage::k, Stage::k_normalised, Stage::k_rotated}, t.key);
  const float entry = scores->origin.x - label, y = mid(scores);
  connector(s, {q->cells().right() + 3, mid(q)}, {entry, y - 8}, t.query, 1.5f);
  connector(s, {k->cells().right() + 3, mid(k)}, {entry, y + 8}, t.key, 1.5f);
  if (const StageBox* bias = l.find(Stage::score_bias)) {  // Q·Kᵀ, plus B, then scaled
    s.p().text({(scores->cells().right() + bias->origin.x - label) / 2 + 2, y + 5}, "+",
               {.color = t.weight, .size = 15, .weight = 600}, Align::center);
    connector(s, {bias->cells().right() + 3, y}, {scaled->origin.x - label, y}, t.weight, 1.5f);
  } else {
    connector(s, {scores->cells().right() + 3, y}, {scaled->origin.x - label, y}, t.weight, 1.5f);
  }
  connector(s, {scaled->cells().right() + 3, y}, {weights->origin.x - label, y}, t.weight, 1.5f);
  const StageBox *v = l.find(Stage::v), *lens = l.find(Stage::output, true), *output = l.find(Stage::output);
  connector(s, {v->cells().right() + 3, mid(v)}, {lens->origin.x - label, mid(lens)}, t.value, 1.5f);
  connector(s, {lens->cells().right() + 3, mid(lens)}, {output->origin.x - label, mid(lens)}, t.value, 1.5f);
  s.p().text({lens->cells().right() + 14, mid(lens) - 6}, "Σ", {.color = t.value, .size = 11, .weight = 600},
             Align::center);
  // The weights reach down into the lens.
  const float down = std::min(weights->cells().center().x, output->cells().right() - 10);
  const float from = weights->cells().bottom() + 20, to = output->origin.y - 30;
  if (to - from > 8) {
    s.p().fill({std::round(down) - 0.5f, from, 1.5f, to - from}, t.weight);
    s.p().arrow_head({std::round(down), to}, {0, 1}, t.weight);
  }
  const StageBox *wo = l.find(Stage::w_o), *joined = l.find(Stage::layer_output);
  if (wo && joined)
    connector(s, {wo->cells().right() + 3, mid(joined)}, {joined->origin.x - label, mid(joined)}, t.value);
  for (const StageBox& b : l.boxes)
    if (b.stage == Stage::x && b.layer != s.view.layer && joined) {
      connector(s, {joined->cells().right() + 3, mid(joined)}, {b.origin.x - label, mid(&b)}, t.neutral);
      s.p().text({joined->cells().right() + 14, mid(joined) - 6}, "+",
                 {.color = t.neutral, .size = 11, .weight = 600}, Align::center);
    }
}

/// The words beside the fourth lane.
void combined_words(Scene& s, Rect area) {
  const StageBox* joined = s.layout.find(Stage::layer_output);
  if (!joined) return;
  const StageBox* wo = s.layout.find(Stage::w_o);
  const float y = (wo ? wo : joined)->origin.y, x = area.x + 20 + s.view.pan.x;
  const auto heads = s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads.size();
  // The residual stream passes the norm by.
  const bool onto_embedding = s.view.layer == 0 && s.trace->inputs.norm.kind != attention::NormKind::none;
  auto& p = s.p();
  p.text({x, y + 4}, std::to_string(kSteps) + "  " + step_name(kSteps),
         {.color = s.theme().text3, .size = 11, .weight = 500});
  const std::string line = heads > 1 ? std::to_string(heads) + " outputs side by side" : "one head's output";
  p.text({x, y + 22}, line, {.color = s.theme().text2, .size = 10.5f});
  p.text({x, y + 38},
         wo               ? std::string("× W_O, then + ") + (onto_embedding ? "E" : "X")
         : onto_embedding ? "then + E"
                          : "then + X",
         {.color = s.theme().text2, .size = 10.5f});
}

/// What the marks mean, where there is room under X.
void legend(Scene& s) {
  const StageBox *x = s.layout.find(Stage::x), *v = s.layout.find(Stage::v), *w = s.layout.find(Stage::w_v);
  if (!x || !w || s.layout.find(Stage::embedding)) return;
  const float lx = x->origin.x, width = w->origin.x - 24 - lx;
  float y = x->cells().bottom() + 40;
  const float bottom = std::max(v->cells().bottom(), w->cells().bottom()) + 14;
  if (width < 184 || bottom - y < 84) return;
  y = std::max(y, bottom - 96);
  auto& p = s.p();
  const auto& t = s.theme();
  const TextStyle words{.color = t.text2, .size = 10.5f};
  p.text({lx, y + 4}, "Reading the picture", {.color = t.text2, .size = 11, .weight = 600});
  auto item = [&](int column, int row, std::string_view text) {
    const Rect r{lx + static_cast<float>(column) * 96, y + 16 + static_cast<float>(row) * 22, 16, 13};
    p.text({r.x + 24, r.y + 10}, text, words);
    return r;
  };
  auto fill_at = [&](const Rect& at, float share) {
    p.fill(at, drawing::colour_at(t, drawing::Map::diverging, 0.5f + 0.5f * share));
  };
  Rect r = item(0, 0, "selected");
  fill_at(r, -0.6f);
  p.stroke(r, t.selected, 2, 1);
  r = item(1, 0, "operand");
  fill_at(r, 0.25f);
  p.stroke(r, t.query, 1.5f);
  r = item(0, 1, "masked");
  p.fill(r, t.mask_fill);
  p.hatch(r, t.mask_hatch);
  p.stroke(r, t.border_strong);
  r = item(1, 1, "edited by you");
  fill_at(r, 0.45f);
  figures::edited_mark(p, {r.x, r.y, 16, 18});
  r = item(0, 2, "− 0 +");
  for (float k = 0; k < 16; k += 2)
    p.fill({r.x + k, r.y, 2, 13}, drawing::colour_at(t, drawing::Map::diverging, k / 14));
  r = item(1, 2, "0 … 1");
  for (float k = 0; k < 16; k += 2)
    p.fill({r.x + k, r.y, 2, 13}, drawing::colour_at(t, drawing::Map::sequential, k / 14));
}

/// The head and layer being shown, with every head's pattern in small; returns its height.
float head_strip(Scene& s, Rect area) {
  const int layers = static_cast<int>(s.trace->layers.size());
  const auto& heads = s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads;
  if (layers == 1 && heads.size() == 1) return 0;
  auto& p = s.p();
  float x = area.x + 20;
  const float y = area.y + 8;
  if (layers > 1) {
    x += p.text({x, y + 18}, "Layer", {.color = s.theme().text3, .size = 11}) + 8;
    std::vector<std::string> names;
    for (int i = 0; i < layers; ++i) names.push_back(std::to_string(i));
    const float w = 30 * static_cast<float>(layers);
    const int chosen =
        controls::segmented(s.ui, "lab/layer", {x, y, w, 28}, names, s.view.layer, "Which layer is shown");
    if (chosen != s.view.layer) {
      s.view.layer = chosen;
      s.view.head = 0;
      s.view.selected.reset();
      s.view.chain.clear();
    }
    x += w + 20;
  }
  const auto& shown_heads = s.trace->layers[static_cast<std::size_t>(s.view.layer)].heads;
  x += p.text({x, y + 18}, "Head", {.color = s.theme().text3, .size = 11}) + 8;
  for (int h = 0; h < static_cast<int>(shown_heads.size()); ++h) {
    const std::string id = "lab/head/" + std::to_string(h);
    const auto& named = s.experiment().layers[static_cast<std::size_t>(s.view.layer)].heads;
    const std::string name =
        h < static_cast<int>(named.size()) ? named[static_cast<std::size_t>(h)].name : "";
    const TextStyle style{.color = h == s.view.head ? s.theme().text : s.theme().text2,
                          .size = 11,
                          .weight = h == s.view.head ? 600 : 400};
    std::string label = std::to_string(h) + (name.empty() ? "" : "  " + name);
    const float most =
        (area.right() - 20 - x) / static_cast<float>(static_cast<int>(shown_heads.size()) - h) - 44;
    const std::string number = std::to_string(h);  // is never cut; the name gives way
    const bool tight = most < p.width_of(number, style) + 24;
    label = tight ? number : p.text_engine().elided(label, style, std::min(most, 170.f));
    const float w = p.width_of(label, style) + (tight ? 34 : 38);
    const Rect r{x, y, w, 28};
    if (h == s.view.head) p.fill(r, s.theme().panel, 5);
    p.stroke(r, h == s.view.head ? s.theme().text2 : s.theme().border, 1, 5);
    const auto& m = shown_heads[static_cast<std::size_t>(h)].weights;
    p.heat({.rect = {x + 4, y + 4, 20, 20},
            .values = {s.trace, &m},
            .map = drawing::Map::sequential,
            .lo = 0,
            .hi = 1,
            .masked = nullptr});
    p.text({x + 30, y + 18}, label, style);
    p.region({.id = id,
              .rect = r,
              .label = "Head " + std::to_string(h) + (name.empty() ? "" : ": " + name),
              .hint = "Show this head. Each head has its own W_Q, W_K and W_V.",
              .cursor = drawing::Cursor::hand,
              .focusable = true});
    if (s.ui.clicked(id) && h != s.view.head) {
      s.view.head = h;
      if (s.view.selected) {
        Cell c = *s.view.selected;
        c.head = attention::shape_of(*s.trace, c.stage, c.layer, h).rows > 0 ? h : c.head;
        select(s.view, *s.trace, c);
      }
    }
    x += w + (tight ? 3 : 6);
  }
  return 40;
}

}  // namespace

void connector(Scene& s, Point a, Point b, drawing::Color c, float width) {
  const float k = (b.x - a.x) / 2;
  if (b.x - a.x < 6) return;
  s.p().bezier(a, {a.x + k, a.y}, {b.x - k, b.y}, b, c, width);
  s.p().arrow_head(b, {1, 0}, c);
}

float Scene::shown(const Cell& c) const {
  const StageLook& look = view.looks.look(c.stage, c.layer, c.head);
  return c.row < look.values->rows() && c.column < look.values->cols() ? (*look.values)(c.row, c.column) : 0;
}

std::string region_id(const Scene& s, const StageBox& b) {
  std::string id = s.id(b.lens ? "stage/lens" : "stage/" + std::string(attention::name_of(b.stage)));
  if (attention::is_per_head(b.stage) && b.head != s.view.head) id += "/head" + std::to_string(b.head);
  if (attention::is_per_layer(b.stage) && b.layer != s.view.layer)
    id += b.layer == s.view.layer + 1 ? "/next" : "/layer" + std::to_string(b.layer);
  return id;
}

void pipeline(Scene& s, Rect area) {
  auto& p = s.p();
  p.fill(area, s.theme().canvas);
  p.push_clip(area);
  const float warned = banner(s, area);
  const float strip = warned + head_strip(s, {area.x, area.y + warned, area.w, area.h - warned});
  const Rect canvas{area.x, area.y + strip, area.w, area.h - strip};
  p.region({.id = "canvas", .rect = canvas});
  s.layout = layout_pipeline(shape_of(s), canvas, s.view.zoom);
  // An imported head may have some of the projections and biases and not the others.
  std::erase_if(s.layout.boxes, [&](const StageBox& b) {
    return attention::shape_of(*s.trace, b.stage, b.layer, b.head) == attention::Shape{};
  });
  const Rect content = s.layout.content;
  s.view.pan.x = std::clamp(s.view.pan.x, std::min(0.f, canvas.w - content.w), 0.f);
  s.view.pan.y = std::clamp(s.view.pan.y, std::min(0.f, canvas.h - content.h), 0.f);
  const Point pan{std::round(s.view.pan.x), std::round(s.view.pan.y)};
  for (StageBox& b : s.layout.boxes) b.origin = {b.origin.x + pan.x, b.origin.y + pan.y};
  for (StageHeader& h : s.layout.headers) h.x += pan.x;
  s.layout.header_y += pan.y;
  s.layout.content = content.moved(pan.x, pan.y);
  p.push_clip(canvas);
  s.view.hovered.reset();
  for (const StageBox& b : s.layout.boxes) edit_box(s, b);
  s.follow_document();  // nothing but the heads' strip is drawn yet, so a drag is seen in this very frame
  headers(s);
  connectors(s);
  for (const StageBox& b : s.layout.boxes) stage_box(s, b);
  if (s.layout.find(Stage::layer_output)) combined_words(s, canvas);
  legend(s);
  marks(s);
  canvas_gestures(s, canvas);
  cell_editor(s);
  p.pop_clip();
  p.pop_clip();
}

}  // namespace qkv::workspaces
