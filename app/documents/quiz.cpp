#include "app/documents/quiz.h"

#include <algorithm>
#include <random>
#include <set>

namespace qkv::documents {
namespace {

using Random = std::mt19937_64;  // the same numbers on every machine, which std::shuffle does not promise

template <class Item>
void shuffle(std::vector<Item>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random() % i]);
}

bool is_check(const Lesson& lesson) {
  return std::ranges::any_of(lesson.steps, [](const LessonStep& step) { return step.figure.name == "check"; });
}

/// The steps of a lesson that ask something.
std::vector<int> questions_of(const Lesson& lesson) {
  std::vector<int> steps;
  for (int s = 0; s < std::ssize(lesson.steps); ++s)
    if (lesson.steps[static_cast<std::size_t>(s)].question) steps.push_back(s);
  return steps;
}

bool was_right(const Answer& answer) { return answer.right && !answer.revealed && answer.tries <= 1; }

}  // namespace

std::string question_key(const Lesson& lesson, const LessonStep& step) { return lesson.path.filename().string() + "/" + step.title; }

Quiz draw_quiz(const LessonShelf& shelf, std::uint64_t seed, int count) {
  Random random(seed);
  struct Questions {
    int lesson = 0;
    std::vector<int> steps;
  };
  std::vector<Questions> left;
  for (int i = 0; i < std::ssize(shelf.lessons); ++i) {
    const Lesson& lesson = shelf.lessons[static_cast<std::size_t>(i)];
    Questions questions{i, is_check(lesson) ? std::vector<int>{} : questions_of(lesson)};
    shuffle(questions.steps, random);
    if (!questions.steps.empty()) left.push_back(std::move(questions));
  }
  std::vector<std::pair<int, int>> drawn;
  while (!left.empty() && std::ssize(drawn) < count) {  // once through the lessons for each question of the same
    shuffle(left, random);
    for (Questions& questions : left) {
      if (std::ssize(drawn) == count) break;
      drawn.emplace_back(questions.lesson, questions.steps.back());
      questions.steps.pop_back();
    }
    std::erase_if(left, [](const Questions& questions) { return questions.steps.empty(); });
  }
  std::ranges::sort(drawn);
  Quiz quiz;
  quiz.seed = seed;
  for (const auto& [l, s] : drawn) {
    const Lesson& lesson = shelf.lessons[static_cast<std::size_t>(l)];
    quiz.items.push_back({question_key(lesson, lesson.steps[static_cast<std::size_t>(s)]), {}});
  }
  return quiz;
}

std::optional<std::pair<int, int>> find_question(const LessonShelf& shelf, const std::string& key) {
  for (int l = 0; l < std::ssize(shelf.lessons); ++l) {
    const Lesson& lesson = shelf.lessons[static_cast<std::size_t>(l)];
    for (const int s : questions_of(lesson))
      if (question_key(lesson, lesson.steps[static_cast<std::size_t>(s)]) == key) return std::pair{l, s};
  }
  return std::nullopt;
}

QuizScore score_of(const Quiz& quiz) {
  QuizScore score;
  for (const Quiz::Item& item : quiz.items) {
    ++score.asked;
    if (item.answer.tries > 0 || item.answer.revealed) ++score.answered;
    if (was_right(item.answer)) ++score.right;
  }
  return score;
}

std::vector<int> to_revisit(const LessonShelf& shelf, const Quiz& quiz) {
  std::set<int> lessons;
  for (const Quiz::Item& item : quiz.items)
    if (const auto found = find_question(shelf, item.key); found && !was_right(item.answer)) lessons.insert(found->first);
  return {lessons.begin(), lessons.end()};
}

}  // namespace qkv::documents
