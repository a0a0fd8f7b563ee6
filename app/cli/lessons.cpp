#include <algorithm>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/documents/lesson.h"
#include "app/documents/settings.h"
#include "app/shell/places.h"
#include "core/error.h"

namespace qkv::cli {
namespace {

using documents::Lesson;

struct Checked {
  const Lesson& lesson;
  std::vector<std::string> mistakes;
  int questions = 0;
};

Checked checked(const Lesson& lesson, const std::filesystem::path& assets) {
  const auto questions = std::ranges::count_if(lesson.steps, [](const documents::LessonStep& step) { return step.question.has_value(); });
  return {lesson, documents::check_lesson(lesson, assets), static_cast<int>(questions)};
}

void print_table(const std::vector<Checked>& list) {
  std::cout << std::right << std::setw(6) << "lesson" << std::setw(7) << "steps" << std::setw(11) << "questions" << "  title\n";
  for (const Checked& one : list)
    std::cout << std::setw(6) << one.lesson.number << std::setw(7) << one.lesson.steps.size() << std::setw(11) << one.questions << "  "
              << one.lesson.title << '\n';
}

void print_json(const std::vector<Checked>& list) {
  nlohmann::ordered_json answer = nlohmann::ordered_json::array();
  for (const Checked& one : list)
    answer.push_back({{"lesson", one.lesson.number},
                      {"title", one.lesson.title},
                      {"path", one.lesson.path.string()},
                      {"steps", one.lesson.steps.size()},
                      {"questions", one.questions},
                      {"mistakes", one.mistakes}});
  std::cout << answer.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace

void lessons(const LessonsOptions& options) {
  const std::filesystem::path assets = shell::assets_folder();
  std::vector<std::filesystem::path> folders = {assets.empty() ? assets : assets / "lessons", documents::own_lessons_folder()};
  if (!options.folder.empty()) {
    std::error_code error;
    if (!std::filesystem::is_directory(options.folder, error))
      throw Error(options.folder.string() + ": this is no folder; name one that holds lessons (*.md).");
    folders = {options.folder};
  }
  const documents::LessonShelf shelf = documents::read_lessons(folders);
  std::vector<Checked> list;
  std::size_t mistakes = 0;
  std::vector<std::string> broken;
  for (const documents::LessonReading& reading : shelf.broken)
    for (std::string& mistake : documents::check_reading(reading, assets)) broken.push_back(std::move(mistake));
  mistakes += broken.size();
  for (const Lesson& lesson : shelf.lessons) {
    list.push_back(checked(lesson, assets));
    mistakes += list.back().mistakes.size();
  }
  if (options.json)
    print_json(list);
  else
    print_table(list);
  if (!std::cout.flush()) throw Error("The list of lessons could not be written.");
  for (const std::string& mistake : broken) std::cerr << mistake << '\n';
  for (const Checked& one : list)
    for (const std::string& mistake : one.mistakes) std::cerr << mistake << '\n';
  if (mistakes > 0) throw Error(mistakes == 1 ? "There is 1 mistake." : "There are " + std::to_string(mistakes) + " mistakes.");
  if (list.empty()) throw Error("There is no lesson in " + folders.front().string() + ".");
}

}  // namespace qkv::cli
