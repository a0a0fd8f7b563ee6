#include <algorithm>
#include <tuple>

#include "app/documents/lesson.h"
#include "app/documents/lesson_lines.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/experiment/place_names.h"

namespace qkv::documents {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxLessons = 500;

/// The lessons of a folder, by name, so that the order is the same everywhere.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && files.size() < kMaxLessons; entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".md" && path.filename() != "README.md") files.push_back(path);
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().extension() == ".json") names.push_back(entry->path().stem().string());
  std::ranges::sort(names);
  return names;
}

/// Where a lesson's experiment is: among those of the program by its name alone, else beside the lesson.
fs::path find_experiment(const std::string& name, const fs::path& folder, const fs::path& assets) {
  const bool is_name = fs::path(name).filename() == name && fs::path(name).extension().empty();
  std::vector<fs::path> places;
  if (is_name && !assets.empty()) places.push_back(assets / "experiments" / (name + ".json"));
  places.push_back(folder / name);
  if (is_name) places.push_back(folder / (name + ".json"));
  std::error_code error;
  for (const fs::path& place : places)
    if (fs::is_regular_file(place, error)) return place;
  return {};
}

/// The first mistake, and how many more there are.
std::string trouble_of(const LessonReading& reading) {
  const std::size_t more = reading.mistakes.size() - 1;
  if (more == 0) return reading.mistakes.front();
  const char* least = more < Mistakes::kMost ? " " : " At least ";
  return reading.mistakes.front() + (more == 1 ? " 1 more mistake is" : least + std::to_string(more) + " more mistakes are") + " in this file; 'qkvlab lessons' tells them.";
}

}  // namespace

LessonShelf read_lessons(const std::vector<fs::path>& folders) {
  LessonShelf shelf;
  for (const fs::path& folder : folders) {
    if (folder.empty()) continue;
    for (const fs::path& file : files_of(folder)) {
      LessonReading reading = read_lesson(file);
      if (!reading.mistakes.empty()) {
        shelf.troubles.push_back(trouble_of(reading));
        shelf.broken.push_back(std::move(reading));
        continue;
      }
      std::erase_if(shelf.lessons, [&lesson = reading.lesson](const Lesson& other) {
        return other.number == lesson.number && other.title == lesson.title && other.path.parent_path() != lesson.path.parent_path();
      });
      shelf.lessons.push_back(std::move(reading.lesson));
    }
  }
  std::ranges::stable_sort(shelf.lessons, {}, [](const Lesson& lesson) { return std::tuple(lesson.number, lesson.path.filename().string()); });
  return shelf;
}

experiment::Experiment set_up(const Setup& setup, const fs::path& folder, const fs::path& assets) {
  const fs::path file = find_experiment(setup.experiment, folder, assets);
  experiment::Experiment result;
  if (!file.empty()) {
    result = experiment::open_any(file);
  } else if (setup.experiment == "cat_sat_down") {  // part of the program, which runs without its assets
    result = experiment::default_experiment();
  } else {
    throw Error("there is no experiment " + experiment::in_quotes(setup.experiment) + " beside the lesson, nor among those of the program: " +
                experiment::listed(names_in(assets / "experiments")) + ".");
  }
  if (!setup.sentence.empty()) result = experiment::with_setting(result, "sentence = " + setup.sentence);
  for (const std::string& setting : setup.settings) result = experiment::with_setting(result, setting);
  return result;
}

}  // namespace qkv::documents
