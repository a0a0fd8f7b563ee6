#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/controls/no_clipboard.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using controls::Key;
using controls::KeyPress;

class LostWork : public ::testing::Test {
 protected:
  /// Another program, killed with unsaved work of this title.
  void leave_behind(const std::string& title) const {
    const pid_t child = fork();
    if (child == 0) {
      documents::Autosave autosave(folder_.path());
      experiment::Experiment e = experiment::default_experiment();
      e.title = title;
      autosave.keep(std::make_shared<const experiment::Experiment>(std::move(e)),
                    "/home/me/" + title + ".json");
      autosave.wait();
      raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  std::unique_ptr<App> start() {
    AppConfig config;
    config.state_dir = folder_.path();
    config.clipboard = &clipboard_;
    config.text = &text_;
    auto app = std::make_unique<App>(config);
    app->frame();
    return app;
  }

  static void press(App& app, Key key) {
    app.handle(KeyPress{key, {}});
    app.frame();
  }

  std::size_t kept() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path()))
      count += entry.path().extension() == ".json";
    return count;
  }

  testing::TempFolder folder_;
  controls::NoClipboard clipboard_;
  drawing::TextEngine text_;
};

TEST_F(LostWork, IsRestoredAndKeptAnew) {
  leave_behind("lost");
  auto app = start();
  press(*app, Key::enter);
  auto& session = app->session();
  EXPECT_EQ(session.lab.experiment().title, "lost");
  EXPECT_EQ(session.lab.path(), "/home/me/lost.json");
  EXPECT_TRUE(session.lab.unsaved());
  session.autosave.wait();
  EXPECT_EQ(kept(), 1u);
  app.reset();
  EXPECT_EQ(kept(), 0u);
}

TEST_F(LostWork, CanWaitForTheNextStart) {
  leave_behind("lost");
  {
    auto app = start();
    press(*app, Key::escape);
    EXPECT_FALSE(app->session().message);
    EXPECT_NE(app->session().lab.experiment().title, "lost");
  }
  EXPECT_EQ(kept(), 1u);
  EXPECT_TRUE(start()->session().message);
}

TEST_F(LostWork, RestoringOneLeavesTheOthers) {
  leave_behind("first");
  leave_behind("second");
  auto app = start();
  press(*app, Key::enter);
  app->session().autosave.wait();
  EXPECT_EQ(kept(), 2u);
  app.reset();
  EXPECT_EQ(kept(), 1u);
}

TEST_F(LostWork, NothingLostNothingAsked) { EXPECT_FALSE(start()->session().message); }

}  // namespace
}  // namespace qkv::shell
