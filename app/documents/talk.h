#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/documents/lesson.h"
#include "app/prose/prose.h"
#include "core/experiment/experiment.h"

// A talk: steps shown one after another in front of a room, in one Markdown file that people edit. The format is documented in
// assets/talks/README.md.
namespace qkv::documents {

/// One stage of the pipeline of an experiment, told for one query and key.
struct StageStep {
  std::string experiment;             ///< one within the talk ("experiment-1"), of assets/experiments, or a path beside the talk
  std::vector<std::string> settings;  ///< as in lessons
  attention::Stage stage{};           ///< x, q, k, scores, scaled, weights, v or output
  int layer = 0, head = 0;
  std::string query, key;             ///< tokens as places name them; empty: of the experiment's first target
};
/// A step of a lesson, large, its question included.
struct LessonReference {
  int lesson = 1, step = 1;           ///< by the lesson's number; the step from 1
};
/// A head of a model on a text.
struct ModelStep {
  std::string model;                  ///< a name of assets/models, or a path beside the talk
  std::string text;                   ///< empty: what the model begins with
  int layer = 0, head = 0;
  std::string picture = "map";        ///< map, lines or text
  int query = -1;                     ///< token from 0; −1: the one the workspace begins with
};

struct TalkStep {
  std::string title;
  std::optional<StageStep> stage;
  std::optional<LessonReference> lesson;
  std::optional<ModelStep> model;     ///< none of the three: the text alone, large
  prose::Text text;                   ///< on the stage, below the title
  std::string markdown;               ///< the same, as it was written
  std::string notes;                  ///< for the lecturer only
  bool hides = true;                  ///< what is to be guessed is hidden until it is revealed
  int line = 0;
};

struct Talk {
  std::string title;
  std::vector<TalkStep> steps;
  /// Experiments that travel in the file, by name ("experiment-1"): replayed anywhere with the same numbers.
  std::vector<std::pair<std::string, std::shared_ptr<const experiment::Experiment>>> experiments;
  std::filesystem::path path;
};

/// Throws Error ("FILE:LINE: …").
Talk read_talk(const std::filesystem::path& path);
Talk talk_from(std::string_view markdown, const std::string& name);
/// Reads back as the same talk.
std::string talk_as_markdown(const Talk& talk);
/// Throws Error; the old file stays whole then.
void save_talk(const Talk& talk, const std::filesystem::path& path);
/// A file whose header says `talk:`.
bool is_talk_file(const std::filesystem::path& path);

/// The talk that presenting an experiment begins with: its stages in order for this query and key, the experiment inside.
Talk talk_of(const experiment::Experiment& experiment, int layer, int head, int query, int key);
/// The steps of a lesson.
Talk talk_of(const Lesson& lesson);
/// Whether the heading of a step is the lecturer's: one that only names the stage leaves the title to the program.
bool has_own_heading(const TalkStep& step);
/// The stages that a talk goes through; without X those from Q on.
std::vector<attention::Stage> talk_stages(const experiment::Experiment& experiment);

}  // namespace qkv::documents
