#pragma once
#include <cstdint>
#include <memory>
#include <vector>

namespace qkv::shell {

/// A framebuffer with an OpenGL 3.3 core context and no window or display (EGL, surfaceless): pictures and
/// tests. The context and the framebuffer are current from construction on, until another one is made.
class OffscreenSurface {
 public:
  /// Device pixels. Throws Error when there is no EGL or no OpenGL 3.3, or when the size is not possible.
  OffscreenSurface(int width, int height);
  ~OffscreenSurface();
  OffscreenSurface(const OffscreenSurface&) = delete;
  OffscreenSurface& operator=(const OffscreenSurface&) = delete;

  void make_current();
  /// The contents are lost. Throws Error when the size is not possible.
  void resize(int width, int height);
  int width() const;
  int height() const;
  /// What was drawn: 4 bytes a pixel, top row first.
  std::vector<std::uint8_t> read_rgba();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace qkv::shell
