#include "app/shell/window.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <epoxy/gl.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "app/shell/event_queue.h"
#include "app/shell/keys.h"
#include "app/shell/screens.h"

namespace qkv::shell {
namespace {

using namespace controls;

constexpr int kSmallestWidth = 480, kSmallestHeight = 320;

std::string& last_glfw_error() {
  static std::string text;
  return text;
}

/// GLFW's own sentence, without its end, for use within ours.
std::string glfw_reason() {
  std::string reason = std::exchange(last_glfw_error(), {});
  while (!reason.empty() && (reason.back() == '.' || reason.back() == '\n')) reason.pop_back();
  return reason.empty() ? "no reason given" : reason.substr(0, 200);
}

struct GlfwClipboard final : Clipboard {
  std::string get() override {
    const char* text = glfwGetClipboardString(nullptr);  // null: empty, or not text
    return text ? text : "";
  }
  void set(const std::string& text) override { glfwSetClipboardString(nullptr, text.c_str()); }
};

std::string utf8(unsigned int code_point) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length)};
}

GLFWwindow* create(int width, int height) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "qkvlab");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "qkvlab");
  // Displays without GLX (remote ones, some virtual ones) often have EGL.
  for (const int api : {GLFW_NATIVE_CONTEXT_API, GLFW_EGL_CONTEXT_API}) {
    glfwWindowHint(GLFW_CONTEXT_CREATION_API, api);
    if (GLFWwindow* window = glfwCreateWindow(width, height, "QKV Lab", nullptr, nullptr)) return window;
  }
  return nullptr;
}

/// Not larger than what the desktop leaves free.
void fit_to_monitor(int& width, int& height) {
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  if (!monitor) return;
  int x = 0, y = 0, free_width = 0, free_height = 0;
  float scale_x = 1, scale_y = 1;
  glfwGetMonitorWorkarea(monitor, &x, &y, &free_width, &free_height);
  glfwGetMonitorContentScale(monitor, &scale_x, &scale_y);
  if (free_width > 0 && free_height > 0) {
    width = std::min(width, static_cast<int>(static_cast<float>(free_width) / scale_x));
    height = std::min(height, static_cast<int>(static_cast<float>(free_height) / scale_y));
  }
}

/// The screens there are now, in GLFW's order: the primary one first.
std::vector<Screen> screens_now() {
  int count = 0;
  GLFWmonitor** monitors = glfwGetMonitors(&count);
  std::vector<Screen> screens;
  for (int i = 0; i < count; ++i) {
    Screen screen;
    glfwGetMonitorPos(monitors[i], &screen.area.x, &screen.area.y);
    if (const GLFWvidmode* mode = glfwGetVideoMode(monitors[i])) {
      screen.area.width = mode->width;
      screen.area.height = mode->height;
    }
    glfwGetMonitorWorkarea(monitors[i], &screen.free.x, &screen.free.y, &screen.free.width, &screen.free.height);
    screens.push_back(screen);
  }
  return screens;
}

GLFWmonitor* monitor_at(int index) {
  int count = 0;
  GLFWmonitor** monitors = glfwGetMonitors(&count);
  return index >= 0 && index < count ? monitors[index] : nullptr;
}

}  // namespace

struct Window::Impl {
  static inline bool screens_changed = false;  ///< one was plugged in or out
  static inline int open_windows = 0;  ///< GLFW lives as long as there are windows
  GLFWwindow* window = nullptr;
  std::array<GLFWcursor*, 6> cursors{};
  drawing::Cursor cursor = drawing::Cursor::arrow;
  std::string title;
  GlfwClipboard clipboard;
  EventQueue events;
  bool close_request = false, damage = true;
  float zoom = 1;
  int held_mods = 0;  ///< GLFW's bits
  Placement placement;
  bool full_screen = false, swapped = false;
  Area before_full_screen;

  Impl() { ++open_windows; }
  ~Impl() {
    for (GLFWcursor* shape : cursors) {
      if (shape) glfwDestroyCursor(shape);
    }
    if (window) glfwDestroyWindow(window);
    if (--open_windows == 0) glfwTerminate();
  }

  static Impl& of(GLFWwindow* window) { return *static_cast<Impl*>(glfwGetWindowUserPointer(window)); }

  float content_scale() const {
    float x = 1, y = 1;
    glfwGetWindowContentScale(window, &x, &y);
    return x > 0 ? x : 1;
  }
  float scale() const { return content_scale() * zoom; }
  Area area() const {
    Area a;
    glfwGetWindowPos(window, &a.x, &a.y);
    glfwGetWindowSize(window, &a.width, &a.height);
    return a;
  }
  /// Which of them it is on, or fills.
  int screen(const std::vector<Screen>& screens) const {
    GLFWmonitor* const filled = glfwGetWindowMonitor(window);
    for (int i = 0; filled && i < static_cast<int>(screens.size()); ++i)
      if (monitor_at(i) == filled) return i;
    return screen_of(screens, area());
  }
  std::pair<int, int> pixels() const {
    int width = 0, height = 0;
    glfwGetFramebufferSize(window, &width, &height);
    return {width, height};
  }
  /// Window coordinates to logical pixels.
  drawing::Point logical(double x, double y) const {
    int width = 0, height = 0;
    glfwGetWindowSize(window, &width, &height);
    const double pixels_each = width > 0 ? static_cast<double>(pixels().first) / width : 1;
    return {static_cast<float>(x * pixels_each / scale()), static_cast<float>(y * pixels_each / scale())};
  }
  drawing::Point pointer() const {
    double x = 0, y = 0;
    glfwGetCursorPos(window, &x, &y);
    return logical(x, y);
  }
  bool button_held() const {
    return std::ranges::any_of(
        std::array{GLFW_MOUSE_BUTTON_LEFT, GLFW_MOUSE_BUTTON_MIDDLE, GLFW_MOUSE_BUTTON_RIGHT},
        [&](int button) { return glfwGetMouseButton(window, button) == GLFW_PRESS; });
  }

  void resized() {
    const auto [width, height] = pixels();
    if (width <= 0 || height <= 0) return;  // minimised
    damage = true;
    events.push(Resize{static_cast<float>(width) / scale(), static_cast<float>(height) / scale(), scale()});
    if (!full_screen && !glfwGetWindowAttrib(window, GLFW_MAXIMIZED)) {
      placement.width = static_cast<int>(std::lround(static_cast<float>(width) / content_scale()));
      placement.height = static_cast<int>(std::lround(static_cast<float>(height) / content_scale()));
    }
  }

  void listen();
};

void Window::Impl::listen() {
  glfwSetWindowUserPointer(window, this);
  glfwSetInputMode(window, GLFW_LOCK_KEY_MODS, GLFW_TRUE);
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { of(w).resized(); });
  glfwSetWindowContentScaleCallback(window, [](GLFWwindow* w, float, float) { of(w).resized(); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { of(w).damage = true; });
  glfwSetWindowCloseCallback(window, [](GLFWwindow* w) {
    glfwSetWindowShouldClose(w, GLFW_FALSE);  // the program decides: there may be unsaved work
    of(w).close_request = true;
  });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double x, double y) {
    of(w).events.push(PointerMove{of(w).logical(x, y), translate_mods(of(w).held_mods)});
  });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int entered) {
    if (!entered && !of(w).button_held()) of(w).events.push(PointerLeave{});  // a drag goes on outside
  });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int button, int action, int mods) {
    Impl& self = of(w);
    self.held_mods = mods;
    const auto which = translate_button(button);
    if (!which) return;
    if (action == GLFW_PRESS) {
      self.events.press({self.pointer(), *which, translate_mods(mods)}, glfwGetTime());
    } else {
      self.events.push(PointerRelease{self.pointer(), *which, translate_mods(mods)});
    }
  });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double dx, double dy) {
    of(w).events.push(Scroll{of(w).pointer(), static_cast<float>(dx), static_cast<float>(dy),
                             translate_mods(of(w).held_mods)});
  });
  glfwSetKeyCallback(window, [](GLFWwindow* w, int key, int scancode, int action, int mods) {
    Impl& self = of(w);
    // While a modifier key itself goes down or up, `mods` is of the moment before.
    const auto held = [&](int left, int right) {
      return glfwGetKey(w, left) == GLFW_PRESS || glfwGetKey(w, right) == GLFW_PRESS;
    };
    self.held_mods = (mods & ~(GLFW_MOD_SHIFT | GLFW_MOD_CONTROL | GLFW_MOD_ALT)) |
                     (held(GLFW_KEY_LEFT_SHIFT, GLFW_KEY_RIGHT_SHIFT) ? GLFW_MOD_SHIFT : 0) |
                     (held(GLFW_KEY_LEFT_CONTROL, GLFW_KEY_RIGHT_CONTROL) ? GLFW_MOD_CONTROL : 0) |
                     (held(GLFW_KEY_LEFT_ALT, GLFW_KEY_RIGHT_ALT) ? GLFW_MOD_ALT : 0);
    KeyPress press = translate_key({key, self.held_mods, glfwGetKeyName(key, scancode)});
    press.repeat = action == GLFW_REPEAT;
    if (action == GLFW_RELEASE) {
      self.events.push(KeyRelease{press.key, press.mods});
    } else {
      self.events.push(press);
    }
  });
  glfwSetCharCallback(
      window, [](GLFWwindow* w, unsigned int code_point) { of(w).events.push(TextInput{utf8(code_point)}); });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    of(w).events.push(DropFiles{{paths, paths + count}});
  });
}

Window::Window(int width, int height, bool maximized, bool waits) : impl_(std::make_unique<Impl>()) {
  glfwSetErrorCallback([](int, const char* text) { last_glfw_error() = text; });
  const char* advice = "; make a picture instead with: qkvlab render --out lab.png";
  if (!glfwInit()) {
    throw NoWindow("No window can be opened, because there is no display (" + glfw_reason() + ")" + advice);
  }
  glfwSetMonitorCallback([](GLFWmonitor*, int) { Impl::screens_changed = true; });
  fit_to_monitor(width, height);
  glfwWindowHint(GLFW_MAXIMIZED, maximized ? GLFW_TRUE : GLFW_FALSE);
  impl_->window = create(width, height);
  if (!impl_->window) {
    throw NoWindow("No window can be opened, because the display offers no OpenGL 3.3 (" + glfw_reason() +
                   ")" + advice);
  }
  impl_->placement = {width, height, maximized};
  glfwMakeContextCurrent(impl_->window);
  glfwSwapInterval(waits ? 1 : 0);
  glfwSetWindowSizeLimits(impl_->window, kSmallestWidth, kSmallestHeight, GLFW_DONT_CARE, GLFW_DONT_CARE);
  constexpr std::array kShapes = {GLFW_ARROW_CURSOR,   GLFW_HAND_CURSOR,    GLFW_IBEAM_CURSOR,
                                  GLFW_VRESIZE_CURSOR, GLFW_HRESIZE_CURSOR, GLFW_CROSSHAIR_CURSOR};
  std::ranges::transform(kShapes, impl_->cursors.begin(), glfwCreateStandardCursor);
  impl_->listen();
  impl_->resized();
}

Window::~Window() = default;

std::vector<Event> Window::wait(double seconds) {
  if (!impl_->events.empty() || impl_->damage || impl_->close_request || seconds <= 0) {
    glfwPollEvents();
  } else if (std::isfinite(seconds)) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwWaitEvents();
  }
  return impl_->events.take();
}

bool Window::take_close_request() { return std::exchange(impl_->close_request, false); }
bool Window::take_damage() { return std::exchange(impl_->damage, false); }

bool Window::set_zoom(float zoom) {
  if (zoom == impl_->zoom) return false;
  impl_->zoom = zoom;
  impl_->resized();
  return true;
}

bool Window::set_full_screen(bool on, bool swapped) {
  const bool changed = std::exchange(Impl::screens_changed, false) && on;  // then it may be no longer where it was
  if (on == impl_->full_screen && !changed && (!on || swapped == impl_->swapped)) return false;
  const std::vector<Screen> screens = screens_now();
  if (on) {
    if (!impl_->full_screen) impl_->before_full_screen = impl_->area();
    GLFWmonitor* monitor = monitor_at(stage_screen(screens, impl_->before_full_screen, swapped));
    const GLFWvidmode* mode = monitor ? glfwGetVideoMode(monitor) : nullptr;
    if (!mode) return false;  // no screen is known: the window stays as it is
    impl_->full_screen = true;
    impl_->swapped = swapped;
    glfwSetWindowAttrib(impl_->window, GLFW_AUTO_ICONIFY, GLFW_FALSE);  // it stays while the notes have the keyboard
    glfwSetWindowMonitor(impl_->window, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
  } else {
    const Area again = restored(screens, impl_->before_full_screen);
    glfwSetWindowMonitor(impl_->window, nullptr, again.x, again.y, again.width, again.height, GLFW_DONT_CARE);
    impl_->full_screen = false;
  }
  impl_->resized();
  return true;
}

void Window::place_beside(const Window& other) {
  const std::vector<Screen> screens = screens_now();
  const Area area = impl_->area();
  const int taken = other.impl_->screen(screens), wanted = notes_screen(screens, taken);
  if (wanted < 0 || (screen_of(screens, area) != taken && restored(screens, area) == area)) return;
  const Area place = centred(screens[static_cast<std::size_t>(wanted)], area.width, area.height);
  glfwSetWindowSize(impl_->window, place.width, place.height);
  glfwSetWindowPos(impl_->window, place.x, place.y);
}

void Window::make_current() { glfwMakeContextCurrent(impl_->window); }

int Window::width() const { return impl_->pixels().first; }
int Window::height() const { return impl_->pixels().second; }
float Window::scale() const { return impl_->scale(); }
void Window::swap() { glfwSwapBuffers(impl_->window); }

void Window::set_title(const std::string& title) {
  if (title == impl_->title) return;
  impl_->title = title;
  glfwSetWindowTitle(impl_->window, title.c_str());
}

void Window::set_cursor(drawing::Cursor cursor) {
  if (cursor == impl_->cursor) return;
  impl_->cursor = cursor;
  glfwSetCursor(impl_->window, impl_->cursors[static_cast<std::size_t>(cursor)]);
}

Clipboard& Window::clipboard() { return impl_->clipboard; }

Window::Placement Window::placement() const {
  Placement now = impl_->placement;
  now.maximized = glfwGetWindowAttrib(impl_->window, GLFW_MAXIMIZED) == GLFW_TRUE;
  return now;
}

}  // namespace qkv::shell
