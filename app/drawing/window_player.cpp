#include "app/drawing/window_player.h"

#include <backends/imgui_impl_opengl3.h>
#include <epoxy/gl.h>
#include <imgui.h>

#include <type_traits>

#include "app/drawing/glyph_atlas.h"
#include "app/drawing/heat_shader.h"
#include "app/drawing/window_frame.h"
#include "core/error.h"

namespace qkv::drawing {
namespace {

/// A pointer in older releases of Dear ImGui, an integer in newer ones.
template <typename Id = ImTextureID>
Id texture_id(unsigned texture) {
  if constexpr (std::is_pointer_v<Id>)
    return reinterpret_cast<Id>(static_cast<std::uintptr_t>(texture));
  else
    return static_cast<Id>(texture);
}

/// Makes a context current for a scope: the program may have one of its own. Outside of scopes none of ours is, since
/// Dear ImGui counts its allocations in whatever is current, also when that is gone.
class CurrentContext {
 public:
  CurrentContext() : before_(ImGui::GetCurrentContext()) {}
  explicit CurrentContext(ImGuiContext* context) : CurrentContext() { ImGui::SetCurrentContext(context); }
  ~CurrentContext() { ImGui::SetCurrentContext(before_); }
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;

 private:
  ImGuiContext* before_;
};

}  // namespace

struct WindowPlayer::Impl {
  explicit Impl(TextEngine& text_engine) : text(text_engine.impl()), atlas(text) {
    const CurrentContext restored;
    context = ImGui::CreateContext();
    ImGui::SetCurrentContext(context);
    ImGui::GetIO().IniFilename = nullptr;
    if (!ImGui_ImplOpenGL3_Init("#version 330 core")) {
      ImGui::DestroyContext(context);
      throw Error("Dear ImGui cannot use this OpenGL; version 3.3 is needed, update the graphics driver.");
    }
  }
  ~Impl() {
    const CurrentContext current(context);
    ImGui_ImplOpenGL3_Shutdown();
    ImGui::DestroyContext(context);
  }

  TextEngine::Impl& text;
  GlyphAtlas atlas;
  HeatShader heats;
  ImGuiContext* context = nullptr;
};

WindowPlayer::WindowPlayer(TextEngine& text) : impl_(std::make_unique<Impl>(text)) {}
WindowPlayer::~WindowPlayer() = default;

void WindowPlayer::play(const Drawing& drawing, const Theme& theme, int width, int height, float scale) {
  if (width <= 0 || height <= 0) return;
  const CurrentContext current(impl_->context);
  const auto byte = [](unsigned char v) { return static_cast<float>(v) / 255; };
  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(byte(theme.bg.r), byte(theme.bg.g), byte(theme.bg.b), 1);
  glClear(GL_COLOR_BUFFER_BIT);

  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
  io.DeltaTime = 1.f / 60;
  for (int attempt = 0;; ++attempt) {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui::NewFrame();
    WindowFrame frame(*ImGui::GetBackgroundDrawList(), impl_->text, impl_->atlas, impl_->heats, theme, width,
                      height, scale);
    frame.play(drawing, texture_id(impl_->atlas.texture()));
    ImGui::Render();
    // A full atlas makes room and the frame is built again; the third time it is shown as it is.
    if (!impl_->atlas.full() || attempt == 4) {
      impl_->atlas.upload();
      ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
      break;
    }
    impl_->atlas.make_room();
  }
  impl_->heats.end_frame();
}

}  // namespace qkv::drawing
