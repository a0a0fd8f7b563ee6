#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/documents/lesson.h"

namespace qkv::documents {

/// How a question was answered so far.
struct Answer {
  int chosen = -1;       ///< option, −1 none
  int tries = 0;
  bool right = false;
  bool revealed = false; ///< shown without being answered
  bool operator==(const Answer&) const = default;
};

/// Questions drawn over all lessons (lesson 18), and how they were answered there.
struct Quiz {
  struct Item {
    std::string key;  ///< of the question: question_key()
    Answer answer;
    bool operator==(const Item&) const = default;
  };
  std::uint64_t seed = 0;
  std::vector<Item> items;
  int at = -1;  ///< the question being asked; −1: before the first, items.size(): behind the last, the score
  bool operator==(const Quiz&) const = default;
};

/// "LESSON-FILE-NAME/step-title"
std::string question_key(const Lesson& lesson, const LessonStep& step);

/// The same seed draws the same questions of the same lessons, in the order of the lessons; of a lesson a second only when there are
/// too few lessons. A lesson that shows the check itself is not asked. Fewer where there are not as many questions.
Quiz draw_quiz(const LessonShelf& shelf, std::uint64_t seed, int count = 10);
/// Lesson and step of a question; none when it is no more.
std::optional<std::pair<int, int>> find_question(const LessonShelf& shelf, const std::string& key);

struct QuizScore {
  int right = 0;  ///< at the first try, without being shown
  int answered = 0, asked = 0;
};
QuizScore score_of(const Quiz& quiz);
/// The lessons, in order, whose questions were not right at the first try.
std::vector<int> to_revisit(const LessonShelf& shelf, const Quiz& quiz);

}  // namespace qkv::documents
