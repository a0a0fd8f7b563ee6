#include <algorithm>

#include "app/documents/open_in_lab.h"
#include "app/shell/chrome/actions.h"
#include "app/workspaces/model/scene.h"
#include "core/error.h"

// What can be done in the Model workspace.
namespace qkv::shell {

using controls::Key;
using workspaces::HeadId;
using workspaces::Picture;
using figures::Scale;

namespace {

constexpr controls::Mods kShift{true, false, false}, kCtrl{false, true, false};

bool is_open(const Session& s) { return s.model.is_open(); }
bool is_live(const Session& s) { return is_open(s) && s.model.run()->model; }
HeadId shown_head(const Session& s) { return {s.model_view.layer, s.model_view.head}; }

/// Heads follow each other over the end of a layer; layers stop at the ends.
std::function<void(Session&)> walk_heads(int layers, int heads) {
  return [=](Session& s) {
    const auto& capture = *s.model.run()->capture;
    const int count = static_cast<int>(capture.layers.size()) * capture.heads;
    const int at = s.model_view.layer * capture.heads + s.model_view.head + heads + layers * capture.heads;
    if (at < 0 || at >= count) return;
    workspaces::choose_head(s.model_view, {at / capture.heads, at % capture.heads});
  };
}

std::function<void(Session&)> walk_tokens(int queries, int keys) {
  return [=](Session& s) {
    auto& view = s.model_view;
    const auto& picture = view.head_picture(s.model.run());
    view.hovered_query = view.hovered_key = std::nullopt;
    const int q = workspaces::leading_query(view, picture), k = workspaces::leading_key(view, picture);
    view.query = std::clamp(q + queries, 0, static_cast<int>(picture.queries.size()) - 1);
    if (keys != 0 || view.held) view.key = std::clamp(k + keys, 0, static_cast<int>(picture.keys.size()) - 1);
    view.held = true;
  };
}

Action picture(const char* id, const char* title, const char* hint, Key key, Picture which) {
  return {id, "Model", title, hint, {{key, {}}}, [=](Session& s) { s.model_view.picture = which; }, is_open, [=](const Session& s) { return s.model_view.picture == which; }};
}
Action scale(const char* id, const char* title, const char* hint, Scale which) {
  return {id, "Model", title, hint, {}, [=](Session& s) { s.model_view.scale = which; }, is_open, [=](const Session& s) { return s.model_view.scale == which; }};
}

/// The head that is shown becomes the Lab's experiment.
void open_head_in_lab(Session& s) {
  const auto run = s.model.run();
  try {
    const auto& view = s.model_view;
    s.lab.replace(documents::lab_experiment(run->model.get(), *run->intact, run->tokens.readable, view.layer, view.head), {}, true);
    s.lab.wait();
    if (!s.lab.error().empty()) throw Error(s.lab.error());
    s.workspace = Workspace::lab;
    s.view = {};
    const auto& picture = s.model_view.head_picture(run);
    const int n = s.lab.trace()->n();
    if (!view.words) workspaces::select(s.view, *s.lab.trace(), {attention::Stage::weights, 0, 0, std::min(workspaces::leading_query(view, picture), n - 1), std::min(workspaces::leading_key(view, picture), n - 1)});
    s.view.notice = "Opened layer " + std::to_string(view.layer) + ", head " + std::to_string(view.head) + " of " + s.model.path().filename().string() + ".";
  } catch (const std::exception& e) {
    show_message(s, "This head could not be opened in the Lab", e.what());
  }
}

}  // namespace

std::vector<Action> model_actions() {
  const std::string m = "Model";
  return {
      {"model.prompt", m, "Edit the prompt", "The model runs as you type", {{Key::l, kCtrl}, {Key::slash, {}}}, [](Session& s) {
         controls::begin_editing(s.in, "model/prompt", s.model.state().text, true);
       }, is_live},
      {"model.next_head", m, "Show the next head", "", {{Key::right, {}}}, walk_heads(0, 1), is_open},
      {"model.previous_head", m, "Show the previous head", "", {{Key::left, {}}}, walk_heads(0, -1), is_open},
      {"model.next_layer", m, "Show the next layer", "", {{Key::down, {}}}, walk_heads(1, 0), is_open},
      {"model.previous_layer", m, "Show the previous layer", "", {{Key::up, {}}}, walk_heads(-1, 0), is_open},
      {"model.next_query", m, "Next query token", "Holds it", {{Key::down, kShift}}, walk_tokens(1, 0), is_open},
      {"model.previous_query", m, "Previous query token", "Holds it", {{Key::up, kShift}}, walk_tokens(-1, 0), is_open},
      {"model.next_key", m, "Next key token", "Holds it", {{Key::right, kShift}}, walk_tokens(0, 1), is_open},
      {"model.previous_key", m, "Previous key token", "Holds it", {{Key::left, kShift}}, walk_tokens(0, -1), is_open},
      {"model.release", m, "Let go of query and key", "Hovering leads again", {{Key::escape, {}}}, [](Session& s) {
         s.model_view.held = false;
         s.model_view.key.reset();
       }, [](const Session& s) { return s.model_view.held; }},
      {"model.picture", m, "Next picture of the head", "Map, lines or text", {{Key::m, {}}}, [](Session& s) {
         s.model_view.picture = static_cast<Picture>((static_cast<int>(s.model_view.picture) + 1) % 3);
       }, is_open},
      picture("model.map", "Show as a map", "Queries down, keys across", Key::n1, Picture::map),
      picture("model.lines", "Show as lines", "From every query to its keys", Key::n2, Picture::lines),
      picture("model.text", "Show as text", "The text shaded by the attention of one query", Key::n3, Picture::text),
      scale("model.linear", "Linear colours", "Colour grows with the weight", Scale::linear),
      scale("model.log", "Logarithmic colours", "Small weights show too", Scale::log),
      scale("model.rank", "Colours by rank in the row", "The largest weight of each row is brightest", Scale::row_rank),
      {"model.exclude_first", m, "Exclude the first token", "Hatches the first key and gives the colours to the rest", {{Key::e, {}}}, [](Session& s) {
         s.model_view.exclude_first = !s.model_view.exclude_first;
       }, is_open, [](const Session& s) { return s.model_view.exclude_first; }},
      {"model.words", m, "Words instead of tokens", "Summed over the keys of a word, averaged over its queries", {{Key::w, {}}}, [](Session& s) {
         s.model_view.words = !s.model_view.words;
         s.model_view.query = -1;
         s.model_view.key.reset();
         s.model_view.held = false;
       }, is_open, [](const Session& s) { return s.model_view.words; }},
      {"model.special", m, "Special tokens", "The model's own tokens around the text", {{Key::s, {}}}, [](Session& s) {
         s.model.set_special_tokens(!s.model.state().special_tokens);
       }, [](const Session& s) { return is_live(s) && s.model.run()->model->tokenizer(); }, [](const Session& s) { return s.model.state().special_tokens; }},
      {"model.ablate", m, "Ablate this head", "Its output becomes zero; weights and predictions after it change", {{Key::x, {}}}, [](Session& s) {
         s.model.toggle_ablation(shown_head(s));
       }, is_live, [](const Session& s) { return s.model.is_ablated(shown_head(s)); }},
      {"model.restore", m, "Restore every head", "Takes back all ablations", {{Key::x, kShift}}, [](Session& s) { s.model.clear_ablations(); },
       [](const Session& s) { return is_live(s) && !s.model.state().ablated.empty(); }},
      {"model.why", m, "Explain the weight", "Where it comes from, down to the residual stream and the weight matrices", {{Key::y, {}}, {Key::enter, {}}}, [](Session& s) {
         s.model_view.drawer = !s.model_view.drawer;
       }, [](const Session& s) { return is_open(s) && !s.model_view.words; }, [](const Session& s) { return s.model_view.drawer; }},
      {"model.open_in_lab", m, "Open this head in the Lab", "With its real weights and inputs, where every number can be changed", {{Key::o, {}}}, [](Session& s) {
         when_saved(s, open_head_in_lab);
       }, is_open},
      {"model.numbers", m, "Numbers at the right", "Top keys, q·k, predictions, ablation and metrics", {{Key::b, kCtrl}}, [](Session& s) { s.model_view.rail = !s.model_view.rail_shown; }, is_open,
       [](const Session& s) { return s.model_view.rail_shown; }},
      {"model.zoom_in", m, "Zoom in", "Also the mouse wheel, about the pointer", {{Key::period, {}}}, [](Session& s) { workspaces::zoom_map(s.model_view, 1.25f); }, is_open},
      {"model.zoom_out", m, "Zoom out", "Also the mouse wheel", {{Key::comma, {}}}, [](Session& s) { workspaces::zoom_map(s.model_view, 0.8f); }, is_open},
      {"model.fit", m, "Fit", "The whole map", {{Key::f, {}}}, [](Session& s) {
         s.model_view.map = {};
       }, is_open},
  };
}

}  // namespace qkv::shell
