#include "app/documents/talk.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "app/documents/lesson_lines.h"
#include "app/documents/lesson_values.h"
#include "core/error.h"
#include "core/experiment/json.h"
#include "core/experiment/sources.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace {

using attention::Stage;

constexpr std::uintmax_t kMaxBytes = 64 << 20;  // most of it experiments: of the text split_lesson() takes 1 MiB
constexpr std::size_t kMaxExperiments = 200;
constexpr std::string_view kNoHeading = "Step";  // written where there is none: every step begins with one
constexpr std::string_view kEmbedded = "experiment-";
constexpr Stage kStages[] = {Stage::x, Stage::q, Stage::k, Stage::scores, Stage::scaled, Stage::weights, Stage::v, Stage::output};

class Reader {
 public:
  Reader(std::string_view markdown, std::string name) : name_(std::move(name)), parts_(split_lesson(without_experiments(markdown), name_)) {}

  Talk read() {
    for (const LessonEntry& entry : parts_.header) {
      if (entry.key != "talk") refuse_at(name_, entry.line, "the header of a talk has 'talk: TITLE' and nothing else, not '" + entry.key + "'");
      talk_.title = entry.value;
    }
    if (talk_.title.empty()) refuse_at(name_, 1, "a talk begins with a header that says 'talk: TITLE'");
    for (const LessonPart& part : parts_.steps) add_step(part);
    for (const TalkStep& step : talk_.steps) check(step);
    return std::move(talk_);
  }

 private:
  void add_step(const LessonPart& part) {
    TalkStep step;
    step.title = part.heading;
    step.line = part.line;
    if (part.has_question) refuse_at(name_, part.question_line, "a step of a talk has no question of its own; show a lesson's with 'lesson: 4.2'");
    // What 'head' and 'query' are of is known once a model is named, before them or after.
    if (std::ranges::find(part.step, "model", &LessonEntry::key) != part.step.end()) step.model.emplace();
    std::set<std::string> said;
    for (const LessonEntry& entry : part.step) {
      if (entry.key != "set" && !said.insert(entry.key).second) refuse_at(name_, entry.line, "'" + entry.key + "' is said twice in this step");
      add_entry(step, entry);
    }
    step.markdown = part.text;
    while (step.markdown.ends_with('\n')) step.markdown.pop_back();
    while (step.markdown.starts_with('\n')) step.markdown.erase(0, 1);
    step.text = prose::parse(part.text, name_, part.text_line);
    visit_values(
        step.text,
        [&](const std::string& expression, int line) {
          refuse_at(name_, line, "the text of a talk has no live numbers such as {{" + expression + "}}; write them in a lesson and show its step");
        },
        [&](const std::string& says, int line) { refuse_at(name_, line, says); });
    talk_.steps.push_back(std::move(step));
  }

  /// Reads the blocks ```experiment-… and leaves empty lines in their place, so that all others keep their numbers.
  std::string without_experiments(std::string_view markdown) {
    std::string rest;
    std::string block, json;  // the one that is open
    int line = 0, begin = 0;
    while (!markdown.empty()) {
      ++line;
      const auto end = std::min(markdown.find('\n'), markdown.size());
      std::string_view text = markdown.substr(0, end);
      markdown.remove_prefix(std::min(end + 1, markdown.size()));
      if (text.ends_with('\r')) text.remove_suffix(1);
      if (block.empty() && text.starts_with("```" + std::string(kEmbedded))) {
        block = text.substr(3);
        begin = line;
        rest += '\n';
      } else if (block.empty()) {
        rest += std::string(text) + '\n';
      } else if (text.starts_with("```")) {
        embed(std::exchange(block, {}), std::exchange(json, {}), begin);
        rest += '\n';
      } else {
        json += std::string(text) + '\n';
        rest += '\n';
      }
    }
    const auto first = rest.find_first_not_of(" \t\n");
    if (first == rest.npos || rest.compare(first, 3, "---") != 0) refuse_at(name_, 1, "a talk begins with a line ---, then 'talk: TITLE', then --- again");
    if (!block.empty()) refuse_at(name_, begin, "the block '" + block + "' is not closed");
    return rest;
  }

  void embed(const std::string& block, const std::string& json, int line) {
    if (talk_.experiments.size() >= kMaxExperiments) refuse_at(name_, line, "a talk has at most 200 experiments inside");
    if (std::ranges::find(talk_.experiments, block, [](const auto& named) { return named.first; }) != talk_.experiments.end())
      refuse_at(name_, line, "there is a second block '" + block + "'; give it another number");
    try {
      talk_.experiments.emplace_back(block, std::make_shared<experiment::Experiment>(experiment::from_json(json, block)));
    } catch (const Error& error) {
      refuse_at(name_, line, error.what());
    }
  }

  StageStep& stage_of(TalkStep& step) const {
    if (!step.stage) step.stage.emplace();
    return *step.stage;
  }
  ModelStep& model_of(TalkStep& step) const {
    if (!step.model) step.model.emplace();
    return *step.model;
  }

  void add_entry(TalkStep& step, const LessonEntry& entry) {
    const std::string &key = entry.key, &value = entry.value;
    if (key == "experiment") stage_of(step).experiment = value;
    else if (key == "set") stage_of(step).settings.push_back(value);
    else if (key == "stage") {
      if (!attention::stage_from_name(value, stage_of(step).stage) || std::ranges::find(kStages, step.stage->stage) == std::end(kStages))
        refuse_at(name_, entry.line, "there is no stage '" + value + "' to show: x, q, k, scores, scaled, weights, v and output are");
    } else if (key == "query" && !step.model) stage_of(step).query = value;
    else if (key == "query") step.model->query = whole(entry, value);
    else if (key == "key") stage_of(step).key = value;
    else if (key == "head") {
      const auto [layer, head] = two(entry);
      if (step.model) {
        step.model->layer = layer;
        step.model->head = head;
      } else {
        stage_of(step).layer = layer;
        stage_of(step).head = head;
      }
    } else if (key == "lesson") {
      const auto [lesson, number] = two(entry);
      step.lesson = LessonReference{lesson, number};
    } else if (key == "model") model_of(step).model = value;
    else if (key == "prompt") model_of(step).text = value;
    else if (key == "picture") {
      if (value != "map" && value != "lines" && value != "text") refuse_at(name_, entry.line, "there is no picture '" + value + "' of a head: map, lines and text are");
      model_of(step).picture = value;
    } else if (key == "hide") {
      if (value != "yes" && value != "no") refuse_at(name_, entry.line, "'hide' is yes or no, not '" + value + "'");
      step.hides = value == "yes";
    } else if (key == "notes") step.notes = value;
    else refuse_at(name_, entry.line, "a step of a talk has no '" + key + "'; there are experiment, set, stage, head, query, key, lesson, model, prompt, picture, hide and notes");
  }

  int whole(const LessonEntry& entry, std::string_view text) const {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) refuse_at(name_, entry.line, "'" + entry.key + "' must be a whole number, not '" + std::string(text) + "'");
    return number;
  }
  /// "4.2"
  std::pair<int, int> two(const LessonEntry& entry) const {
    const auto dot = entry.value.find('.');
    if (dot == std::string::npos) refuse_at(name_, entry.line, "'" + entry.key + "' is two numbers such as 4.2, not '" + entry.value + "'");
    return {whole(entry, std::string_view(entry.value).substr(0, dot)), whole(entry, std::string_view(entry.value).substr(dot + 1))};
  }

  void check(const TalkStep& step) const {
    if ((step.stage ? 1 : 0) + (step.lesson ? 1 : 0) + (step.model ? 1 : 0) > 1)
      refuse_at(name_, step.line, "a step shows one thing: a stage of an experiment, a step of a lesson, or a head of a model");
    if (step.stage && step.stage->experiment.empty()) refuse_at(name_, step.line, "this step shows a stage, so it must name its experiment: 'experiment: cat_sat_down'");
    if (step.model && step.model->model.empty()) refuse_at(name_, step.line, "this step shows a head, so it must name its model: 'model: pronouns'");
    if (step.stage && step.stage->experiment.starts_with(kEmbedded) &&
        std::ranges::find(talk_.experiments, step.stage->experiment, [](const auto& named) { return named.first; }) == talk_.experiments.end())
      refuse_at(name_, step.line, "the talk has no block '" + step.stage->experiment + "'");
  }

  std::string name_;
  Talk talk_;
  LessonParts parts_;  ///< after talk_: making it finds the experiments
};

/// One line of a step's block; what continues begins with blanks.
void say(std::string& out, std::string_view key, std::string value) {
  for (std::size_t at = 0; (at = value.find('\n', at)) != std::string::npos; at += 3) value.replace(at, 1, "\n  ");
  out += std::string(key) + ": " + value + "\n";
}

}  // namespace

Talk talk_from(std::string_view markdown, const std::string& name) { return Reader(markdown, name).read(); }

Talk read_talk(const std::filesystem::path& path) {
  Talk talk = talk_from(files::read_file(path, kMaxBytes), path.string());
  talk.path = path;
  return talk;
}

std::string talk_as_markdown(const Talk& talk) {
  std::string out = "---\n";
  say(out, "talk", talk.title.empty() ? "Talk" : talk.title);
  out += "---\n";
  for (const TalkStep& step : talk.steps) {
    out += "\n# " + (step.title.empty() ? std::string(kNoHeading) : step.title) + "\n\n```step\n";
    if (step.stage) {
      say(out, "experiment", step.stage->experiment);
      for (const std::string& setting : step.stage->settings) say(out, "set", setting);
      say(out, "stage", std::string(attention::name_of(step.stage->stage)));
      if (step.stage->layer != 0 || step.stage->head != 0) say(out, "head", std::to_string(step.stage->layer) + "." + std::to_string(step.stage->head));
      if (!step.stage->query.empty()) say(out, "query", step.stage->query);
      if (!step.stage->key.empty()) say(out, "key", step.stage->key);
    }
    if (step.lesson) say(out, "lesson", std::to_string(step.lesson->lesson) + "." + std::to_string(step.lesson->step));
    if (step.model) {
      say(out, "model", step.model->model);
      if (!step.model->text.empty()) say(out, "prompt", step.model->text);
      say(out, "head", std::to_string(step.model->layer) + "." + std::to_string(step.model->head));
      say(out, "picture", step.model->picture);
      if (step.model->query >= 0) say(out, "query", std::to_string(step.model->query));
    }
    if (!step.hides) say(out, "hide", "no");
    if (!step.notes.empty()) say(out, "notes", step.notes);
    out += "```\n";
    if (!step.markdown.empty()) out += "\n" + step.markdown + "\n";
  }
  for (const auto& [name, experiment] : talk.experiments) out += "\n```" + name + "\n" + experiment::to_json(*experiment) + "```\n";
  return out;
}

void save_talk(const Talk& talk, const std::filesystem::path& path) { files::write_file_atomically(path, talk_as_markdown(talk)); }

bool is_talk_file(const std::filesystem::path& path) {
  std::error_code error;
  if (path.extension() != ".md" || !std::filesystem::is_regular_file(path, error)) return false;
  try {
    const std::string text = files::read_file(path, kMaxBytes);
    const std::string_view header = std::string_view(text).substr(0, text.find("\n---"));
    return header.find("\ntalk:") != header.npos || header.find("\nlesson:") == header.npos;
  } catch (const Error&) {  // opening it says what is wrong
    return true;
  }
}

bool has_own_heading(const TalkStep& step) {
  return !step.title.empty() && step.title != kNoHeading && !(step.stage && step.title == attention::name_of(step.stage->stage));
}

std::vector<Stage> talk_stages(const experiment::Experiment& e) {
  std::vector<Stage> stages(std::begin(kStages), std::end(kStages));
  const experiment::Head& head = e.layers.front().heads.front();
  if (head.q && head.k && head.v) stages.erase(stages.begin());
  return stages;
}

Talk talk_of(const experiment::Experiment& e, int layer, int head, int query, int key) {
  Talk talk;
  talk.title = experiment::shown_title(e).empty() ? "Attention, step by step" : experiment::shown_title(e);
  const std::string name = std::string(kEmbedded) + "1";
  talk.experiments.emplace_back(name, std::make_shared<experiment::Experiment>(e));
  for (const Stage stage : talk_stages(e)) {
    TalkStep step;
    step.title = std::string(attention::name_of(stage));
    step.stage = StageStep{.experiment = name, .settings = {}, .stage = stage, .layer = layer, .head = head, .query = std::to_string(query), .key = std::to_string(key)};
    talk.steps.push_back(std::move(step));
  }
  return talk;
}

Talk talk_of(const Lesson& lesson) {
  Talk talk;
  talk.title = lesson.title;
  for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
    TalkStep step;
    step.title = lesson.steps[i].title;
    step.lesson = LessonReference{lesson.number, static_cast<int>(i) + 1};
    talk.steps.push_back(std::move(step));
  }
  return talk;
}

}  // namespace qkv::documents
