#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "app/shell/chrome/actions.h"
#include "core/experiment/json.h"
#include "tests/app/shell/driver.h"

// A monkey at the keyboard and the mouse: QKV_MONKEY_EVENTS random events (default 2000) from the seed
// QKV_MONKEY_SEED (default: a new one, printed). After each the screen must be sound. Leaves with 1 at the
// first that is not.
namespace qkv::shell {
namespace {

constexpr std::array kTexts{"a",
                            "0.25",
                            "−1e3",
                            "1e30",
                            "nan",
                            "-inf",
                            "abc",
                            " ",
                            "猫坐下",
                            "القطة جلست",
                            "👩‍👩‍👧",
                            "é̂",
                            "\t",
                            "\n",
                            "512",
                            "0",
                            "1",
                            "The cat. ",
                            "\xF0\x9F",
                            "\xE2\x80\xAE"};

struct Unsound : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw Unsound(what);
}

bool finite(Rect r) {
  return std::isfinite(r.x) && std::isfinite(r.y) && std::isfinite(r.w) && std::isfinite(r.h);
}
bool finite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }
bool finite(const std::vector<Point>& points) {
  return std::all_of(points.begin(), points.end(), [](Point p) { return finite(p); });
}

struct IsFinite {
  bool operator()(const drawing::Polyline& c) const { return finite(c.points); }
  bool operator()(const drawing::Polygon& c) const { return finite(c.points); }
  bool operator()(const drawing::Bezier& c) const {
    return finite(c.from) && finite(c.control1) && finite(c.control2) && finite(c.to);
  }
  bool operator()(const drawing::Circle& c) const { return finite(c.center) && std::isfinite(c.radius); }
  bool operator()(const drawing::Text& c) const {
    return finite(c.at) && finite(c.box) && std::isfinite(c.style.size);
  }
  bool operator()(const drawing::Heat& c) const {
    return finite(c.rect) && std::isfinite(c.lo) && std::isfinite(c.hi) && c.values &&
           (!c.masked || c.masked->size() == static_cast<std::size_t>(c.values->size()));
  }
  bool operator()(const drawing::PopClip&) const { return true; }
  bool operator()(const auto& c) const { return finite(c.rect); }
};

void check(Driver& d) {
  const drawing::Drawing& frame = d.frame();
  int clips = 0;
  for (const auto& command : frame.commands) {
    require(std::visit(IsFinite{}, command), "a coordinate is no number");
    clips += std::holds_alternative<drawing::PushClip>(command);
    clips -= std::holds_alternative<drawing::PopClip>(command);
    require(clips >= 0, "a clip is popped that was not pushed");
  }
  require(clips == 0, "a clip is not popped");
  std::set<std::string_view> ids;
  for (const auto& r : frame.regions) {
    require(finite(r.rect) && finite(r.clip), "region " + r.id + " is nowhere");
    require(ids.insert(r.id).second, "two regions are called " + r.id);
  }
  const auto trace = d.lab().trace();
  const auto inside = [&](const Cell& c) {
    const auto shape = attention::shape_of(*trace, c.stage, c.layer, c.head);
    return c.row >= 0 && c.row < shape.rows && c.column >= 0 && c.column < shape.columns;
  };
  const auto& view = d.view();
  require(!view.selected || inside(*view.selected), "the selection is outside the trace");
  require(std::all_of(view.chain.begin(), view.chain.end(), inside), "the drawer explains what is not there");
  if (const auto run = d.session().model.run()) {
    const auto& model = d.session().model_view;
    require(model.layer >= 0 && model.layer < static_cast<int>(run->capture->layers.size()) &&
                model.head >= 0 && model.head < run->capture->heads,
            "the head shown is none of the model's");
  }
  require(view.query >= 0 && view.query < trace->n() && view.key >= 0 && view.key < trace->n(),
          "query " + std::to_string(view.query) + " or key " + std::to_string(view.key) + " is none of " + std::to_string(trace->n()) + " tokens");
}

/// Files to drop: whole, damaged and none; copies, since the monkey also saves.
std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::filesystem::copy(std::filesystem::path(QKV_SOURCE_DIR) / "assets", folder / "assets",
                        std::filesystem::copy_options::recursive);
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, const std::string& bytes) {
    files.push_back((folder / name).string());
    std::ofstream(files.back(), std::ios::binary) << bytes;
  };
  const std::string good = experiment::to_json(experiment::default_experiment());
  write("good.json", good);
  write("half.json", good.substr(0, good.size() / 2));
  write("empty.json", "");
  write("x.csv", "1,2,3\n4,5,6\n");
  write("ragged.csv", "1,2,3\n4,5\n");
  write("noise.npz", std::string("PK\3\4\0\0\xFF\xFF", 8));
  write("noise.safetensors", std::string(40, '\xFF'));
  files.push_back((folder / "missing.json").string());
  files.push_back(folder.string());
  for (const char* part : {"assets/experiments", "assets/models"})
    for (const auto& entry : std::filesystem::directory_iterator(folder / part))
      files.push_back(entry.path().string());
  const auto oracle = std::filesystem::path(QKV_SOURCE_DIR) / "tests" / "oracle";
  for (const char* name : {"checkpoints/gpt2-text", "checkpoints/qwen3-sharded",
                           "checkpoints/gemma2/expected.safetensors", "trained/pronouns.safetensors"})
    files.push_back((oracle / name).string());
  std::sort(files.begin(), files.end());
  return files;
}

class Monkey {
 public:
  Monkey(Driver& driver, unsigned seed, std::filesystem::path folder)
      : d_(driver), random_(seed), folder_(std::move(folder)), files_(files_in(folder_)) {}

  /// What was done last, and what was under the pointer.
  const std::string& last() const { return last_; }

  void act() {
    const int roll = upto(1000);
    last_ = std::string(roll < 330 ? "move" : roll < 560 ? "press" : roll < 700 ? "release" : roll < 740 ? "wheel" : roll < 860 ? "key" : roll < 930 ? "text" : roll < 940 ? "leave" : roll < 950 ? "resize" : roll < 960 ? "drop" : "wait") +
            " on '" + d_.session().in.hot + "'";
    if (roll < 330)
      move();
    else if (roll < 560)
      press();
    else if (roll < 700)
      release();
    else if (roll < 740)
      d_.wheel(at_, static_cast<float>(upto(9) - 4), mods());
    else if (roll < 860)
      key();
    else if (roll < 930)
      d_.type(kTexts[static_cast<std::size_t>(upto(kTexts.size()))]);
    else if (roll < 940)
      d_.send(controls::PointerLeave{});
    else if (roll < 950)
      resize();
    else if (roll < 960)
      drop();
    else
      d_.wait(0.3 * upto(3));
    d_.session().quit = false;
    d_.session().model.wait();  // so that a seed plays the same again
    auto& dialog = d_.session().file_dialog;
    if (!dialog.folder.string().starts_with(folder_.string())) dialog.folder = folder_;
  }

 private:
  int upto(std::size_t n) { return static_cast<int>(random_() % n); }
  Mods mods() {
    return upto(4) ? Mods{} : Mods{.shift = upto(2) > 0, .ctrl = upto(2) > 0, .alt = upto(4) == 0};
  }

  /// Mostly onto something, else anywhere.
  void move() {
    const auto& frame = d_.frame();
    if (!held_ && upto(4) && !frame.regions.empty()) {
      const auto& r = frame.regions[static_cast<std::size_t>(upto(frame.regions.size()))].rect;
      at_ = {r.x + r.w * static_cast<float>(upto(100)) / 100,
             r.y + r.h * static_cast<float>(upto(100)) / 100};
    } else if (upto(3)) {
      at_ = {at_.x + static_cast<float>(upto(61) - 30), at_.y + static_cast<float>(upto(61) - 30)};
    } else {
      at_ = {static_cast<float>(upto(2000)) - 40, static_cast<float>(upto(1200)) - 40};
    }
    d_.move(at_, mods());
  }
  void press() {
    held_ = true;
    const auto button = upto(8) ? controls::Button::left : static_cast<controls::Button>(upto(3));
    d_.press(at_, mods(), 1 + (upto(5) == 0 ? upto(3) : 0), button);
    if (upto(2)) release_of(button);
  }
  void release() { release_of(static_cast<controls::Button>(upto(8) ? 0 : upto(3))); }
  void release_of(controls::Button button) {
    held_ = false;
    d_.release(at_, mods(), button);
  }
  void drop() {
    std::vector<std::string> paths;
    if (upto(9)) paths.push_back(files_[static_cast<std::size_t>(upto(files_.size()))]);
    last_ += " of " + (paths.empty() ? "nothing" : paths.front());
    d_.send(controls::DropFiles{paths});
  }
  /// Every shortcut, or any key at all.
  void key() {
    if (upto(2)) {
      const auto& action = actions()[static_cast<std::size_t>(upto(actions().size()))];
      if (!action.shortcuts.empty())
        return d_.key(action.shortcuts.front().key, action.shortcuts.front().mods);
    }
    d_.key(static_cast<Key>(upto(static_cast<std::size_t>(Key::question) + 1)), mods());
  }
  void resize() {
    static constexpr std::array<std::pair<float, float>, 7> kSizes{
        {{1440, 900}, {1280, 800}, {1920, 1080}, {853, 533}, {320, 200}, {1, 1}, {2560, 700}}};
    const auto [w, h] = kSizes[static_cast<std::size_t>(upto(kSizes.size()))];
    d_.resize(w, h);
  }

  Driver& d_;
  std::mt19937 random_;
  std::filesystem::path folder_;  ///< the only one it writes to
  std::vector<std::string> files_;
  Point at_{700, 400};
  bool held_ = false;
  std::string last_;
};

long number_from(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atol(text) : otherwise;
}

int play() {
  const testing::TempFolder folder;
  std::filesystem::current_path(folder.path());  // what the monkey saves lands here
  const auto seed = static_cast<unsigned>(number_from("QKV_MONKEY_SEED", std::random_device{}() % 1000000));
  const long events = number_from("QKV_MONKEY_EVENTS", 2000);
  std::cout << "monkey: " << events << " events from seed " << seed << std::endl;
  Driver driver({.state_dir = folder.path() / "state",
                 .assets_dir = folder.path() / "assets",
                 .settings_dir = folder.path() / "settings"});
  Monkey monkey(driver, seed, folder.path());
  if (seed % 2 == 1) driver.app.open(folder.path() / "assets/models/pronouns");  // every other one begins there
  for (long i = 0; i < events; ++i) {
    try {
      monkey.act();
      check(driver);
    } catch (const std::exception& e) {
      std::cout << "event " << i << " of seed " << seed << ", " << monkey.last() << ": " << e.what() << "\n"
                << i << " passed, 1 failed\n";
      return 1;
    }
  }
  std::cout << events << " passed, 0 failed\n";
  return 0;
}

}  // namespace
}  // namespace qkv::shell

#ifdef __SANITIZE_ADDRESS__
// What fontconfig keeps until the end is not ours to free.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }
#endif

int main() { return qkv::shell::play(); }
