#include "app/shell/chrome/session.h"

namespace qkv::shell {

void offer_lost_work(Session& s) {
  if (s.lost.empty()) return;
  const std::string title = s.lost.front().experiment.title;
  s.message = Message{.title = "Restore your work?",
                      .text = "The program ended before '" + title + "' was saved. Its last state was kept.",
                      .buttons = {"Restore", "Discard", "Later"},
                      .answered = [](Session& t, int chosen) {
                        if (chosen == 0) {
                          const documents::LostWork& work = t.lost.front();
                          try {
                            t.lab.replace(work.experiment, work.path, true);
                            t.lab.wait();
                          } catch (const std::exception& e) {  // what was kept stays kept
                            t.lost.clear();
                            show_message(t, "Your work could not be restored", e.what());
                            return;
                          }
                          t.view = {};
                          workspaces::show_first_target(t.lab, t.view);
                          t.view.notice = "Your work was restored.";
                        }
                        if (chosen <= 1) {
                          t.autosave.forget(t.lost.front());
                          t.lost.erase(t.lost.begin());
                        }
                        // What else there is: asked now, or at the next start.
                        if (chosen == 1) {
                          offer_lost_work(t);
                        } else {
                          t.lost.clear();
                        }
                      }};
  controls::open_popup(s.in, "message");
}

}  // namespace qkv::shell
