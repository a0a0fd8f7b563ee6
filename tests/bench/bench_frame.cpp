#include <backends/imgui_impl_opengl3.h>
#include <benchmark/benchmark.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include "app/controls/no_clipboard.h"
#include "app/drawing/window_player.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "app/shell/render.h"
#include "app/shell/surface/offscreen.h"

// A frame of the Lab, of the Model workspace, of a lesson and of a talk, at 1440 × 900, from the event to the last pixel, next to an empty Dear ImGui window on
// the same surface. LIBGL_ALWAYS_SOFTWARE=1 measures the software renderer.
namespace qkv::shell {
namespace {

constexpr int kWidth = 1440, kHeight = 900;

/// The program on an offscreen surface.
struct Program {
  void frame() {
    player.play(app.frame(), app.theme(), kWidth, kHeight, 1);
    glFinish();
  }
  /// The middle of the region whose id begins so.
  drawing::Point middle_of(const std::string& id) {
    for (const drawing::Region& region : app.frame().regions) {
      if (region.id.starts_with(id)) return region.rect.center();
    }
    return {kWidth / 2.f, kHeight / 2.f};
  }

  OffscreenSurface surface{kWidth, kHeight};
  controls::NoClipboard clipboard;
  drawing::TextEngine text;
  App app{{.state_dir = {}, .assets_dir = std::filesystem::path(QKV_SOURCE_DIR) / "assets", .clipboard = &clipboard, .text = &text}};
  drawing::WindowPlayer player{text};
};

/// The Model workspace on the induction checkpoint.
struct ModelProgram : Program {
  ModelProgram() {
    app.open(std::filesystem::path(QKV_SOURCE_DIR) / "assets" / "models" / "induction");
    app.session().model.wait();
    frame();
  }
};

void model_unchanged_frame(benchmark::State& state) {
  ModelProgram program;
  for (auto _ : state) program.frame();
}

void model_hover(benchmark::State& state) {
  ModelProgram program;
  const drawing::Point at = program.middle_of("map");
  float step = 0;
  for (auto _ : state) {
    step = step > 150 ? -150.f : step + 7;
    program.app.handle(controls::PointerMove{{at.x + step, at.y + step / 3}, {}});
    program.frame();
  }
}

/// A step of a lesson at the desk or on the stage, the pointer over a number of its figure.
void lesson_hover(benchmark::State& state, Workspace workspace, const std::string& region) {
  Program program;
  program.app.show({.workspace = workspace, .lesson = 5, .step = 2, .lesson_given = true});
  program.app.session().picture = false;
  program.frame();
  const drawing::Point at = program.middle_of(region);
  float step = 0;
  for (auto _ : state) {
    step = step > 50 ? -50.f : step + 7;
    program.app.handle(controls::PointerMove{{at.x + step, at.y + step / 3}, {}});
    program.frame();
  }
}

void learn_hover(benchmark::State& state) { lesson_hover(state, Workspace::learn, "stage/scores"); }
void present_hover(benchmark::State& state) { lesson_hover(state, Workspace::present, "lesson/stage/scores"); }

void first_frame(benchmark::State& state) {
  for (auto _ : state) Program().frame();
}

void unchanged_frame(benchmark::State& state) {
  Program program;
  program.frame();
  for (auto _ : state) program.frame();
}

void hover(benchmark::State& state) {
  Program program;
  const drawing::Point at = program.middle_of("stage/weights");
  float step = 0;
  for (auto _ : state) {
    step = step > 50 ? -50.f : step + 7;
    program.app.handle(controls::PointerMove{{at.x + step, at.y + step / 3}, {}});
    program.frame();
  }
}

/// Dragging a cell: everything downstream is computed and drawn again.
void drag(benchmark::State& state) {
  Program program;
  const drawing::Point at = program.middle_of("stage/x");
  program.app.handle(controls::PointerMove{at, {}});
  program.app.handle(controls::PointerPress{at, controls::Button::left, {}, 1});
  float step = 0;
  for (auto _ : state) {
    step = step > 80 ? -80.f : step + 4;
    program.app.handle(controls::PointerMove{{at.x, at.y + step}, {}});
    program.frame();
  }
}

void empty_imgui_window(benchmark::State& state) {
  OffscreenSurface surface(kWidth, kHeight);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().DisplaySize = ImVec2(kWidth, kHeight);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  for (auto _ : state) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(0, 0));
    ImGui::SetNextWindowSize(ImVec2(kWidth, kHeight));
    ImGui::Begin("empty");
    ImGui::End();
    ImGui::Render();
    glViewport(0, 0, kWidth, kHeight);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    glFinish();
  }
  ImGui_ImplOpenGL3_Shutdown();
  ImGui::DestroyContext();
}

BENCHMARK(empty_imgui_window)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(unchanged_frame)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(hover)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(drag)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(model_unchanged_frame)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(model_hover)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(learn_hover)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(present_hover)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(first_frame)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace qkv::shell

BENCHMARK_MAIN();
