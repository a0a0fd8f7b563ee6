#include <algorithm>
#include <cmath>

#include "app/drawing/least_type.h"
#include "app/figures/attention_lines.h"
#include "app/figures/numbers.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/scene.h"
#include "app/workspaces/learn/stages_layout.h"
#include "core/experiment/operations.h"

// The Lab's own matrices on the step's experiment, laid out for reading: the stages the step lists and no others.
namespace qkv::workspaces {

using experiment::Place;

namespace {

constexpr float kLabel = 11, kCaption = 34, kFormula = 60, kDrawer = 268, kLeastForDrawer = 520;

/// Laid out for the type that is drawn: a room's is larger, and its numbers need wider cells.
StagesLayout laid_out(const Scene& s, const std::vector<StagePart>& parts, Rect area) {
  const float least = drawing::least_type(s.p().text_engine());
  return layout_stages(parts, area, std::max(kLabel, least), least > 0 ? std::ceil(s.p().width_of("−0.5", {.size = least, .family = drawing::Family::mono}) + 4) : 0);
}

/// What of a step is shown of one of its experiments.
struct Shown {
  std::vector<StagePart> parts;
  bool formula = false, drawer = false;
};

float widest(const Scene& s, const std::vector<std::string>& texts) {
  float w = 0;
  for (const std::string& text : texts) w = std::max(w, s.p().width_of(text, {.size = kLabel, .weight = 600}));
  return std::ceil(w);
}

/// The names of rows or columns of a matrix of dimensions.
std::vector<std::string> names_of(const Scene& s, const StageBox& b, bool rows) {
  std::vector<std::string> out;
  const int count = rows ? b.rows : b.columns;
  for (int i = 0; i < count; ++i) {
    const Cell c{b.stage, b.layer, b.head, rows ? i : 0, rows ? 0 : i};
    out.push_back(rows ? row_name(s.experiment(), c) : column_name(s.experiment(), c));
  }
  return out;
}

/// "0.1:weights" names layer and head; "weights" is of the head that is shown.
std::optional<Cell> stage_named(const Scene& s, const std::string& name, bool& own_head) {
  own_head = name.find(':') != std::string::npos;
  try {
    Cell c = experiment::place_from(name, s.experiment(), *s.trace).cell;
    if (!own_head) {
      c.layer = attention::is_per_layer(c.stage) ? s.view.layer : 0;
      c.head = attention::is_per_head(c.stage) ? s.view.head : 0;
    }
    return c;
  } catch (const std::exception&) {
    return std::nullopt;  // not in this experiment just now: positions that are off, a head that is gone
  }
}

void add_stage(const Scene& s, Shown& shown, Cell c, bool lens, bool own_head) {
  const attention::Shape shape = attention::shape_of(*s.trace, c.stage, c.layer, c.head);
  if (shape.rows == 0 || shape.columns == 0) return;
  if (c.stage == Stage::embedding && x_is_embedding(s.experiment())) return;  // X is the same
  StagePart part{.box = {.stage = c.stage, .layer = c.layer, .head = c.head, .lens = lens, .rows = lens ? s.trace->n() : shape.rows, .columns = shape.columns}};
  const bool present = std::any_of(shown.parts.begin(), shown.parts.end(), [&](const StagePart& p) {
    return !p.lines && p.box.stage == c.stage && p.box.layer == c.layer && p.box.head == c.head && p.box.lens == lens;
  });
  if (present) return;
  const std::vector<std::string> tokens = token_labels(s.experiment());
  const float token_width = std::clamp(widest(s, tokens), 24.f, 84.f);
  const bool square = is_square(c.stage) || c.stage == Stage::score_bias;
  if (rows_are_tokens(c.stage)) part.row_labels = token_width + (c.stage == Stage::x || c.stage == Stage::embedding ? 8.f : 0.f);
  else if (is_weight_matrix(c.stage)) part.row_labels = std::min(widest(s, names_of(s, part.box, true)), 118.f);
  else part.row_labels = 26;  // the symbol of a bias
  if (square) {
    part.column_labels = widest(s, tokens);
  } else if (!is_row(c.stage) && !lens) {
    part.column_labels = widest(s, names_of(s, part.box, false));
    part.may_drop_names = true;
  }
  if (own_head && attention::is_per_head(c.stage)) {
    const auto& head = s.experiment().layers[static_cast<std::size_t>(c.layer)].heads[static_cast<std::size_t>(c.head)];
    part.box.note = "head " + std::to_string(c.head) + (head.name.empty() ? "" : ": " + head.name);
    if (s.trace->layers.size() > 1) part.box.note = "layer " + std::to_string(c.layer) + (s.trace->layers[static_cast<std::size_t>(c.layer)].heads.size() > 1 ? ", " + part.box.note : "");
  }
  // What the Lab calls them is of the whole pipeline.
  if (part.box.note.empty() && c.stage == Stage::output && !lens) part.box.note = "output";
  if (c.stage == Stage::x && c.layer == 0 && s.trace->inputs.norm.kind == attention::NormKind::none) part.box.note = "one row a token";
  shown.parts.push_back(std::move(part));
}

/// Where the scores are followed by the weights: what lies between them, so that nobody takes softmax of the raw scores.
void say_what_is_skipped(const Scene& s, Shown& shown) {
  const auto& o = s.trace->inputs.options;
  const auto shows = [&](Stage stage, const StageBox& of) {
    return std::any_of(shown.parts.begin(), shown.parts.end(), [&](const StagePart& p) { return !p.lines && p.box.stage == stage && p.box.layer == of.layer && p.box.head == of.head; });
  };
  for (StagePart& part : shown.parts) {
    const bool skips = !part.lines && part.box.stage == Stage::weights && shows(Stage::scores, part.box) && !shows(Stage::scaled, part.box);
    if (!skips || !part.box.note.empty()) continue;
    part.box.note = "softmax of Q·Kᵀ" + (o.scale ? " ÷ √" + std::to_string(s.experiment().d_k) : "") + (o.temperature != 1 ? " ÷ " + figures::number(o.temperature, 2) : "");
  }
}

Shown shown_of(const Scene& s, const documents::LessonStep& step, const std::vector<Place>& changes) {
  Shown shown;
  for (const std::string& name : step.figure.stages) {
    bool own_head = false;
    if (name == "formula") shown.formula = true;
    else if (name == "drawer") shown.drawer = true;
    else if (name == "lines") shown.parts.push_back({.box = {.stage = Stage::weights, .layer = s.view.layer, .head = s.view.head, .rows = s.trace->n(), .columns = 8}, .lines = true});
    else if (name == "lens") add_stage(s, shown, {Stage::output, s.view.layer, s.view.head, 0, 0}, true, false);
    else if (const auto c = stage_named(s, name, own_head)) add_stage(s, shown, *c, false, own_head);
  }
  // What may be changed is there to be changed.
  for (const Place& place : changes) {
    const bool embedding = place.cell.stage == Stage::embedding && x_is_embedding(s.experiment());
    const bool listed = std::any_of(shown.parts.begin(), shown.parts.end(), [&](const StagePart& p) { return !p.lines && !p.box.lens && p.box.stage == place.cell.stage; });
    if (!listed) add_stage(s, shown, embedding ? Cell{Stage::x, 0, 0, 0, 0} : place.cell, false, false);
  }
  say_what_is_skipped(s, shown);
  return shown;
}

/// The places that are named and are there; controls are among the words of `change`.
std::vector<Place> places_of(const Scene& s, const std::vector<std::string>& words) {
  std::vector<Place> out;
  for (const std::string& word : words) {
    try {
      Place place = experiment::place_from(word, s.experiment(), *s.trace);
      if (word.find(':') == std::string::npos) {
        if (attention::is_per_layer(place.cell.stage) && place.cell.layer == 0) place.cell.layer = s.view.layer;
        if (attention::is_per_head(place.cell.stage)) place.cell.head = s.view.head;
      }
      out.push_back(place);
    } catch (const std::exception&) {  // a control, or a word of another sentence
    }
  }
  return out;
}

/// The places to look at: of the chosen answer, else of the step.
const std::vector<std::string>& spotlit(const LearnScene& s) {
  const documents::LessonStep& step = s.step();
  if (step.question) {
    const int chosen = s.session.answer().chosen;
    if (chosen >= 0 && chosen < static_cast<int>(step.question->options.size())) {
      const auto& places = step.question->options[static_cast<std::size_t>(chosen)].spotlight;
      if (!places.empty()) return places;
    }
  }
  return step.spotlight;
}

/// Query and key follow what is spotlit; where the step explains a number, it is that one.
void begin(Scene& lab, const std::vector<std::string>& words, const std::vector<Place>& places, bool drawer) {
  LabView& v = lab.view;
  for (std::size_t i = 0; i < std::min(words.size(), places.size()); ++i) {  // one that names its head shows that head first
    if (words[i].find(':') == std::string::npos) continue;
    v.layer = attention::is_per_layer(places[i].cell.stage) ? places[i].cell.layer : 0;
    v.head = attention::is_per_head(places[i].cell.stage) ? places[i].cell.head : 0;
    break;
  }
  const Place* one = nullptr;
  v.names_query = v.names_key = false;
  for (const Place& place : places) {
    const Cell& c = place.cell;
    if (place.cell.row >= 0 && rows_are_tokens(c.stage)) {
      const bool key = c.stage == Stage::k || c.stage == Stage::v;
      (key ? v.key : v.query) = c.row;
      const bool role = c.stage != Stage::x && c.stage != Stage::embedding;  // a row of X is neither yet
      if (role) (key ? v.names_key : v.names_query) = true;
    }
    if (is_square(c.stage) && c.column >= 0) {
      v.key = c.column;
      v.names_key = true;
    }
    if (!one && c.row >= 0 && c.column >= 0) one = &place;
  }
  if (!drawer) return;
  if (one) select(v, *lab.trace, one->cell);
  else select(v, *lab.trace, {Stage::weights, v.layer, v.head, v.query, v.key});
}

void lines(Scene& s, Rect area) {
  const std::vector<std::string> tokens = token_labels(s.experiment());
  const StageLook& look = s.view.looks.look(Stage::weights, s.view.layer, s.view.head);
  const auto layout = figures::lines_layout(s.p().text_engine(), area, tokens, tokens);
  auto& in = s.ui.in;
  const auto number_of = [&](std::string_view prefix) -> std::optional<int> {
    if (!in.hot.starts_with(prefix)) return std::nullopt;
    return std::atoi(in.hot.c_str() + prefix.size());
  };
  const auto query = number_of("query/"), key = number_of("key/");
  if (query && s.ui.clicked(in.hot)) {
    s.view.query = std::min(*query, s.trace->n() - 1);
    s.view.names_query = true;
  }
  figures::attention_lines(s.p(), layout, {.values = look.values, .tile = {0, 0, s.trace->n(), s.trace->n()}, .scale = {}, .mask = {}, .queries = tokens, .keys = tokens,
                                           .selected_query = s.view.query, .selected_key = -1, .hovered_query = query.value_or(-1), .hovered_key = key.value_or(-1)});
}

std::string words_from(const Scene& s, int first) {
  std::string text = first > 0 ? "…" : "";
  for (int i = first; i < s.trace->n(); ++i) text += (text.empty() ? "" : " ") + token_text(s.experiment(), i);
  return text;
}

/// What tells this experiment from the one beside it: its title where both read the same words, else its words; of those that
/// have no room, the part that differs.
std::string name_of(const Scene& s, const Scene* other, float room, const drawing::TextStyle& style) {
  const std::string sentence = words_from(s, 0);
  if (!other) return sentence;
  const std::string others = words_from(*other, 0);
  if (sentence == others) return s.experiment().title;
  if (std::max(s.p().width_of(sentence, style), s.p().width_of(others, style)) <= room) return sentence;
  int same = 0;
  while (same < std::min(s.trace->n(), other->trace->n()) && token_text(s.experiment(), same) == token_text(other->experiment(), same)) ++same;
  return words_from(s, std::max(0, same - 2));  // with two words to know the place by
}

/// "The cat sat down · hand-set weights": what the numbers are of, for they are never passed one for another.
void caption(Scene& s, Rect area, const Scene* other) {
  auto& p = s.p();
  const auto& t = s.theme();
  const drawing::TextStyle name{.color = t.text, .size = 13, .weight = 600}, words{.color = t.text3, .size = 11.5f};
  const std::string sources = s.view.sources.words;
  const float x = area.x + 24, y = area.y + 24, room = area.w - 48;
  const float sources_w = p.width_of(sources, words);
  const std::string shown = name_of(s, other, room, name);
  const float w = p.text_fit({x, y}, shown, name, room);  // where both have no room, the status line says the sources
  if (w + 20 + sources_w <= room) p.text({x + w + 14, y}, sources, words);
}

/// One experiment of the step, ready to be laid out.
struct Panel {
  Scene lab;
  Shown shown;
  std::vector<Place> places, changes;
  bool framed = false;  ///< what may be changed
};

Panel panel_of(LearnScene& s, documents::LabDocument& document, LabView& view, bool second) {
  Panel panel{scene_of(s.ui, document, view), {}, {}, {}, s.hands_on};
  Scene& lab = panel.lab;
  if (second) {
    lab.prefix = "beside/";
    lab.may_change = [](const Cell&) { return false; };
  } else {
    lab.may_change = [&session = s.session](const Cell& c) { return session.may_change(c); };
    panel.changes = places_of(lab, s.step().change);
  }
  panel.places = places_of(lab, spotlit(s));
  panel.shown = shown_of(lab, s.step(), panel.changes);
  return panel;
}

bool is_of(const Place& place, const StageBox& b) {
  return place.cell.stage == b.stage && (!attention::is_per_layer(b.stage) || place.cell.layer == b.layer) && (!attention::is_per_head(b.stage) || place.cell.head == b.head);
}

/// How much of the step is told by a part: what is spotlit or may be changed, then the way to the weights, then what they are made of.
int importance(const Panel& panel, const StagePart& part) {
  if (part.lines || part.box.lens) return 2;
  const auto shown = [&](const Place& place) { return is_of(place, part.box); };
  if (std::any_of(panel.places.begin(), panel.places.end(), shown) || std::any_of(panel.changes.begin(), panel.changes.end(), shown)) return 3;
  if (part.box.stage == Stage::weights || part.box.stage == Stage::output) return 2;
  return is_weight_matrix(part.box.stage) || is_row(part.box.stage) || part.box.stage == Stage::x ? 0 : 1;
}

/// Every matrix that prints numbers at a desk prints them here too.
bool is_legible(const StagesLayout& layout, float least) {
  constexpr float kCharacters = 3 * 0.6f;  // ".50" of the mono font
  constexpr int kMostNumbers = 160;        // a matrix of more is a picture at a desk too
  return std::ranges::all_of(layout.pipeline.boxes, [&](const StageBox& b) { return b.rows * b.columns > kMostNumbers || (b.cell_w >= kCharacters * least + 2 && b.cell_h * 0.8f >= least); });
}

/// A room reads few matrices, large: the least telling go until the numbers of the others have room.
/// Where that does not suffice all stay, as colours.
void keep_legible(const std::vector<Panel*>& panels, const std::vector<Rect>& areas, float least) {
  std::vector<std::vector<StagePart>> all;
  for (const Panel* panel : panels) all.push_back(panel->shown.parts);
  while (true) {
    bool legible = true;
    const Panel* cramped = nullptr;
    for (std::size_t i = 0; i < panels.size(); ++i)
      if (!is_legible(laid_out(panels[i]->lab, panels[i]->shown.parts, areas[i]), least)) {
        legible = false;
        cramped = panels[i];
      }
    if (legible) return;
    const auto& parts = cramped->shown.parts;
    std::size_t drop = parts.size();
    int lowest = 3;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (const int value = importance(*cramped, parts[i]); value < lowest) {
        lowest = value;
        drop = i;
      }
    if (drop == parts.size() || parts.size() == 1) {
      for (std::size_t i = 0; i < panels.size(); ++i) panels[i]->shown.parts = std::move(all[i]);
      return;
    }
    const StageBox gone = parts[drop].box;
    for (Panel* panel : panels)  // two experiments show the same
      std::erase_if(panel->shown.parts, [&](const StagePart& p) { return panel->shown.parts.size() > 1 && !p.lines && p.box.stage == gone.stage && p.box.layer == gone.layer && p.box.head == gone.head && p.box.lens == gone.lens; });
  }
}

void draw(Panel& panel, Rect area, const StagesLayout& layout) {
  Scene& s = panel.lab;
  auto& p = s.p();
  s.layout = layout.pipeline;
  s.view.hovered.reset();
  p.region({.id = s.id("canvas"), .rect = area});
  p.push_clip(area);
  for (const StageBox& b : s.layout.boxes) edit_box(s, b);
  s.follow_document();  // a drag is seen in this very frame
  for (const StageArrow& arrow : layout.arrows) connector(s, arrow.from, arrow.to, role_colour(s.theme(), arrow.operand).with_alpha(0.7f));
  for (const StageBox& b : s.layout.boxes) stage_box(s, b);
  spotlight(s, panel.places);
  if (panel.framed) changeable(s, panel.changes);
  marks(s);
  if (layout.lines) lines(s, *layout.lines);
  cell_editor(s);
  p.pop_clip();
}

/// Two experiments side by side or under each other: whichever lets the cells be larger.
std::pair<Rect, Rect> halves(const Panel& a, const Panel& b, Rect area) {
  const float w = std::floor(area.w / 2), h = std::floor(area.h / 2);
  const std::pair beside{Rect{area.x, area.y, w, area.h}, Rect{area.x + w, area.y, area.w - w, area.h}};
  const std::pair below{Rect{area.x, area.y, area.w, h}, Rect{area.x, area.y + h, area.w, area.h - h}};
  const auto least = [&](const std::pair<Rect, Rect>& r) {
    const auto room = [](Rect x) { return Rect{x.x, x.y + kCaption, x.w, x.h - kCaption}; };
    return std::min(laid_out(a.lab, a.shown.parts, room(r.first)).scale, laid_out(b.lab, b.shown.parts, room(r.second)).scale);
  };
  return least(below) > least(beside) ? below : beside;
}

}  // namespace

void stages_figure(LearnScene& s, Rect area) {
  if (!s.view.begun) {
    Panel first = panel_of(s, s.session.document(), s.view.main, false);
    begin(first.lab, spotlit(s), first.places, first.shown.drawer);
    if (documents::LabDocument* beside = s.session.beside()) {
      Panel other = panel_of(s, *beside, s.view.beside, true);
      begin(other.lab, spotlit(s), other.places, false);
    }
    s.view.begun = true;
  }
  Panel main = panel_of(s, s.session.document(), s.view.main, false);
  const bool explains = main.shown.drawer && s.view.main.selected && area.h > kLeastForDrawer;
  Rect room = area;
  if (main.shown.formula) room = {room.x, room.y + kFormula, room.w, room.h - kFormula};
  if (explains) room.h -= kDrawer;
  std::optional<Panel> second;
  if (documents::LabDocument* beside = s.session.beside()) second.emplace(panel_of(s, *beside, s.view.beside, true));
  if (const float least = drawing::least_type(s.p().text_engine()); least > 0) {
    const auto cells = [](Rect r) { return Rect{r.x, r.y + kCaption, r.w, r.h - kCaption}; };
    if (second) {
      const auto both = halves(main, *second, room);
      keep_legible({&main, &*second}, {cells(both.first), cells(both.second)}, least);
    } else {
      keep_legible({&main}, {cells(room)}, least);
    }
  }
  const auto [first_area, second_area] = second ? halves(main, *second, room) : std::pair{room, Rect{}};
  const auto one = [&](Panel& panel, const Panel* other, Rect r) {
    const Rect cells{r.x, r.y + kCaption, r.w, r.h - kCaption};
    caption(panel.lab, r, other ? &other->lab : nullptr);
    draw(panel, cells, laid_out(panel.lab, panel.shown.parts, cells));
  };
  one(main, second ? &*second : nullptr, first_area);
  if (second) {
    const bool side = second_area.y == first_area.y;
    s.p().fill(side ? Rect{second_area.x, second_area.y + 12, 1, second_area.h - 24} : Rect{second_area.x + 24, second_area.y, second_area.w - 48, 1}, s.theme().border);
    one(*second, &main, second_area);
  }
  if (main.shown.formula) formula_bar(main.lab, {area.x, area.y, area.w, kFormula});
  if (explains) drawer(main.lab, {area.x, area.bottom() - kDrawer, area.w, kDrawer}, true);
  context_menu(main.lab);
  for (LabView* view : {&s.view.main, &s.view.beside})
    if (!view->notice.empty()) s.view.notice = std::exchange(view->notice, {});
}

}  // namespace qkv::workspaces
