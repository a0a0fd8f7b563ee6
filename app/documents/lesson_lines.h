#pragma once
#include <exception>
#include <string>
#include <string_view>
#include <vector>

// A lesson's file cut into its parts, before anything in them is understood.
namespace qkv::documents {

/// "key: value", with the lines that continue it (those that begin with a blank).
struct LessonEntry {
  std::string key, value;
  int line = 0;
};

struct LessonPart {
  std::string heading;  ///< Markdown
  int line = 0;
  std::vector<LessonEntry> step, question;
  bool has_question = false;
  int question_line = 0;
  std::string text, after;  ///< Markdown before and behind the question
  int text_line = 0, after_line = 0;
};

struct LessonParts {
  std::vector<LessonEntry> header;
  std::vector<LessonPart> steps;
};

/// Where in a file, for refusals: throws Error "FILE:LINE: SAYS.", cut to 500 bytes.
[[noreturn]] void refuse_at(const std::string& file, int line, std::string says);
std::string sentence_at(const std::string& file, int line, std::string says);

/// Sentences about one file, in the order in which they were found; behind kMost only that there are more.
class Mistakes {
 public:
  static constexpr std::size_t kMost = 20;
  void note(std::string sentence);
  /// Notes what the work refuses; false when it did.
  template <class Work>
  bool trying(Work work) {
    try {
      work();
      return true;
    } catch (const std::exception& error) {
      note(error.what());
      return false;
    }
  }
  bool empty() const { return list_.empty(); }
  std::vector<std::string> take(const std::string& file);

 private:
  std::vector<std::string> list_;
  bool more_ = false;
};

/// Notes the mistakes ("FILE:LINE: …"), one a block of entries; behind one of the file's structure nothing is read, and the
/// step it is in is left out. At most 1 MiB, 200 steps, 200 entries a block.
LessonParts split_lesson(std::string_view text, const std::string& file, Mistakes& mistakes);
/// Throws Error for the first of them.
LessonParts split_lesson(std::string_view text, const std::string& file);

}  // namespace qkv::documents
