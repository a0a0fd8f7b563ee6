#include "app/documents/lesson.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "app/documents/lesson_lines.h"
#include "app/documents/lesson_values.h"
#include "core/error.h"
#include "core/experiment/place_names.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace {

using experiment::in_quotes;
using experiment::trimmed;

constexpr std::uintmax_t kMaxBytes = 1 << 20;
constexpr int kMostOptions = 5, kMaxNumber = 9999;
constexpr std::size_t kMaxTitle = 200;

const std::vector<std::string> kStepKeys = {"experiment", "sentence", "set", "figure", "beside", "beside sentence", "beside set", "spotlight", "change", "claim"};
const std::vector<std::string> kQuestionKeys = {"choose", "yes", "no", "do", "goal", "hint", "why"};
const std::vector<std::string> kPanels = {"lens", "formula", "drawer", "lines"};

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// "A reply | a place" cut at the bars that are neither in a formula nor in code.
std::vector<std::string> cut_at_bars(std::string_view text) {
  std::vector<std::string> parts(1);
  char inside = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      parts.back() += c;
      parts.back() += text[++i];
      continue;
    }
    if (c == '$' || c == '`' || c == '"') {
      // A quotation mark counts in places only, a lone one in a text does not.
      const bool quotes = c != '"' || parts.size() > 2;
      if (quotes) inside = inside == c ? '\0' : inside == '\0' ? c : inside;
    }
    if (c == '|' && inside == '\0')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) part = trimmed(part);
  return parts;
}

class Builder {
 public:
  Builder(std::string_view text, const std::filesystem::path& path) : file_(path.string()), parts_(split_lesson(text, file_, mistakes_)) {
    lesson_.path = path;
  }

  LessonReading build() {
    if (!parts_.header.empty() || mistakes_.empty()) header();
    std::set<std::string> titles;
    for (const LessonPart& part : parts_.steps) {
      LessonStep step = step_of(part);
      trying([&] {
        if (!titles.insert(step.title).second) refuse(part.line, "two steps are called " + in_quotes(step.title) + "; give each a title of its own");
      });
      lesson_.steps.push_back(std::move(step));
    }
    return {std::move(lesson_), mistakes_.take(file_)};
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& says) const { refuse_at(file_, line, says); }
  [[noreturn]] void refuse_key(const LessonEntry& entry, const std::string& block, const std::vector<std::string>& known) const {
    refuse(entry.line, "a " + block + " has no " + in_quotes(entry.key) + "; there are " + joined(known));
  }

  /// `work`, with the line before what it refuses.
  template <class Work>
  auto at(int line, Work work) const {
    try {
      return work();
    } catch (const Error& error) {
      refuse(line, error.what());
    }
  }

  /// Goes on behind what is refused: one mistake does not hide the others.
  template <class Work>
  bool trying(Work work) {
    return mistakes_.trying(work);
  }

  prose::Text prose_of(const std::string& markdown, int line) {
    prose::Text text;
    trying([&] { text = prose::parse(markdown, file_, line); });
    visit_values(
        text, [&](const std::string& expression, int where) { trying([&] { at(where, [&] { return experiment::Expression(expression); }); }); },
        [&](const std::string& says, int where) { trying([&] { refuse(where, says); }); });
    return text;
  }

  void header() {
    const bool sound = mistakes_.empty();  // else what is missing may be there, not understood
    bool has_number = false, has_title = false;
    for (const LessonEntry& entry : parts_.header) {
      bool& has = entry.key == "lesson" ? has_number : has_title;
      const bool once = entry.key == "lesson" || entry.key == "title", again = once && std::exchange(has, true);
      trying([&] { again ? refuse(entry.line, in_quotes(entry.key) + " is said twice in the header") : header_entry(entry); });
    }
    if (sound && !has_number) trying([&] { refuse(1, "the header needs a line 'lesson: NUMBER'"); });
    if (sound && !has_title) trying([&] { refuse(1, "the header needs a line 'title: …'"); });
  }

  void header_entry(const LessonEntry& entry) {
    if (entry.key == "lesson") {
      const auto [end, error] = std::from_chars(entry.value.data(), entry.value.data() + entry.value.size(), lesson_.number);
      if (error != std::errc{} || end != entry.value.data() + entry.value.size() || lesson_.number < 0 || lesson_.number > kMaxNumber)
        refuse(entry.line, "'lesson' must be a whole number from 0 to 9999, not " + in_quotes(entry.value));
    } else if (entry.key == "title") {
      if (entry.value.size() > kMaxTitle) refuse(entry.line, "a title has at most 200 bytes");
      lesson_.title = entry.value;
    } else if (entry.key == "outcome") {
      lesson_.outcomes.push_back(entry.value);
    } else {
      refuse_key(entry, "header", {"lesson", "title", "outcome"});
    }
  }

  LessonStep step_of(const LessonPart& part) {
    LessonStep step;
    step.line = part.line;
    const prose::Text heading = prose_of("# " + part.heading, part.line);
    if (heading.size() == 1) step.heading = heading.front().spans;
    step.title = trimmed(prose::plain(heading));
    if (!lesson_.steps.empty()) {
      step.setup = lesson_.steps.back().setup;
      step.setup.settings.clear();
      step.figure = lesson_.steps.back().figure;
    }
    const bool first = lesson_.steps.empty();
    bool says_figure = false, says_experiment = false;
    for (const LessonEntry& entry : part.step) {
      says_figure = says_figure || entry.key == "figure";
      says_experiment = says_experiment || entry.key == "experiment";
      step.lines[entry.key].push_back(entry.line);
      if (!trying([&] { step_entry(step, entry); })) step.lines[entry.key].pop_back();
    }
    if (first && !says_figure) trying([&] { refuse(part.line, "the first step must say its figure, such as 'figure: scores weights'"); });
    if (first && !says_experiment) trying([&] { refuse(part.line, "the first step must say its experiment, such as 'experiment: cat_sat_down'"); });
    step.text = prose_of(part.text, part.text_line);
    if (part.has_question) step.question = question_of(part);
    step.after = prose_of(part.after, part.after_line);
    return step;
  }

  /// The second experiment; the same as the first until it says otherwise.
  static Setup& beside_of(LessonStep& step) {
    if (!step.beside) step.beside = Setup{step.setup.experiment, step.setup.sentence, {}};
    return *step.beside;
  }

  void once(const LessonStep& step, const LessonEntry& entry) const {
    if (step.lines.at(entry.key).size() > 1) refuse(entry.line, in_quotes(entry.key) + " is said twice in this step");
  }

  void step_entry(LessonStep& step, const LessonEntry& entry) {
    const std::string& key = entry.key;
    if (std::ranges::find(kStepKeys, key) == kStepKeys.end()) refuse_key(entry, "step", kStepKeys);
    if (key == "set") return step.setup.settings.push_back(entry.value);
    if (key == "beside set") return beside_of(step).settings.push_back(entry.value);
    if (key == "spotlight") return places(entry, step.spotlight);
    if (key == "claim") return step.claims.push_back(at(entry.line, [&] { return experiment::Claim(entry.value); }));
    if (key == "change") return changes(entry, step.change);
    once(step, entry);
    if (key == "experiment") {
      if (step.beside || !step.setup.sentence.empty()) after_experiment(step, entry);
      step.setup.experiment = entry.value;
      step.setup.sentence.clear();
    } else if (key == "sentence") {
      step.setup.sentence = entry.value;
    } else if (key == "beside") {
      if (step.beside) refuse(entry.line, "'beside' must come before what is said of it");
      step.beside = Setup{entry.value, {}, {}};
    } else if (key == "beside sentence") {
      beside_of(step).sentence = entry.value;
    } else {
      step.figure = figure_of(entry);
    }
  }

  /// An experiment brings its own sentence, so it is named first.
  void after_experiment(const LessonStep& step, const LessonEntry& entry) const {
    if (step.beside || step.lines.contains("sentence")) refuse(entry.line, "'experiment' must come before 'sentence' and 'beside'");
  }

  void places(const LessonEntry& entry, std::vector<std::string>& list) const {
    for (std::string& place : split_places(entry.value)) {
      at(entry.line, [&] { return experiment::parse_place(place); });
      list.push_back(std::move(place));
    }
  }

  /// Places and controls.
  void changes(const LessonEntry& entry, std::vector<std::string>& list) const {
    for (std::string& word : split_places(entry.value)) {
      if (std::ranges::find(lesson_controls(), word) == lesson_controls().end()) {
        at(entry.line, [&] {
          try {
            return experiment::parse_place(word);
          } catch (const Error& error) {
            const bool is_place = word.find('[') != word.npos || word.find(':') != word.npos;
            if (is_place) throw;
            throw Error("there is no control and no stage " + in_quotes(word) + "; the controls are " + joined(lesson_controls()));
          }
        });
      }
      list.push_back(std::move(word));
    }
  }

  LessonFigure figure_of(const LessonEntry& entry) const {
    std::vector<std::string> words = split_places(entry.value);
    LessonFigure figure;
    const auto& special = special_figures();
    if (std::ranges::find(special, words.front()) != special.end()) {
      figure.name = words.front();
      figure.options.assign(words.begin() + 1, words.end());
      return figure;
    }
    figure.name = "stages";
    for (const std::string& word : words) {
      attention::Stage stage{};
      if (std::ranges::find(kPanels, word) == kPanels.end() && !attention::stage_from_name(word, stage))
        refuse(entry.line, "there is no figure " + in_quotes(word) + "; there are stages such as x, w_q, q, scores, weights, output, then " +
                               joined(kPanels) + ", or one alone of " + joined(special));
    }
    figure.stages = std::move(words);
    return figure;
  }

  Question question_of(const LessonPart& part) {
    Question question;
    question.line = part.question_line;
    bool chooses = false, does = false, sound = true;
    for (const LessonEntry& entry : part.question) sound = trying([&] { question_entry(question, entry, chooses, does); }) && sound;
    if (sound) trying([&] { check_question(question, chooses, does); });
    return question;
  }

  void question_entry(Question& question, const LessonEntry& entry, bool& chooses, bool& does) {
    const std::string& key = entry.key;
    if (std::ranges::find(kQuestionKeys, key) == kQuestionKeys.end()) refuse_key(entry, "question", kQuestionKeys);
    if (key == "yes" || key == "no") {
      question.options.push_back(option_of(entry));
    } else if (key == "goal") {
      if (question.goal) refuse(entry.line, "a question has one goal; join several by 'and'");
      question.goal_line = entry.line;
      question.goal = at(entry.line, [&] { return experiment::Claim(entry.value); });
    } else {
      prose::Text& text = key == "hint" ? question.hint : key == "why" ? question.why : question.ask;
      if (!text.empty()) refuse(entry.line, in_quotes(key) + " is said twice in this question");
      text = prose_of(entry.value, entry.line);
      chooses = chooses || key == "choose";
      does = does || key == "do";
    }
  }

  void check_question(const Question& q, bool chooses, bool does) const {
    if (chooses == does) refuse(q.line, "a question says either 'choose:' or 'do:'");
    const auto right = std::ranges::count_if(q.options, &Option::right);
    if (does && !q.goal) refuse(q.line, "a question with 'do:' needs a 'goal:', the claim that is to hold");
    if (does && !q.options.empty()) refuse(q.line, "a question with 'do:' has a goal and no answers");
    if (chooses && q.goal) refuse(q.line, "a question with 'choose:' has answers and no goal");
    if (chooses && (q.options.size() < 2 || q.options.size() > kMostOptions))
      refuse(q.line, "a question has 2 to 5 answers, and this one has " + std::to_string(q.options.size()));
    if (chooses && right != 1) refuse(q.line, "one answer is right ('yes:'), and here are " + std::to_string(right));
  }

  Option option_of(const LessonEntry& entry) {
    const std::vector<std::string> parts = cut_at_bars(entry.value);
    if (parts.size() < 2 || parts[0].empty() || parts[1].empty())
      refuse(entry.line, "an answer must be followed by | and a reply that says why it is right or wrong");
    Option option;
    option.line = entry.line;
    option.right = entry.key == "yes";
    option.text = prose_of(parts[0], entry.line);
    option.reply = prose_of(parts[1], entry.line);
    if (parts.size() > 2 && !parts[2].empty()) places({"spotlight", parts[2], entry.line}, option.spotlight);
    for (std::size_t i = 3; i < parts.size(); ++i)
      if (!parts[i].empty()) option.settings.push_back(parts[i]);
    return option;
  }

  std::string file_;
  Mistakes mistakes_;
  LessonParts parts_;
  Lesson lesson_;
};

}  // namespace

int LessonStep::line_of(const std::string& key, std::size_t i) const {
  const auto found = lines.find(key);
  return found != lines.end() && i < found->second.size() ? found->second[i] : line;
}

const std::vector<std::string>& lesson_controls() {
  static const std::vector<std::string> controls = {"temperature", "d_k",   "mask",  "window",   "positions", "scale",
                                                    "heads",       "layer", "head", "sentence", "swap",      "new-draw"};
  return controls;
}

const std::vector<std::string>& special_figures() {
  static const std::vector<std::string> figures = {"scaling", "cost", "lookup", "arrows", "stack", "code", "summary", "check"};
  return figures;
}

LessonReading read_lesson(std::string_view text, const std::filesystem::path& path) { return Builder(text, path).build(); }

Lesson parse_lesson(std::string_view text, const std::filesystem::path& path) {
  LessonReading reading = read_lesson(text, path);
  if (!reading.mistakes.empty()) throw Error(reading.mistakes.front());
  return std::move(reading.lesson);
}

LessonReading read_lesson(const std::filesystem::path& path) {
  try {
    return read_lesson(files::read_file(path, kMaxBytes), path);
  } catch (const std::exception& error) {
    LessonReading nothing;
    nothing.lesson.path = path;
    nothing.mistakes.emplace_back(error.what());
    return nothing;
  }
}

}  // namespace qkv::documents
