#include "app/workspaces/lab/experiment_names.h"
#include "app/workspaces/lab/scene.h"

namespace qkv::workspaces {

void drawer(Scene& s, Rect area, bool figure) {
  if (!s.view.selected) s.view.chain.clear();
  const ExperimentNames names(s.experiment());
  Story story{*s.trace, names, s.view};
  const DrawerEvent event = explain_drawer(s.ui, story, area, figure);
  if (event.closed) s.view.selected.reset();
  if (event.copied) s.view.notice = "The derivation was copied.";
  if (event.chosen) select(s.view, *s.trace, *event.chosen);
}

}  // namespace qkv::workspaces
