#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/controls/ui.h"
#include "app/documents/autosave.h"
#include "app/documents/background_job.h"
#include "app/documents/lab_document.h"
#include "app/documents/learn_session.h"
#include "app/documents/learn_studies.h"
#include "app/documents/model_session.h"
#include "app/documents/settings.h"
#include "app/documents/talk_session.h"
#include "app/shell/chrome/export.h"
#include "app/shell/chrome/folder_listing.h"
#include "app/workspaces/lab/lab.h"
#include "app/workspaces/learn/learn.h"
#include "app/workspaces/model/model.h"
#include "app/workspaces/present/view.h"

namespace qkv::shell {

enum class Workspace { learn, lab, model, present };

/// What the file dialog is open for.
enum class FilePurpose { open, save, save_talk, export_file };

struct FileDialogState {
  FilePurpose purpose = FilePurpose::open;
  std::filesystem::path folder;
  std::string name;      ///< typed so far
  int highlighted = -1;  ///< entry of the listing
  float scroll = 0;
  std::string extension{};  ///< of what is exported
  FolderListing listing{};  ///< of `folder`, once it is shown
  std::string trouble{};    ///< why the name cannot be used, until it changes
};

struct PaletteState {
  std::string query;
  int highlighted = 0;
  float scroll = 0;
};

/// One question or message in front of everything, answered by one of its buttons.
struct Message {
  std::string title, text;
  std::vector<std::string> buttons{"OK"};  ///< the first is the default
  std::function<void(struct Session&, int chosen)> answered{};
};

/// An experiment that comes with the program.
struct Shipped {
  std::string title;
  std::filesystem::path path;
};

/// Everything that is open and shown: what actions act on and what the chrome draws.
struct Session {
  Session(experiment::Experiment start, std::filesystem::path state)
      : state_folder(std::move(state)), autosave(state_folder), lab(std::move(start), &autosave) {}

  Workspace workspace = Workspace::lab;
  std::filesystem::path state_folder;  ///< autosave and progress; empty: nothing is kept
  std::filesystem::path own_lessons;   ///< read after those of the program; empty: none
  documents::Autosave autosave;
  documents::LabDocument lab;
  workspaces::LabView view;
  documents::ModelSession model;
  workspaces::ModelView model_view;
  std::unique_ptr<documents::LearnSession> learn;  ///< null until it is first looked at: see lessons_of()
  workspaces::LearnView learn_view;
  std::shared_ptr<documents::LearnStudies> studies = std::make_shared<documents::LearnStudies>();  ///< what lessons measure
  std::unique_ptr<documents::TalkSession> talk;  ///< being given, or given last
  workspaces::PresentView present_view;
  Workspace before_present = Workspace::lab;  ///< where leaving it leads
  bool notes_shown = false;                   ///< the lecturer's window is open
  bool screens_swapped = false;               ///< the stage is on the other screen than the window was on
  bool back_to_lesson = false;  ///< the Lab shows what was opened from a lesson
  documents::Settings settings;
  std::filesystem::path settings_folder;  ///< empty: settings are not kept
  std::filesystem::path assets;           ///< empty: none were found
  std::vector<Shipped> shipped;           ///< of the folder below, once read
  std::filesystem::path shipped_from;
  controls::Clipboard* clipboard = nullptr;
  controls::Interaction in;
  PaletteState palette;
  FileDialogState file_dialog;
  float help_scroll = 0;
  std::optional<Message> message;
  std::vector<documents::LostWork> lost;  ///< claimed and not yet answered, newest first
  std::optional<std::filesystem::path> opening;  ///< opened, and its first trace is still being made
  bool quit = false;
  std::function<void(Session&)> after_save = nullptr;  ///< what waits for the file dialog's save (quit, open another)
  bool picture = false;  ///< a picture is made: what differs from run to run, such as a duration, is left out
  ExportState exporting;
  /// Writes what `exporting` says, once this frame is built (set by App, which has the players).
  std::function<void(const std::filesystem::path&)> export_file;
  std::function<drawing::Drawing(const std::string& figure, bool dark)> export_preview;  ///< one figure as it would be written; throws Error
  documents::BackgroundJob export_job;  ///< last: it may use what it was given until it ends
};

/// Opens an experiment or a file of matrices in the Lab, a model folder or a capture file in the Model workspace; a
/// failure becomes a message. Large ones come from a worker while the window goes on; an experiment is then shown by
/// finish_opening().
void open_file(Session& s, const std::filesystem::path& path);
/// Once the first trace of what was opened is there, or cannot be made: shows it from its beginning, or says why not.
void finish_opening(Session& s);
/// A folder, or a safetensors file that says it is a capture.
bool is_for_model_workspace(const std::filesystem::path& path);
/// The same, but asks first when that would close an experiment with unsaved changes.
void open_safely(Session& s, const std::filesystem::path& path);
/// Goes to a workspace; the Model workspace opens the first checkpoint that comes with the program when it has none.
void go_to(Session& s, Workspace workspace);
/// The lessons, read when first asked for; where the reader left off, or the first, is open.
documents::LearnSession& lessons_of(Session& s);
/// The talk that presenting what is shown begins with, and its step: a lesson, a head of a model, an experiment. Throws Error.
std::pair<documents::Talk, int> talk_here(Session& s);
/// Begins a talk at this step, full screen. Throws Error.
void give_talk(Session& s, documents::Talk talk, int step);
/// The line of the status bar, of the workspace that is shown.
std::string& notice_of(Session& s);
/// False: the experiment is in no file yet, or in one that ships with the program and is not written over.
bool has_own_file(const Session& s);
/// Asks first when there are unsaved changes, then goes on.
void when_saved(Session& s, std::function<void(Session&)> go_on);
/// Asks what to do with the newest of Session::lost, when there is any: restore, discard, or ask again at the next start.
void offer_lost_work(Session& s);
void show_message(Session& s, std::string title, std::string text);
void open_file_dialog(Session& s, FilePurpose purpose);
/// Opens the export panel.
void open_export(Session& s);
/// What the file dialog does with its path.
void use_file(Session& s, FilePurpose purpose, const std::filesystem::path& path);
/// Keeps the settings; a failure is said in the status bar.
void keep_settings(Session& s);
/// The experiments that come with the program, by title; read from the assets when first asked for.
const std::vector<Shipped>& shipped_experiments(Session& s);
/// The checkpoints that come with the program, by name.
std::vector<Shipped> shipped_models(const std::filesystem::path& assets);

// The parts of the chrome, each in the file of its name. Popups draw nothing unless they are open.
void top_bar(controls::Ui& ui, Session& s, drawing::Rect area);
void status_bar(controls::Ui& ui, Session& s, drawing::Rect area);
void palette(controls::Ui& ui, Session& s);      ///< popup "palette": every action by a few letters
void help(controls::Ui& ui, Session& s);         ///< popup "help": every action with its keys, by menu (F1)
void file_dialog(controls::Ui& ui, Session& s);  ///< popup "file": folder listing and name
void export_panel(controls::Ui& ui, Session& s);  ///< popup "export": what, in which form; then the file dialog
void message_box(controls::Ui& ui, Session& s);  ///< popup "message": Session::message

}  // namespace qkv::shell
