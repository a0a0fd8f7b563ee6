#pragma once
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

/// Throws Error ("FILE:LINE: …"). At most 1 MiB, 200 steps, 200 entries a block.
LessonParts split_lesson(std::string_view text, const std::string& file);

}  // namespace qkv::documents
