#pragma once
#include <gmock/gmock.h>

#include "core/model/capture.h"
#include "tests/app/shell/driver.h"

namespace qkv::shell {

inline std::filesystem::path checkpoint(const std::string& name) {
  return std::filesystem::path(QKV_SOURCE_DIR) / "tests" / "oracle" / "checkpoints" / name;
}

/// The Model workspace as it is used: a folder is opened, a sentence typed, heads chosen, held, ablated, read.
struct DriverModel : ::testing::Test {
  void open(const std::filesystem::path& path) {
    d.app.open(path);
    settle();
  }
  void settle() {
    model().wait();
    d.wait(0.01);
    d.frame();
    model().wait();  // predictions, asked for while drawing
    d.wait(0.01);
  }
  documents::ModelSession& model() { return d.session().model; }
  workspaces::ModelView& seen() { return d.session().model_view; }
  const model::Capture& capture() { return *model().run()->capture; }
  /// The middle of a cell of the map.
  Point cell(int query, int key) { return seen().map_layout.rect_of(figures::MapCell{query, key}).center(); }
  std::string printed(int query, int key) {
    const Rect r = seen().map_layout.rect_of(figures::MapCell{query, key});
    for (const auto& t : support::texts(d.frame()))
      if (r.contains(t.text->box.center())) return t.text->text;
    return {};
  }

  const testing::TempFolder folder;
  Driver d{{.state_dir = folder.path() / "state", .settings_dir = folder.path() / "settings"}};
};

inline std::filesystem::path shipped_model(const std::string& name) {
  return std::filesystem::path(QKV_SOURCE_DIR) / "assets" / "models" / name;
}

}  // namespace qkv::shell
