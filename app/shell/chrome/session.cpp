#include "app/shell/chrome/room.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/json.h"
#include "core/experiment/place_names.h"
#include "core/experiment/sources.h"
#include "core/model/capture_file.h"

namespace qkv::shell {

namespace {

void shown_from_the_start(Session& s) {
  const auto rail = s.view.rail;
  const bool numbers = s.view.numbers;
  s.view = {};
  s.view.rail = rail;
  s.view.numbers = numbers;
  workspaces::show_first_target(s.lab, s.view);
}

void remember(Session& s, const std::filesystem::path& path) {
  documents::remember_file(s.settings, path);
  keep_settings(s);
}

}  // namespace

bool has_own_file(const Session& s) {
  const auto& path = s.lab.path();
  const bool shipped = !s.assets.empty() && path.string().starts_with(s.assets.string());
  return !path.empty() && path.extension() == ".json" && !shipped;
}

void keep_settings(Session& s) {
  if (s.settings_folder.empty()) return;
  try {
    documents::save_settings(s.settings, s.settings_folder);
  } catch (const std::exception& e) {
    s.view.notice = e.what();
  }
}

void show_message(Session& s, std::string title, std::string text) {
  s.message = Message{.title = std::move(title), .text = std::move(text)};
  controls::open_popup(s.in, "message");
}

bool is_for_model_workspace(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) || model::is_capture_file(path);
}

void open_file(Session& s, const std::filesystem::path& path) {
  if (is_for_model_workspace(path)) {
    s.workspace = Workspace::model;
    s.model.open(path);
    remember(s, path);
    return;
  }
  if (documents::is_talk_file(path)) {
    try {
      give_talk(s, documents::read_talk(path), 0);
      remember(s, path);
    } catch (const std::exception& e) {
      show_message(s, "This talk could not be opened", e.what());
    }
    return;
  }
  try {
    s.lab.replace(experiment::open_any(path), path);
    s.workspace = Workspace::lab;
    s.opening = path;
    if (!s.lab.busy())
      finish_opening(s);
    else
      s.view.notice = "Opening " + path.filename().string() + "…";
  } catch (const std::exception& e) {
    show_message(s, "This file could not be opened", e.what());
  }
}

void finish_opening(Session& s) {
  const std::filesystem::path path = *std::exchange(s.opening, std::nullopt);
  if (!s.lab.error().empty()) {
    show_message(s, "This file could not be opened", s.lab.error());
    return;
  }
  shown_from_the_start(s);
  remember(s, path);
  s.view.notice = "Opened " + path.filename().string() + "." + (s.lab.experiment().source.empty() ? "" : " " + s.lab.experiment().source);
}

void open_safely(Session& s, const std::filesystem::path& path) {
  if (is_for_model_workspace(path)) return open_file(s, path);
  when_saved(s, [path](Session& t) { open_file(t, path); });
}

void go_to(Session& s, Workspace workspace) {
  s.workspace = workspace;
  if (workspace == Workspace::learn) (void)lessons_of(s);
  if (workspace != Workspace::model || s.model.is_open() || s.model.busy()) return;
  const auto models = shipped_models(s.assets);
  if (!models.empty()) s.model.open(models.front().path);
}

std::string& notice_of(Session& s) { return room_of(s).notice(s); }

documents::LearnSession& lessons_of(Session& s) {
  if (s.learn) return *s.learn;
  s.learn = std::make_unique<documents::LearnSession>(s.assets, s.own_lessons, s.state_folder);
  if (const auto& troubles = s.learn->shelf().troubles; !troubles.empty())
    s.learn_view.notice = (troubles.size() > 1 ? std::to_string(troubles.size()) + " lessons could not be read (Ctrl+L lists them): " : "") + troubles.front();
  return *s.learn;
}

void when_saved(Session& s, std::function<void(Session&)> go_on) {
  if (!s.lab.unsaved()) {
    go_on(s);
    return;
  }
  s.message = Message{.title = "Save the changes?",
                      .text = "'" + experiment::shown_title(s.lab.experiment()) + "' has changes that are in no file.",
                      .buttons = {"Save", "Discard", "Cancel"},
                      .answered = [go_on](Session& t, int chosen) {
                        if (chosen == 1) go_on(t);
                        if (chosen != 0) return;
                        if (!has_own_file(t)) open_file_dialog(t, FilePurpose::save);
                        t.after_save = go_on;
                        if (has_own_file(t)) use_file(t, FilePurpose::save, t.lab.path());
                      }};
  controls::open_popup(s.in, "message");
}

void open_file_dialog(Session& s, FilePurpose purpose) {
  std::error_code ignored;
  auto folder = s.lab.path().parent_path();
  s.after_save = nullptr;
  if (folder.empty() || (!has_own_file(s) && purpose != FilePurpose::open)) folder = std::filesystem::current_path(ignored);
  std::string name;
  if (purpose == FilePurpose::save) name = s.lab.path().empty() ? "experiment.json" : s.lab.path().stem().string() + ".json";
  if (purpose == FilePurpose::save_talk) name = "talk.md";
  std::string extension;
  if (purpose == FilePurpose::export_file) {
    name = export_name(s);
    extension = format_of(s.exporting).extension;
  }
  s.file_dialog = {.purpose = purpose, .folder = folder, .name = name, .extension = extension};
  controls::open_popup(s.in, "file");
}

void use_file(Session& s, FilePurpose purpose, const std::filesystem::path& path) {
  try {
    if (purpose == FilePurpose::open) {
      open_safely(s, path);
    } else if (purpose == FilePurpose::save) {
      s.lab.save_as(path);
      remember(s, path);
      s.view.notice = "Saved " + path.string() + ".";
      if (const auto go_on = std::exchange(s.after_save, nullptr)) go_on(s);
    } else if (purpose == FilePurpose::save_talk) {
      documents::save_talk(s.talk->as_given(), path);
      const auto along = s.talk->to_take_along();
      notice_of(s) = "Saved " + path.string() + "." + (along.empty() ? "" : " Elsewhere it also needs " + experiment::listed(along) + ": take it along.");
    } else if (s.export_file) {
      s.export_file(path);
    }
  } catch (const std::exception& e) {
    s.after_save = nullptr;
    show_message(s, purpose == FilePurpose::save ? "The experiment could not be saved" : purpose == FilePurpose::save_talk ? "The talk could not be saved" : "This could not be exported", e.what());
  }
}

const std::vector<Shipped>& shipped_experiments(Session& s) {
  std::vector<Shipped>& list = s.shipped;
  if (s.assets == s.shipped_from) return list;
  s.shipped_from = s.assets;
  list.clear();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(s.assets / "experiments", error)) {
    if (entry.path().extension() != ".json") continue;
    try {
      list.push_back({experiment::load(entry.path()).title, entry.path()});
    } catch (const Error&) {  // a damaged one is left out here; opening it says why
      list.push_back({entry.path().stem().string(), entry.path()});
    }
  }
  std::sort(list.begin(), list.end(), [](const Shipped& a, const Shipped& b) { return a.title < b.title; });
  return list;
}

std::vector<Shipped> shipped_models(const std::filesystem::path& assets) {
  std::vector<Shipped> list;
  std::error_code error;
  if (assets.empty()) return list;
  for (const auto& entry : std::filesystem::directory_iterator(assets / "models", error))
    if (std::filesystem::exists(entry.path() / "config.json", error)) list.push_back({entry.path().filename().string(), entry.path()});
  std::sort(list.begin(), list.end(), [](const Shipped& a, const Shipped& b) { return a.title < b.title; });
  return list;
}

}  // namespace qkv::shell
