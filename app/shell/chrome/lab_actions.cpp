#include "app/shell/chrome/actions.h"
#include "app/workspaces/lab/commands.h"
#include "app/workspaces/lab/symbols.h"
#include "core/export/matrix_text.h"

// What can be done to the cells and options of the Lab.
namespace qkv::shell {

using controls::Key;
using experiment::Experiment;
using experiment::Extent;
using exports::Notation;

namespace {

constexpr controls::Mods kShift{true, false, false}, kCtrl{false, true, false}, kAlt{false, false, true};

bool has_cell(const Session& s) { return s.view.selected.has_value(); }
bool editable(const Session& s) { return has_cell(s) && workspaces::can_edit(s.lab, *s.view.selected); }
bool can_randomise(const Session& s) {
  return has_cell(s) && workspaces::can_randomise(s.lab, *s.view.selected);
}

std::function<void(Session&)> walk(int rows, int columns) {
  return [=](Session& s) { workspaces::move_selection(s.lab, s.view, rows, columns); };
}
std::function<void(Session&)> stage(int by) {
  return [=](Session& s) { workspaces::move_stage(s.lab, s.view, by); };
}
std::function<void(Session&)> nudge(int steps, bool fine, bool coarse) {
  return [=](Session& s) { workspaces::nudge(s.lab, s.view, steps, fine, coarse); };
}
std::function<void(Session&)> reset(Extent extent) {
  return [=](Session& s) { workspaces::reset(s.lab, *s.view.selected, extent); };
}
std::function<void(Session&)> copy(Notation notation, const char* name) {
  return [=](Session& s) {
    const auto cell = s.view.selected.value_or(attention::Cell{attention::Stage::weights, s.view.layer, s.view.head, 0, 0});
    s.clipboard->set(exports::matrix_text(*s.lab.trace(), cell, notation));
    s.view.notice = workspaces::plain_symbol(cell.stage) + " copied as " + name + ".";
  };
}

/// A change of the experiment, as an undo step of this name.
template <class Change>
std::function<void(Session&)> edit(const char* what, Change change) {
  return [=](Session& s) { workspaces::change(s.lab, s.view, what, [&](Experiment e) { return change(std::move(e), s); }); };
}

Action mask(const char* id, const char* title, const char* hint, attention::MaskKind kind) {
  return {id, "Attention", title, hint, {}, edit("mask", [=](Experiment e, Session&) { e.mask = kind; return e; }), nullptr,
          [=](const Session& s) { return s.lab.experiment().mask == kind; }};
}
Action positions(const char* id, const char* title, const char* hint, attention::Positions kind) {
  return {id, "Attention", title, hint, {}, edit("positions", [=](Experiment e, Session&) { e.positions = kind; return e; }), nullptr,
          [=](const Session& s) { return s.lab.experiment().positions == kind; }};
}

void show_head(Session& s, int layer_by, int head_by) {
  const auto trace = s.lab.trace();
  s.view.layer += layer_by;
  s.view.head += head_by;
  workspaces::keep_inside(s.view, *trace);
  const auto target = attention::Cell{attention::Stage::weights, s.view.layer, s.view.head, s.view.query, s.view.key};
  if (s.view.selected) workspaces::select(s.view, *trace, target);
}

/// While a large experiment is computed the view may still be in a layer that is gone.
int heads_of(const Session& s) {
  const auto& layers = s.lab.experiment().layers;
  return static_cast<int>(layers[std::min(static_cast<std::size_t>(s.view.layer), layers.size() - 1)].heads.size());
}

}  // namespace

std::vector<Action> cell_actions() {
  const std::string m = "Cell";
  return {
      {"cell.left", m, "Select the cell to the left", "Walk the matrix", {{Key::left, {}}}, walk(0, -1)},
      {"cell.right", m, "Select the cell to the right", "Walk the matrix", {{Key::right, {}}}, walk(0, 1)},
      {"cell.up", m, "Select the cell above", "Walk the matrix", {{Key::up, {}}}, walk(-1, 0)},
      {"cell.down", m, "Select the cell below", "Walk the matrix", {{Key::down, {}}}, walk(1, 0)},
      {"cell.next_stage", m, "Go to the next stage", "From X through Q, K, V and the weights to the output", {{Key::right, kShift}, {Key::down, kShift}}, stage(1)},
      {"cell.previous_stage", m, "Go to the previous stage", "Back towards X", {{Key::left, kShift}, {Key::up, kShift}}, stage(-1)},
      {"cell.unselect", m, "Unselect", "Closes the drawer", {{Key::escape, {}}}, [](Session& s) { s.view.selected.reset(); s.view.chain.clear(); }, has_cell},
      {"cell.increase", m, "Increase by 0.1", "Changes the selected cell", {{Key::plus, {}}}, nudge(1, false, false), has_cell},
      {"cell.decrease", m, "Decrease by 0.1", "Changes the selected cell", {{Key::minus, {}}}, nudge(-1, false, false), has_cell},
      {"cell.increase_fine", m, "Increase by 0.01", "Changes the selected cell", {{Key::plus, kShift}}, nudge(1, true, false), has_cell},
      {"cell.decrease_fine", m, "Decrease by 0.01", "Changes the selected cell", {{Key::minus, kShift}}, nudge(-1, true, false), has_cell},
      {"cell.increase_coarse", m, "Increase by 1", "Changes the selected cell", {{Key::plus, kAlt}}, nudge(1, false, true), has_cell},
      {"cell.decrease_coarse", m, "Decrease by 1", "Changes the selected cell", {{Key::minus, kAlt}}, nudge(-1, false, true), has_cell},
      {"cell.type", m, "Type a value", "Enter commits, Tab goes to the next cell, Esc cancels", {{Key::enter, {}}}, [](Session& s) {
         controls::begin_editing(s.in, "cell", workspaces::exact_text(attention::value(*s.lab.trace(), *s.view.selected)));
       }, editable},
      {"cell.zero", m, "Set to zero", "Changes the selected cell", {{Key::del, {}}, {Key::backspace, {}}}, [](Session& s) { workspaces::set_value(s.lab, *s.view.selected, 0); }, editable},
      {"cell.reset", m, "Reset the cell", "Takes its change back; releases an override", {{Key::backspace, kCtrl}}, reset(Extent::cell), editable},
      {"cell.reset_row", m, "Reset the row", "Takes back the changes of the row", {}, reset(Extent::row), editable},
      {"cell.reset_column", m, "Reset the column", "Takes back the changes of the column", {}, reset(Extent::column), editable},
      {"cell.reset_matrix", m, "Reset the matrix", "Takes back every change of the matrix", {}, reset(Extent::matrix), editable},
      {"cell.randomise", m, "Randomise the matrix", "Random numbers from a new seed", {}, [](Session& s) { workspaces::randomise(s.lab, s.view, *s.view.selected); }, can_randomise},
      {"cell.mask", m, "Mask or unmask the cell", "Whether this query may attend to this key", {{Key::m, {}}},
       edit("mask a cell", [](Experiment e, Session& s) { return experiment::with_mask_cell(std::move(e), s.view.query, s.view.key); })},
      {"copy.numpy", m, "Copy the matrix as NumPy", "np.array([[…]])", {{Key::c, kCtrl}}, copy(Notation::numpy, "NumPy")},
      {"copy.csv", m, "Copy the matrix as CSV", "One row a line", {{Key::c, {true, true, false}}}, copy(Notation::csv, "CSV")},
      {"copy.latex", m, "Copy the matrix as LaTeX", "A bmatrix", {{Key::c, {false, true, true}}}, copy(Notation::latex, "LaTeX")},
  };
}

std::vector<Action> attention_actions() {
  const std::string m = "Attention";
  using attention::MaskKind;
  using attention::Positions;
  return {
      {"attention.scale", m, "Scale by √d_k", "Divides scores so that their spread does not grow with d_k", {{Key::s, {}}}, edit("scale", [](Experiment e, Session&) { e.scale = !e.scale; return e; }),
       nullptr, [](const Session& s) { return s.lab.experiment().scale; }},
      mask("mask.none", "No mask", "Every token sees every token", MaskKind::none),
      mask("mask.causal", "Causal mask", "A token sees itself and what came before", MaskKind::causal),
      mask("mask.window", "Sliding window mask", "A token sees itself and the few before it", MaskKind::sliding_window),
      positions("positions.none", "No positions", "Attention alone does not know the order", Positions::none),
      positions("positions.sinusoidal", "Sinusoidal positions", "Added to X", Positions::sinusoidal),
      positions("positions.rope", "Rotary positions (RoPE)", "q and k turned by their position", Positions::rope),
      positions("positions.alibi", "ALiBi", "Scores lowered by distance", Positions::alibi),
      {"attention.score_bias", m, "Score bias", "A matrix added to the scaled scores, zero until you change it", {}, edit("score bias", [](Experiment e, Session&) { const bool on = !e.score_bias; return experiment::with_score_bias(std::move(e), on); }),
       nullptr, [](const Session& s) { return s.lab.experiment().score_bias != nullptr; }},
      {"attention.more_d_k", m, "Increase d_k", "One more column in Q and K", {{Key::k, kShift}}, edit("d_k", [](Experiment e, Session&) { const int d = std::min(512, e.d_k + 1); return experiment::with_d_k(std::move(e), d); })},
      {"attention.less_d_k", m, "Decrease d_k", "One column fewer in Q and K", {{Key::k, {}}}, edit("d_k", [](Experiment e, Session&) { const int d = std::max(1, e.d_k - 1); return experiment::with_d_k(std::move(e), d); })},
      {"attention.more_heads", m, "Add a head", "With random weights", {}, edit("heads", [](Experiment e, Session& s) { return experiment::with_heads(std::move(e), s.view.layer, heads_of(s) + 1); }), [](const Session& s) { return heads_of(s) < 16; }},
      {"attention.fewer_heads", m, "Drop the last head", "", {}, edit("heads", [](Experiment e, Session& s) { return experiment::with_heads(std::move(e), s.view.layer, heads_of(s) - 1); }), [](const Session& s) { return heads_of(s) > 1; }},
      {"attention.next_head", m, "Show the next head", "", {{Key::right, kAlt}}, [](Session& s) { show_head(s, 0, 1); }},
      {"attention.previous_head", m, "Show the previous head", "", {{Key::left, kAlt}}, [](Session& s) { show_head(s, 0, -1); }},
      {"attention.next_layer", m, "Show the next layer", "", {{Key::down, kAlt}}, [](Session& s) { show_head(s, 1, 0); }},
      {"attention.previous_layer", m, "Show the previous layer", "", {{Key::up, kAlt}}, [](Session& s) { show_head(s, -1, 0); }},
      {"attention.randomise", m, "Randomise X and all weights", "From a new seed; undo brings the old ones back", {{Key::r, {}}},
       edit("randomise", [](Experiment e, Session&) { const auto seed = experiment::next_seed(e.embedding.seed); return experiment::randomised(std::move(e), seed, true); })},
      {"attention.reset_all", m, "Reset everything", "Takes back every edit and gain", {}, edit("reset all", [](Experiment e, Session&) { return experiment::without_edits(e); }),
       [](const Session& s) { return !s.lab.experiment().edits.empty() || !s.lab.experiment().gains.empty(); }},
  };
}

}  // namespace qkv::shell
