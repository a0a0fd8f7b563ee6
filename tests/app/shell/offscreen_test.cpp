#include "app/shell/surface/offscreen.h"

#include <epoxy/gl.h>
#include <gtest/gtest.h>

#include <array>

#include "core/error.h"

namespace qkv::shell {
namespace {

using Pixel = std::array<int, 4>;

Pixel pixel(OffscreenSurface& surface, int x, int y) {
  const auto rgba = surface.read_rgba();
  const std::size_t at = (static_cast<std::size_t>(y) * surface.width() + x) * 4;
  return {rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]};
}

void fill(float r, float g, float b) {
  glClearColor(r, g, b, 1);
  glClear(GL_COLOR_BUFFER_BIT);
}

TEST(OffscreenSurface, IsOpenGl33Core) {
  OffscreenSurface surface(8, 8);
  EXPECT_GE(epoxy_gl_version(), 33);
  EXPECT_TRUE(epoxy_is_desktop_gl());
  GLint profile = 0;
  glGetIntegerv(GL_CONTEXT_PROFILE_MASK, &profile);
  EXPECT_TRUE(profile & GL_CONTEXT_CORE_PROFILE_BIT);
}

TEST(OffscreenSurface, ReadsTheTopRowFirst) {
  OffscreenSurface surface(5, 3);
  fill(0, 0, 1);
  glEnable(GL_SCISSOR_TEST);
  glScissor(0, 2, 1, 1);  // OpenGL counts from the bottom: the top left pixel
  fill(1, 0, 0);
  glDisable(GL_SCISSOR_TEST);
  EXPECT_EQ(surface.read_rgba().size(), 60u);
  EXPECT_EQ(pixel(surface, 0, 0), (Pixel{255, 0, 0, 255}));
  EXPECT_EQ(pixel(surface, 1, 0), (Pixel{0, 0, 255, 255}));
  EXPECT_EQ(pixel(surface, 0, 2), (Pixel{0, 0, 255, 255}));
}

TEST(OffscreenSurface, Resizes) {
  OffscreenSurface surface(4, 4);
  surface.resize(301, 7);
  fill(0, 1, 0);
  EXPECT_EQ(surface.width(), 301);
  EXPECT_EQ(surface.read_rgba().size(), 301u * 7 * 4);
  EXPECT_EQ(pixel(surface, 300, 6), (Pixel{0, 255, 0, 255}));
}

TEST(OffscreenSurface, TwoLiveSideBySide) {
  OffscreenSurface first(2, 2);
  fill(1, 0, 0);
  {
    OffscreenSurface second(2, 2);
    fill(0, 1, 0);
    EXPECT_EQ(pixel(second, 0, 0), (Pixel{0, 255, 0, 255}));
  }
  first.make_current();
  EXPECT_EQ(pixel(first, 0, 0), (Pixel{255, 0, 0, 255}));
}

TEST(OffscreenSurface, RefusesImpossibleSizes) {
  EXPECT_THROW(OffscreenSurface(0, 5), Error);
  EXPECT_THROW(OffscreenSurface(5, -1), Error);
  EXPECT_THROW(OffscreenSurface(10'000'000, 5), Error);
}

}  // namespace
}  // namespace qkv::shell
