#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "app/controls/input.h"
#include "app/controls/ui.h"
#include "app/drawing/drawing.h"
#include "app/drawing/theme.h"

namespace qkv::shell {

struct RenderRequest;
struct Session;

struct AppConfig {
  float width = 1440, height = 900;  ///< logical pixels
  float scale = 1;                   ///< device pixels a logical one
  bool dark = false;
  std::filesystem::path state_dir{};   ///< empty: nothing is kept (pictures, tests)
  std::filesystem::path assets_dir{};  ///< empty: only what is built in
  controls::Clipboard* clipboard = nullptr;
  drawing::TextEngine* text = nullptr;
  std::filesystem::path settings_dir{};  ///< empty: settings are not kept
  std::filesystem::path lessons_dir{};   ///< of the user's own lessons; empty: none
};

/// The program without its window: events in, a Drawing out. Knows nothing of OpenGL or GLFW, so tests play it.
class App {
 public:
  explicit App(AppConfig config);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// One event: the screen is built once with it, and whatever it changed is drawn in the next frame().
  void handle(const controls::Event& event);
  /// The screen; built anew when something changed.
  const drawing::Drawing& frame();
  bool dirty() const { return dirty_; }
  long builds() const { return builds_; }  ///< frames built so far: an event costs one or two
  /// Seconds until a Tick is wanted (caret, tooltip, a worker's result); infinity when idle.
  double wake_after() const;
  const drawing::Theme& theme() const;
  drawing::Cursor cursor() const;
  std::string title() const;
  float text_size() const;
  /// A talk is being given.
  bool wants_full_screen() const;
  /// The window's close button: asks first when there are unsaved changes.
  void request_quit();
  bool quit_requested() const;
  /// Opens a file; a failure is shown inside, never thrown.
  void open(const std::filesystem::path& path);
  /// Sets up what a picture shows. Throws Error.
  void show(const RenderRequest& request);
  /// Of the talk that is shown: how many steps it has, and one of them as a picture has it; whether it hides something until that
  /// is revealed. Throws Error.
  int talk_steps() const;
  bool show_talk_step(int step, bool revealed = true);
  /// The screens that the shown step needs: one, unless its words are many. show_talk_step() shows the first.
  int talk_parts();
  void show_talk_part(int part);
  /// The stage is on the other screen than the window was on.
  bool screens_swapped() const;
  /// What the lecturer alone sees, in a window of its own while notes_wanted().
  bool notes_wanted() const;
  void close_notes();
  /// What the reader of a picture should know although all went well: words that the model has no token for. Mostly empty.
  std::string remark() const;
  drawing::Drawing notes(float width, float height);
  /// One figure without controls ("" is the pipeline); its bounds are what it fills. Throws Error for an unknown name.
  drawing::Drawing figure(const std::string& name);
  /// What is open: for tests.
  Session& session() { return *session_; }

 private:
  void build();
  /// Before something that comes from outside the screen: half typed text is neither lost nor given to another document.
  void take_what_is_typed();
  bool shows_the_event(const controls::Event& event) const;
  void keys();
  void show_model(const RenderRequest& request);
  void show_lesson(const RenderRequest& request);
  void show_talk(const RenderRequest& request);
  void export_to(const std::filesystem::path& path);
  bool poll_export();

  AppConfig config_;
  std::unique_ptr<Session> session_;
  drawing::Theme light_, dark_;
  drawing::Drawing frame_;
  bool dirty_ = true;
  long builds_ = 0;
  std::filesystem::path export_to_;  ///< chosen in the dialog; written once the frame without it is built
};

}  // namespace qkv::shell
