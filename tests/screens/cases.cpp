#include "tests/screens/cases.h"

#include <array>
#include <ostream>

#include "app/documents/lesson.h"
#include "tests/app/support/made_up_cost.h"

namespace qkv::screens {
namespace {

std::filesystem::path experiment(const std::string& name) {
  return std::filesystem::path(QKV_SOURCE_DIR) / "assets" / "experiments" / (name + ".json");
}

/// Sixteen words over and over, as many as asked for.
std::string sentence_of(int words) {
  static const std::vector<std::string> kWords = {"the", "cat", "sat", "down", "and",  "a",
                                                  "dog", "ran", "up",  "one",  "hill", "while",
                                                  "it",  "saw", "two", "birds"};
  std::string text;
  for (int i = 0; i < words; ++i) text += kWords[static_cast<std::size_t>(i) % kWords.size()] + " ";
  return text;
}

std::filesystem::path checkpoint(const std::string& name) {
  return std::filesystem::path(QKV_SOURCE_DIR) / "assets" / "models" / name;
}

/// Every step of every lesson, and every lesson in four windows: each at another of its steps.
void add_lessons(std::vector<Case>& cases) {
  struct Window {
    const char* name;
    int width, height;
    bool dark;
  };
  constexpr std::array kWindows{Window{"small_light", 1280, 800, false}, Window{"small_dark", 1280, 800, true},
                                Window{"large_light", 1920, 1080, false}, Window{"large_dark", 1920, 1080, true}};
  for (const auto& lesson : documents::read_lessons({std::filesystem::path(QKV_SOURCE_DIR) / "assets" / "lessons"}).lessons) {
    const std::size_t steps = std::max<std::size_t>(1, lesson.steps.size()), pictures = std::max(steps, kWindows.size());
    for (std::size_t i = 0; i < pictures; ++i) {
      const Window& window = kWindows[(i + static_cast<std::size_t>(lesson.number)) % kWindows.size()];
      const int step = static_cast<int>(i * steps / pictures) + 1;
      cases.push_back({"lesson_" + std::string(lesson.number < 10 ? "0" : "") + std::to_string(lesson.number) + "_" + std::to_string(step) + "_" + window.name,
                       {.width = window.width, .height = window.height, .dark = window.dark, .workspace = shell::Workspace::learn, .lesson = lesson.number, .step = step, .cost = support::made_up_cost()}});
    }
  }
}

std::vector<Case> make() {
  const auto kModel = shell::Workspace::model, kLearn = shell::Workspace::learn;
  std::vector<Case> cases = {
      {"light", {}},  // the README shows this one and the next
      {"dark", {.dark = true}},
      {"small_light", {.width = 1280, .height = 800}},
      {"large_dark", {.width = 1920, .height = 1080, .dark = true}},
      {"scale_2_light", {.width = 1000, .height = 700, .scale = 2}},
      {"second_head_light", {.input = experiment("red_ball"), .head = 1}},
      {"second_layer_dark", {.dark = true, .input = experiment("it_dog_or_ball"), .layer = 1}},
      {"long_light", {.text = sentence_of(64)}},
      {"model_dark", {.dark = true, .workspace = kModel, .input = checkpoint("induction")}},  // in the README, as the next
      {"model_light", {.workspace = kModel, .input = checkpoint("pronouns"), .layer = 1, .head = 2, .head_given = true, .select = attention::Cell{attention::Stage::weights, 0, 0, 7, 2}}},
      {"model_small_light", {.width = 1280, .height = 800, .workspace = kModel, .input = checkpoint("induction"), .text = sentence_of(64)}},
      {"learn_scaling_light", {.workspace = kLearn, .lesson = 9, .step = 3}},  // in the README, as the next
      {"present_light", {.width = 1920, .height = 1080, .workspace = shell::Workspace::present, .step = 6}},
      {"present_dark", {.width = 1280, .height = 800, .dark = true, .workspace = shell::Workspace::present, .input = experiment("red_ball"), .step = 4}},
      {"learn_small_light", {.width = 1280, .height = 800, .workspace = kLearn, .lesson = 5, .step = 2}},
      {"learn_scaling_large_dark", {.width = 1920, .height = 1080, .dark = true, .workspace = kLearn, .lesson = 9, .step = 2}},
      {"learn_beside_light", {.width = 1280, .height = 800, .workspace = kLearn, .lesson = 3, .step = 3}},
      {"scripts_dark", {.dark = true, .text = "猫が 座った قطة جلست γάτα 😀 кот 고양이 बिल्ली"}},
  };
  add_lessons(cases);
  return cases;
}

}  // namespace

void PrintTo(const Case& screen, std::ostream* out) { *out << screen.name; }

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = make();
  return kCases;
}

}  // namespace qkv::screens
