#include "app/shell/app.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "app/shell/chrome/actions.h"
#include "app/shell/chrome/room.h"
#include "app/shell/chrome/session.h"
#include "app/shell/render.h"
#include "app/workspaces/present/present.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/operations.h"
#include "core/experiment/sources.h"

namespace qkv::shell {

using controls::Ui;
using drawing::Rect;

namespace {

constexpr float kTopBar = 48, kStatusBar = 24;

/// The theme of the assets, or the built-in copy where they are missing or damaged.
drawing::Theme theme_from(const std::filesystem::path& assets, bool dark) {
  try {
    if (!assets.empty()) return drawing::load_theme(assets / "theme" / "tokens.json", dark);
  } catch (const Error&) {  // the built-in copy is as good
  }
  return drawing::built_in_theme(dark);
}

/// "1 layer", "3 layers".
std::string counted(int n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

}  // namespace

App::App(AppConfig config)
    : config_(std::move(config)),
      session_(std::make_unique<Session>(experiment::default_experiment(), config_.state_dir)),
      light_(theme_from(config_.assets_dir, false)),
      dark_(theme_from(config_.assets_dir, true)) {
  Session& s = *session_;
  s.settings = documents::load_settings(config_.settings_dir);
  s.settings_folder = config_.settings_dir;
  if (config_.settings_dir.empty()) s.settings.dark = config_.dark;
  s.assets = config_.assets_dir;
  s.own_lessons = config_.lessons_dir;
  s.clipboard = config_.clipboard;
  s.export_file = [this](const std::filesystem::path& path) { export_to_ = path; };
  s.export_preview = [this](const std::string& name, bool dark) {
    const bool shown = std::exchange(session_->settings.dark, dark);
    const struct Back {
      bool& dark;
      bool was;
      ~Back() { dark = was; }
    } back{session_->settings.dark, shown};
    return figure(name);
  };
  frame_.bounds = {0, 0, config_.width, config_.height};
  workspaces::show_first_target(s.lab, s.view);
  s.lost = s.autosave.find_lost();
  offer_lost_work(s);
}

App::~App() = default;

const drawing::Theme& App::theme() const { return session_->settings.dark ? dark_ : light_; }
bool App::wants_full_screen() const { return session_->workspace == Workspace::present; }
float App::text_size() const { return session_->settings.text_size; }
bool App::quit_requested() const { return session_->quit; }
void App::request_quit() {
  take_what_is_typed();
  run_action(*session_, "file.quit");
  dirty_ = true;
}

double App::wake_after() const {
  const Session& s = *session_;
  if (s.lab.busy()) return 0.01;
  if (s.export_job.busy()) return 0.05;  // its progress is drawn
  if (s.learn && s.learn->busy()) return 0.01;
  if (s.studies->busy()) return 0.1;
  if (s.workspace == Workspace::present && s.talk) {
    if (s.talk->busy()) return 0.05;
    return std::min(workspaces::present_wake(s.present_view, s.in.now), s.in.next_change().value_or(std::numeric_limits<double>::infinity()));
  }
  if (s.model.busy()) return 0.05;  // its progress is drawn
  return s.in.next_change().value_or(std::numeric_limits<double>::infinity());
}

drawing::Cursor App::cursor() const {
  const auto& in = session_->in;
  const drawing::Region* r = in.active.empty() ? drawing::find_region(frame_, in.hot) : drawing::find_region(frame_, in.active);
  return r ? r->cursor : drawing::Cursor::arrow;
}

std::string App::title() const { return room_of(*session_).title(*session_) + " — QKV Lab"; }

void App::open(const std::filesystem::path& path) {
  open_file(*session_, path);
  dirty_ = true;
}

void App::handle(const controls::Event& event) {
  Session& s = *session_;
  if (std::holds_alternative<controls::Tick>(event)) {
    const bool lab_arrived = s.lab.poll(), model_arrived = s.model.poll();
    const bool opened = s.opening && !s.lab.busy();
    if (opened) finish_opening(s);
    const bool measured = s.studies->poll();
    const bool lesson_arrived = (s.learn && s.learn->is_open() && s.learn->poll()) || measured;
    if (const std::string lost = s.learn ? s.learn->take_error() : std::string(); !lost.empty()) s.learn_view.notice = lost;
    // A talk moves by itself: rows on their way, the timer.
    const bool on_stage = s.workspace == Workspace::present && s.talk;
    const bool moved = on_stage && (s.talk->poll() || workspaces::present_wake(s.present_view, s.in.now) <= std::get<controls::Tick>(event).seconds);
    const bool exported = poll_export();
    const bool arrived = exported || moved || lesson_arrived || lab_arrived || model_arrived || s.model.progress_moved();
    const std::string error = s.autosave.take_error();
    if (!error.empty()) notice_of(s) = error;
    const bool tooltip = s.in.tooltip_due(), caret = s.in.caret_visible();
    s.in.begin(event, frame_);
    s.in.end();
    dirty_ = dirty_ || arrived || opened || tooltip != s.in.tooltip_due() || caret != s.in.caret_visible() || !error.empty();
    return;
  }
  if (const auto* resize = std::get_if<controls::Resize>(&event)) {
    config_.width = resize->width;
    config_.height = resize->height;
    config_.scale = resize->scale;
    dirty_ = true;
    return;
  }
  if (const auto* drop = std::get_if<controls::DropFiles>(&event)) {
    take_what_is_typed();
    if (!drop->paths.empty()) open_safely(s, drop->paths.front());
    dirty_ = true;
    return;
  }
  if (dirty_) build();  // the event is matched against what the user sees next, never against what is gone
  s.in.begin(event, frame_);
  build();
  s.in.end();
  const bool exported = !export_to_.empty();
  if (exported) export_to(std::exchange(export_to_, {}));
  dirty_ = exported || !shows_the_event(event);
}

bool App::shows_the_event(const controls::Event& event) const {
  // What an event changes is drawn by the build after it, except where the workspace knew it before it drew.
  const Session& s = *session_;
  return std::holds_alternative<controls::PointerMove>(event) && s.in.popups.empty() && !s.in.editing() && s.view.shows_event;
}

void App::take_what_is_typed() {
  auto& in = session_->in;
  if (!in.editing()) return;
  in.focus.clear();  // a field takes its text when the keyboard leaves it
  build();
  build();  // and the view follows what that changed
}

void App::keys() {
  Session& s = *session_;
  auto& in = s.in;
  if (!in.event) return;
  if (const auto* press = std::get_if<controls::KeyPress>(&*in.event); press && press->key == controls::Key::space)
    s.view.space_held = true;
  if (const auto* release = std::get_if<controls::KeyRelease>(&*in.event); release && release->key == controls::Key::space)
    s.view.space_held = false;
  if (const auto* up = std::get_if<controls::KeyRelease>(&*in.event); up && (up->key == controls::Key::plus || up->key == controls::Key::minus))
    s.lab.end_gesture();  // a held + or − is one undo step
  const auto* press = std::get_if<controls::KeyPress>(&*in.event);
  if (!press || !in.popups.empty() || in.editing()) return;
  if (const Action* a = action_for(*press, s)) {
    run_action(s, a->id);
    in.event.reset();
  }
}

void App::build() {
  Session& s = *session_;
  frame_ = {};
  s.view.shows_event = false;
  frame_.bounds = {0, 0, config_.width, config_.height};
  drawing::Painter painter(frame_, *config_.text, theme());
  Ui ui{painter, s.in, *config_.clipboard};
  painter.fill(frame_.bounds, theme().bg);
  if (s.workspace == Workspace::present) {
    room_of(s).draw(ui, s, frame_.bounds);
  } else {
    const Rect work{0, kTopBar, config_.width, config_.height - kTopBar - kStatusBar};
    room_of(s).draw(ui, s, work);
    status_bar(ui, s, {0, config_.height - kStatusBar, config_.width, kStatusBar});
    top_bar(ui, s, {0, 0, config_.width, kTopBar});
  }
  palette(ui, s);
  help(ui, s);
  export_panel(ui, s);
  file_dialog(ui, s);
  message_box(ui, s);
  keys();
  if (const auto wish_of = room_of(s).wish)
    if (const std::string wish = std::exchange(*wish_of(s), {}); !wish.empty()) run_action(s, wish);
  controls::tooltip(ui);
  s.studies->frame_shown();
  dirty_ = false;
  ++builds_;
}

const drawing::Drawing& App::frame() {
  if (dirty_) build();
  return frame_;
}

void App::show(const RenderRequest& request) {
  Session& s = *session_;
  s.picture = true;
  if (request.cost) s.studies->show_cost(request.cost);
  if (request.workspace == Workspace::model) return show_model(request);
  if (request.workspace == Workspace::learn) return show_lesson(request);
  if (request.workspace == Workspace::present) return show_talk(request);
  if (request.experiment) s.lab.replace(*request.experiment, {});
  else if (!request.input.empty()) s.lab.replace(experiment::open_any(request.input), request.input);
  if (request.text) {
    int cut = 0;
    (void)experiment::split_sentence(*request.text, 512, &cut);
    if (cut > 0) throw Error("--text has " + std::to_string(cut + 512) + " tokens and the Lab shows at most 512: shorten it.");
    s.lab.replace(experiment::with_sentence(s.lab.experiment(), *request.text), request.input);
  }
  s.lab.wait();
  s.view = {};
  workspaces::show_first_target(s.lab, s.view);
  const auto trace = s.lab.trace();
  const int layers = static_cast<int>(trace->layers.size());
  const std::string asked = "--head " + std::to_string(request.layer) + "." + std::to_string(request.head);
  if (request.layer < 0 || request.layer >= layers)
    throw Error(asked + ": the experiment has " + counted(layers, "layer") + ", counted from 0.");
  const int heads = static_cast<int>(trace->layers[static_cast<std::size_t>(request.layer)].heads.size());
  if (request.head < 0 || request.head >= heads)
    throw Error(asked + ": layer " + std::to_string(request.layer) + " has " + counted(heads, "head") + ", counted from 0.");
  if (request.layer != 0 || request.head != 0) workspaces::show_first_target(s.lab, s.view, std::pair{request.layer, request.head});
  if (request.select) {
    attention::Cell cell = *request.select;
    if (cell.layer == 0 && cell.head == 0) {  // without a prefix it is of the head that is shown
      if (attention::is_per_layer(cell.stage)) cell.layer = request.layer;
      if (attention::is_per_head(cell.stage)) cell.head = request.head;
    }
    const attention::Shape shape = attention::shape_of(*trace, cell.stage, cell.layer, cell.head);
    const std::string wanted = "--select " + experiment::format_cell(cell) + ": ";
    if (shape.rows == 0)
      throw Error(wanted + "there is no such matrix; the experiment has " + counted(layers, "layer") + ", layer 0 " +
                  counted(static_cast<int>(trace->layers[0].heads.size()), "head") + ".");
    if (cell.row < 0 || cell.column < 0 || cell.row >= shape.rows || cell.column >= shape.columns)
      throw Error(wanted + std::string(attention::name_of(cell.stage)) + " is " + std::to_string(shape.rows) + "×" +
                  std::to_string(shape.columns) + ", counted from 0.");
    if (attention::is_per_layer(cell.stage)) s.view.layer = std::min(cell.layer, layers - 1);
    if (attention::is_per_head(cell.stage)) s.view.head = cell.head;
    workspaces::select(s.view, *trace, cell);
  }
  dirty_ = true;
}

void App::show_lesson(const RenderRequest& request) {
  Session& s = *session_;
  go_to(s, Workspace::learn);
  documents::LearnSession& lessons = lessons_of(s);
  if (!lessons.shelf().troubles.empty()) throw Error(lessons.shelf().troubles.front());
  const auto& shelf = lessons.shelf().lessons;
  const auto it = std::ranges::find_if(shelf, [&](const documents::Lesson& lesson) { return lesson.number == request.lesson; });
  if (it == shelf.end()) {
    throw Error("--lesson " + std::to_string(request.lesson) + ": there is no such lesson; " +
                (shelf.empty() ? "none came with this copy of the program." : "they are numbered " + std::to_string(shelf.front().number) + " to " + std::to_string(shelf.back().number) + "."));
  }
  const int steps = static_cast<int>(it->steps.size());
  if (request.step < 1 || request.step > steps)
    throw Error("--step " + std::to_string(request.step) + ": lesson " + std::to_string(request.lesson) + " has " + counted(steps, "step") + ", counted from 1.");
  lessons.go_to(static_cast<int>(it - shelf.begin()), request.step - 1);
  lessons.wait();
  frame();  // asks for what is measured
  s.studies->finish();
  dirty_ = true;
}

void App::show_talk(const RenderRequest& request) {
  Session& s = *session_;
  documents::Talk talk;
  if (request.talk) {
    talk = *request.talk;
  } else if (request.lesson_given) {
    RenderRequest lesson = request;
    lesson.step = 1;
    show_lesson(lesson);
    talk = documents::talk_of(s.learn->lesson());
  } else if (documents::is_talk_file(request.input)) {
    talk = documents::read_talk(request.input);
  } else if (!request.input.empty() && is_for_model_workspace(request.input)) {
    show_model(request);
    talk = talk_here(s).first;
  } else {
    if (!request.input.empty()) s.lab.replace(experiment::open_any(request.input), request.input);
    if (request.text) s.lab.replace(experiment::with_sentence(s.lab.experiment(), *request.text), request.input);
    s.lab.wait();
    s.view = {};
    workspaces::show_first_target(s.lab, s.view);
    const bool told = request.select.has_value();
    const int last = s.lab.trace()->n() - 1;
    if (request.head_given) workspaces::show_first_target(s.lab, s.view, std::pair{request.layer, request.head});
    talk = documents::talk_of(s.lab.experiment(), s.view.layer, s.view.head, std::min(told ? request.select->row : s.view.query, last),
                              std::min(told ? request.select->column : s.view.key, last));
  }
  const int steps = static_cast<int>(talk.steps.size());
  if (request.step < 1 || request.step > steps)
    throw Error("--step " + std::to_string(request.step) + ": the talk has " + counted(steps, "step") + ", counted from 1.");
  give_talk(s, std::move(talk), request.step - 1);
  show_talk_step(request.step - 1);
}

int App::talk_steps() const { return session_->talk ? session_->talk->count() : 0; }

bool App::show_talk_step(int step, bool revealed) {
  Session& s = *session_;
  s.talk->go_to(step);
  s.talk->wait();
  build();  // begins the step, and asks for what is measured
  s.present_view.revealed = revealed;
  s.present_view.part = 0;
  s.talk->wait();
  s.studies->finish();
  dirty_ = true;
  return workspaces::has_answer(*s.talk, s.present_view);
}

int App::talk_parts() {
  frame();
  return session_->present_view.parts;
}

void App::show_talk_part(int part) {
  session_->present_view.part = part;
  dirty_ = true;
}

bool App::notes_wanted() const { return session_->workspace == Workspace::present && session_->talk && session_->notes_shown; }
std::string App::remark() const {
  const Session& s = *session_;
  return s.model.is_open() ? s.model.run()->tokens.unknown : std::string();
}

bool App::screens_swapped() const { return session_->screens_swapped; }

void App::close_notes() {
  session_->notes_shown = false;
  dirty_ = true;
}

drawing::Drawing App::notes(float width, float height) {
  Session& s = *session_;
  drawing::Drawing out;
  out.bounds = {0, 0, width, height};
  drawing::Painter painter(out, *config_.text, theme());
  controls::Interaction nobody;
  nobody.now = s.in.now;
  Ui ui{painter, nobody, *config_.clipboard};
  if (s.talk) workspaces::speaker_notes(ui, *s.talk, s.present_view, out.bounds);
  return out;
}

void App::show_model(const RenderRequest& request) {
  Session& s = *session_;
  s.workspace = Workspace::model;
  if (request.input.empty()) go_to(s, Workspace::model);
  else s.model.open(request.input);
  s.model.wait();
  if (request.text && s.model.is_open()) {
    s.model.set_text(*request.text);
    s.model.wait();
  }
  if (!s.model.error().empty()) throw Error(s.model.error());
  if (!s.model.is_open()) throw Error("No checkpoint comes with this copy of the program: give a model folder or a capture file.");
  s.model_view = {};
  workspaces::show_head(s.model, s.model_view, request.head_given ? std::optional(documents::HeadId{request.layer, request.head}) : std::nullopt);
  if (request.select) {
    workspaces::show_cell(s.model, s.model_view, request.select->row, request.select->column);
    (void)s.model.head_trace({s.model_view.layer, s.model_view.head});
  }
  frame();  // asks for predictions
  s.model.wait();
  dirty_ = true;
}

drawing::Drawing App::figure(const std::string& name) {
  Session& s = *session_;
  drawing::Drawing out;
  out.bounds = {0, 0, config_.width, config_.height};
  drawing::Painter painter(out, *config_.text, theme());
  controls::Interaction nobody;
  Ui ui{painter, nobody, *config_.clipboard};
  out.bounds = room_of(s).figure(ui, s, out.bounds, name);
  return out;
}

}  // namespace qkv::shell
