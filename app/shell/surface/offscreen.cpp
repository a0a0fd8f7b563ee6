#include "app/shell/surface/offscreen.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/error.h"

namespace qkv::shell {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error("Cannot draw without a display: " + what +
              "; install Mesa's EGL and software renderer (Debian: libegl-mesa0, libgl1-mesa-dri).");
}

/// The displays that need neither X nor Wayland, best first, then the default one.
std::vector<EGLDisplay> candidate_displays() {
  std::vector<EGLDisplay> displays;
  const auto client_has = [](const char* extension) {
    return epoxy_has_egl_extension(EGL_NO_DISPLAY, extension);
  };
  const bool platforms = client_has("EGL_EXT_platform_base");
  if (platforms && client_has("EGL_MESA_platform_surfaceless")) {
    displays.push_back(eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr));
  }
  if (platforms && client_has("EGL_EXT_platform_device") && client_has("EGL_EXT_device_enumeration")) {
    std::array<EGLDeviceEXT, 8> devices{};
    EGLint count = 0;
    if (!eglQueryDevicesEXT(static_cast<EGLint>(devices.size()), devices.data(), &count)) count = 0;
    for (EGLint i = 0; i < count; ++i) {
      displays.push_back(
          eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[static_cast<std::size_t>(i)], nullptr));
    }
  }
  displays.push_back(eglGetDisplay(EGL_DEFAULT_DISPLAY));
  std::erase(displays, EGL_NO_DISPLAY);
  return displays;
}

/// A context that can be made current without a surface; EGL_NO_CONTEXT when this display has none.
EGLContext make_context(EGLDisplay display) {
  if (!eglInitialize(display, nullptr, nullptr) ||
      !epoxy_has_egl_extension(display, "EGL_KHR_surfaceless_context") || !eglBindAPI(EGL_OPENGL_API)) {
    return EGL_NO_CONTEXT;
  }
  const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  if (!eglChooseConfig(display, wanted, &config, 1, &count) || count == 0) return EGL_NO_CONTEXT;
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            3,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  return eglCreateContext(display, config, EGL_NO_CONTEXT, version);
}

}  // namespace

struct OffscreenSurface::Impl {
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLContext context = EGL_NO_CONTEXT;
  GLuint framebuffer = 0, colour = 0;
  int width = 0, height = 0;

  void make_current() const {
    if (!eglBindAPI(EGL_OPENGL_API) || !eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
      fail("its OpenGL context cannot be made current");
    }
    if (framebuffer) glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
  }
};

OffscreenSurface::OffscreenSurface(int width, int height) : impl_(std::make_unique<Impl>()) {
  if (!epoxy_has_egl()) fail("libEGL is missing");
  for (EGLDisplay display : candidate_displays()) {
    if (EGLContext context = make_context(display); context != EGL_NO_CONTEXT) {
      impl_->display = display;
      impl_->context = context;
      break;
    }
  }
  if (impl_->context == EGL_NO_CONTEXT) fail("EGL offers no OpenGL 3.3 context");
  impl_->make_current();
  glGenFramebuffers(1, &impl_->framebuffer);
  glGenRenderbuffers(1, &impl_->colour);
  glBindFramebuffer(GL_FRAMEBUFFER, impl_->framebuffer);
  resize(width, height);
}

// The display stays initialised: EGL counts no users, and ending it would end the contexts of others.
OffscreenSurface::~OffscreenSurface() {
  if (impl_->context == EGL_NO_CONTEXT) return;
  eglMakeCurrent(impl_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, impl_->context);
  glDeleteFramebuffers(1, &impl_->framebuffer);
  glDeleteRenderbuffers(1, &impl_->colour);
  eglMakeCurrent(impl_->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglDestroyContext(impl_->display, impl_->context);
}

void OffscreenSurface::make_current() { impl_->make_current(); }

void OffscreenSurface::resize(int width, int height) {
  GLint largest = 0;
  glGetIntegerv(GL_MAX_RENDERBUFFER_SIZE, &largest);
  if (width < 1 || height < 1 || width > largest || height > largest) {
    throw Error("A picture of " + std::to_string(width) + "×" + std::to_string(height) +
                " pixels cannot be drawn: each side must be from 1 to " + std::to_string(largest) + ".");
  }
  glBindRenderbuffer(GL_RENDERBUFFER, impl_->colour);
  glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
  glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, impl_->colour);
  if (glGetError() != GL_NO_ERROR || glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
    throw Error("A picture of " + std::to_string(width) + "×" + std::to_string(height) +
                " pixels cannot be drawn: there is not enough memory; choose a smaller --size or --scale.");
  }
  glViewport(0, 0, width, height);
  impl_->width = width;
  impl_->height = height;
}

int OffscreenSurface::width() const { return impl_->width; }
int OffscreenSurface::height() const { return impl_->height; }

std::vector<std::uint8_t> OffscreenSurface::read_rgba() {
  const std::size_t stride = static_cast<std::size_t>(impl_->width) * 4;
  std::vector<std::uint8_t> pixels(stride * static_cast<std::size_t>(impl_->height));
  glBindFramebuffer(GL_FRAMEBUFFER, impl_->framebuffer);
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glReadPixels(0, 0, impl_->width, impl_->height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  // OpenGL's first row is the bottom one.
  for (auto top = pixels.begin(), bottom = pixels.end() - static_cast<std::ptrdiff_t>(stride); top < bottom;
       top += static_cast<std::ptrdiff_t>(stride), bottom -= static_cast<std::ptrdiff_t>(stride)) {
    std::swap_ranges(top, top + static_cast<std::ptrdiff_t>(stride), bottom);
  }
  return pixels;
}

}  // namespace qkv::shell
