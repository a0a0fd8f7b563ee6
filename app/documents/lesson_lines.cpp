#include "app/documents/lesson_lines.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/experiment/json_field.h"
#include "core/experiment/place_names.h"
#include "core/experiment/words.h"

namespace qkv::documents {
namespace {

using experiment::in_quotes;
using experiment::trimmed;

constexpr std::size_t kMaxBytes = 1 << 20, kMaxSteps = 200, kMaxEntries = 200, kLongestSentence = 500;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The block that a fence's word may be meant for: "quetsion", "Step". Empty: none, a listing.
std::string_view meant(std::string_view info) {
  for (const std::string_view name : {"step", "question"}) {
    std::string_view one = info, other = name;
    const auto same = [](char a, char b) { return a == b || a + ('a' - 'A') == b; };
    while (!one.empty() && !other.empty() && same(one.front(), other.front())) one.remove_prefix(1), other.remove_prefix(1);
    while (!one.empty() && !other.empty() && same(one.back(), other.back())) one.remove_suffix(1), other.remove_suffix(1);
    if (one.size() <= 2 && other.size() <= 2 && one.size() + other.size() < name.size()) return name;
  }
  return {};
}

/// The opening of a fenced block: its run of ` or ~, and the word behind it.
struct Fence {
  std::string_view run, info;
  bool is_open() const { return !run.empty(); }
};

Fence fence_in(std::string_view line) {
  const auto begin = line.find_first_not_of(' ');
  if (begin == line.npos || begin > 3) return {};
  line.remove_prefix(begin);
  if (line[0] != '`' && line[0] != '~') return {};
  const auto length = std::min(line.find_first_not_of(line[0]), line.size());
  if (length < 3) return {};
  return {line.substr(0, length), trimmed(line.substr(length))};
}

bool closes(std::string_view line, const Fence& open) {
  const Fence fence = fence_in(line);
  return fence.is_open() && fence.info.empty() && fence.run[0] == open.run[0] && fence.run.size() >= open.run.size();
}

bool is_key_line(std::string_view line) {
  const auto colon = line.find(':');
  return colon != line.npos && colon > 0 &&
         std::ranges::all_of(line.substr(0, colon), [](char c) { return (c >= 'a' && c <= 'z') || c == ' '; });
}

class Splitter {
 public:
  Splitter(std::string_view text, const std::string& file, Mistakes& mistakes) : file_(file), lines_(lines_of(text)), mistakes_(mistakes) {}

  LessonParts split() {
    const bool whole = mistakes_.trying([this] {
      header();
      while (at_ < lines_.size()) line();
      if (parts_.steps.empty()) refuse(static_cast<int>(lines_.size()), "there is no step; write a heading such as '# A step' and a ```step block below it");
      require_step();
    });
    if (!whole && !parts_.steps.empty()) parts_.steps.pop_back();
    return std::move(parts_);
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& says) const { refuse_at(file_, line, says); }
  int number() const { return static_cast<int>(at_) + 1; }

  void header() {
    while (at_ < lines_.size() && trimmed(lines_[at_]).empty()) ++at_;
    if (at_ >= lines_.size() || trimmed(lines_[at_]) != "---") refuse(number(), "a lesson begins with a line --- and its number and title, then --- again");
    const int begin = number();
    ++at_;
    bool sound = true;
    while (at_ < lines_.size() && trimmed(lines_[at_]) != "---") entry(parts_.header, sound);
    if (at_ >= lines_.size()) refuse(begin, "the header has no closing line ---");
    ++at_;
  }

  /// One line of a block; of a block that is not `sound` only its first mistake is told, as the others may follow from it.
  void entry(std::vector<LessonEntry>& entries, bool& sound, const char* perhaps = "") {
    try {
      read_entry(entries, perhaps);
    } catch (const Error& error) {
      if (std::exchange(sound, false)) mistakes_.note(error.what());
    }
    ++at_;
  }

  /// One line of "key: value", or the continuation of the one before.
  void read_entry(std::vector<LessonEntry>& entries, const char* perhaps) {
    const std::string_view line = lines_[at_];
    if (const std::string_view said = trimmed(line); said.empty()) {
    } else if (line[0] == ' ' || line[0] == '\t') {
      if (entries.empty()) refuse(number(), "a line that begins with a blank continues the one before, and there is none");
      entries.back().value += "\n" + std::string(said);
    } else if (!is_key_line(line)) {
      refuse(number(), in_quotes(said) + " must be a key, a colon and a value" + perhaps);
    } else {
      if (entries.size() >= kMaxEntries) refuse(number(), "a block has at most 200 lines");
      const auto colon = line.find(':');
      const std::string_view value = trimmed(line.substr(colon + 1));
      if (value.empty()) refuse(number(), in_quotes(line.substr(0, colon)) + " has no value");
      entries.push_back({std::string(trimmed(line.substr(0, colon))), std::string(value), number()});
    }
  }

  void line() {
    const std::string_view line = lines_[at_];
    if (const Fence fence = fence_in(line); fence.is_open()) {
      if (fence.info == "step" || fence.info == "question")
        block(fence);
      else if (const std::string_view name = meant(fence.info); !name.empty())
        refuse(number(), "there is no block " + in_quotes(fence.info) + "; write ```" + std::string(name));
      else
        fenced_text(fence);
    } else if (line.starts_with("# ") || line == "#") {
      heading();
    } else {
      text_line();
    }
  }

  void heading() {
    require_step();
    if (parts_.steps.size() >= kMaxSteps) refuse(number(), "there are at most 200 steps");
    LessonPart part;
    part.heading = trimmed(lines_[at_].substr(1));
    part.line = number();
    if (part.heading.empty()) refuse(number(), "the heading of this step is empty");
    parts_.steps.push_back(std::move(part));
    has_step_block_ = false;
    ++at_;
  }

  void text_line() {
    const std::string_view line = lines_[at_];
    if (!has_step_block_) {  // before the first step, or between its heading and its block
      if (!trimmed(line).empty() && parts_.steps.empty())
        refuse(number(), "text stands before the first step; begin the step with a heading such as '# A step'");
      if (!trimmed(line).empty())
        refuse(number(), "the ```step block must come before the text of the step " + in_quotes(parts_.steps.back().heading));
      ++at_;
      return;
    }
    LessonPart& part = parts_.steps.back();
    std::string& text = part.has_question ? part.after : part.text;
    int& first = part.has_question ? part.after_line : part.text_line;
    if (first == 0) first = number();
    text += std::string(line) + "\n";
    ++at_;
  }

  void fenced_text(const Fence& fence) {
    const int begin = number();
    do text_line();
    while (at_ < lines_.size() && !closes(lines_[at_], fence));
    if (at_ >= lines_.size()) refuse(begin, "this block of code is not closed");
    text_line();
  }

  void block(const Fence& fence) {
    const int begin = number();
    const std::string name(fence.info);
    if (parts_.steps.empty()) refuse(begin, "a " + name + " block must stand below the heading of its step");
    LessonPart& part = parts_.steps.back();
    if (name == "step" && has_step_block_) refuse(begin, "the step " + in_quotes(part.heading) + " has a second step block; begin a new step with a heading");
    if (name == "question" && !has_step_block_) refuse(begin, "the step " + in_quotes(part.heading) + " needs its step block before the question");
    if (name == "question" && part.has_question) refuse(begin, "the step " + in_quotes(part.heading) + " has a second question; give it a step of its own");
    if (name == "step") {
      has_step_block_ = true;
    } else {
      part.has_question = true;
      part.question_line = begin;
    }
    ++at_;
    std::vector<LessonEntry>& entries = name == "step" ? part.step : part.question;
    bool sound = true;
    while (at_ < lines_.size() && !closes(lines_[at_], fence)) entry(entries, sound, ", or the line ``` that ends the block is missing above");
    if (at_ >= lines_.size()) refuse(begin, "this " + name + " block is not closed");
    ++at_;
  }

  /// The step that ends here had its block.
  void require_step() const {
    if (parts_.steps.empty() || has_step_block_) return;
    refuse(parts_.steps.back().line, "the step " + in_quotes(parts_.steps.back().heading) + " has no ```step block");
  }

  const std::string& file_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  LessonParts parts_;
  bool has_step_block_ = false;
  Mistakes& mistakes_;
};

}  // namespace

std::string sentence_at(const std::string& file, int line, std::string says) {
  if (!says.ends_with('.')) says += '.';
  return experiment::shortened(experiment::valid_utf8(file + ":" + std::to_string(line) + ": " + says), kLongestSentence - 3);
}

void refuse_at(const std::string& file, int line, std::string says) { throw Error(sentence_at(file, line, std::move(says))); }

void Mistakes::note(std::string sentence) {
  if (list_.size() < kMost) list_.push_back(std::move(sentence));
  else more_ = true;
}

std::vector<std::string> Mistakes::take(const std::string& file) {
  if (std::exchange(more_, false))
    list_.push_back(experiment::shortened(experiment::valid_utf8(file), kLongestSentence / 2) + ": there are more mistakes; mend these first.");
  return std::exchange(list_, {});
}

LessonParts split_lesson(std::string_view text, const std::string& file, Mistakes& mistakes) {
  const bool readable = mistakes.trying([&] {
    if (text.size() > kMaxBytes) throw Error(file + ": a lesson is at most 1 MiB long.");
    if (experiment::valid_utf8(text) != text) throw Error(file + ": this is not a text in UTF-8; save it as UTF-8.");
  });
  return readable ? Splitter(text, file, mistakes).split() : LessonParts{};
}

LessonParts split_lesson(std::string_view text, const std::string& file) {
  Mistakes mistakes;
  LessonParts parts = split_lesson(text, file, mistakes);
  if (!mistakes.empty()) throw Error(mistakes.take(file).front());
  return parts;
}

}  // namespace qkv::documents
