#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/prose/prose.h"
#include "core/experiment/claim.h"

// Lessons as data: Markdown files of assets/lessons or of a teacher's folder. The format is documented in assets/lessons/README.md.
namespace qkv::documents {

/// An experiment as a lesson sets it up: a file, another sentence, settings.
struct Setup {
  std::string experiment;             ///< "cat_sat_down": of assets/experiments, or a path beside the lesson
  std::string sentence;               ///< empty: the experiment's own
  std::vector<std::string> settings;  ///< "mask = causal", "k[cat,noun] = 1.5", in order
  bool operator==(const Setup&) const = default;
};

/// What stands beside the text.
struct LessonFigure {
  std::string name;                ///< "stages", or a special one ("scaling", "cost", …): see assets/lessons/README.md
  std::vector<std::string> stages; ///< of "stages": names of stages, "lens", "formula", "drawer", "lines"
  std::vector<std::string> options;  ///< of special figures, as written
  bool is_special() const { return name != "stages"; }
};

/// An answer to choose.
struct Option {
  bool right = false;
  prose::Text text, reply;             ///< the reply explains why it is right or wrong
  std::vector<std::string> settings;   ///< applied when it was chosen, so that the figure shows why
  std::vector<std::string> spotlight;  ///< places
  int line = 0;
};

/// Asked before something is revealed: one of several answers, or a goal that the reader's hands bring about.
struct Question {
  prose::Text ask;
  std::vector<Option> options;             ///< to choose from; empty: something is to be done
  std::optional<experiment::Claim> goal;   ///< to be done
  prose::Text hint, why;                   ///< hint: after a while or a wrong answer; why: once it is answered
  int line = 0, goal_line = 0;
};

struct LessonStep {
  std::string title;                   ///< plain; the spans are in `heading`
  std::vector<prose::Span> heading;
  Setup setup;                         ///< what it needs not say it has from the step before
  std::optional<Setup> beside;         ///< a second experiment shown below or right of the first, same stages
  LessonFigure figure;
  std::vector<std::string> spotlight;  ///< places: outlined, all else dimmed
  std::vector<std::string> change;     ///< places and controls the reader may change: "q[sat,*]", "temperature", "mask", "sentence"
  std::vector<experiment::Claim> claims;  ///< what the text says happens: tests check them on this very state
  prose::Text text;
  std::optional<Question> question;
  prose::Text after;                   ///< shown once the question is answered
  int line = 0;
  std::map<std::string, std::vector<int>> lines;  ///< where each value of the step block stands, by its key

  /// Of the i-th value of a key ("claim"); the step's own where it has none.
  int line_of(const std::string& key, std::size_t i = 0) const;
};

struct Lesson {
  int number = 0;
  std::string title;
  std::vector<std::string> outcomes;   ///< what the reader can do now; shown at the end
  std::vector<LessonStep> steps;
  std::filesystem::path path;
};

/// The controls a step may offer, and the special figures it may show.
const std::vector<std::string>& lesson_controls();
const std::vector<std::string>& special_figures();

/// What a file says: as much of it as could be understood, and every mistake in it, at most 20 ("FILE:LINE: …"); without any
/// the lesson is whole.
struct LessonReading {
  Lesson lesson;
  std::vector<std::string> mistakes;
};
LessonReading read_lesson(const std::filesystem::path& path);
/// The same of its text; `path` names it.
LessonReading read_lesson(std::string_view text, const std::filesystem::path& path);
/// Throws Error for the first mistake.
Lesson parse_lesson(std::string_view text, const std::filesystem::path& path);

/// What a folder of lessons holds: those that could be read by number then name, and those that could not with a sentence for
/// each: its first mistake, and how many more it has.
struct LessonShelf {
  std::vector<Lesson> lessons;
  std::vector<LessonReading> broken;
  std::vector<std::string> troubles;
};
/// Every *.md but README.md of the folders, in order; of the same number and title the later folder's wins. Never throws.
LessonShelf read_lessons(const std::vector<std::filesystem::path>& folders);

/// The experiment a setup stands for. `folder`: of the lesson; `assets`: with experiments/. Throws Error.
experiment::Experiment set_up(const Setup& setup, const std::filesystem::path& folder, const std::filesystem::path& assets);

/// Checks everything that needs the experiments: files, settings, places, names in claims and live values; that claims hold, and
/// goals do not hold yet.
/// One sentence ("FILE:LINE: …") for each mistake, at most 20.
std::vector<std::string> check_lesson(const Lesson& lesson, const std::filesystem::path& assets);
/// Those of the reading as well.
std::vector<std::string> check_reading(const LessonReading& reading, const std::filesystem::path& assets);

/// The claims of a step that are false in a scope, each with its file's name, its line and its value.
std::vector<std::string> false_claims(const Lesson& lesson, const LessonStep& step, const experiment::Scope& scope);

}  // namespace qkv::documents
