#include "app/documents/progress.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/tensors.h"

namespace qkv::documents {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 4 << 20;
constexpr std::size_t kMaxEntries = 20000, kMaxQuestions = 100;
constexpr int kMaxCount = 1000000;

fs::path file_in(const fs::path& folder) { return folder / "progress.json"; }

int count(const json& of, int least) { return std::clamp(of.get<int>(), least, kMaxCount); }

Answer answer_from(const json& j) {
  Answer answer;
  answer.chosen = count(j.at("chosen"), -1);
  answer.tries = count(j.at("tries"), 0);
  answer.right = j.at("right").get<bool>();
  answer.revealed = j.at("revealed").get<bool>();
  return answer;
}

json json_of(const Answer& answer) {
  return {{"chosen", answer.chosen}, {"tries", answer.tries}, {"right", answer.right}, {"revealed", answer.revealed}};
}

Quiz quiz_from(const json& j) {
  Quiz quiz;
  quiz.seed = j.at("seed").get<std::uint64_t>();
  if (j.at("items").size() > kMaxQuestions) throw Error("too many questions");
  for (const json& item : j.at("items")) quiz.items.push_back({item.at("key").get<std::string>(), answer_from(item.at("answer"))});
  quiz.at = std::clamp(j.at("at").get<int>(), -1, static_cast<int>(quiz.items.size()));
  return quiz;
}

Progress progress_from(const json& j) {
  Progress progress;
  if (j.at("answers").size() > kMaxEntries || j.at("reached").size() > kMaxEntries) throw Error("too many entries");
  for (const auto& [key, value] : j.at("answers").get<json::object_t>()) progress.answers[key] = answer_from(value);
  for (const auto& [key, value] : j.at("reached").get<json::object_t>()) progress.reached[key] = count(value, 0);
  progress.lesson = j.at("lesson").get<std::string>();
  progress.step = count(j.at("step"), 0);
  if (j.contains("quiz")) progress.quiz = quiz_from(j.at("quiz"));
  return progress;
}

}  // namespace

Progress load_progress(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || !fs::exists(file_in(folder), error)) return {};
  try {
    return progress_from(json::parse(files::read_file(file_in(folder), kMaxBytes)));
  } catch (const std::exception&) {
    // Kept aside: it may be mended by hand, and the next save would replace it.
    fs::rename(file_in(folder), folder / "progress.damaged.json", error);
    return {};
  }
}

void save_progress(const fs::path& folder, const Progress& progress) {
  if (folder.empty()) return;
  json j;
  j["answers"] = json::object();
  for (const auto& [key, answer] : progress.answers) j["answers"][key] = json_of(answer);
  j["reached"] = json::object();
  for (const auto& [lesson, step] : progress.reached) j["reached"][lesson] = step;
  j["lesson"] = progress.lesson;
  j["step"] = progress.step;
  if (!progress.quiz.items.empty()) {
    json items = json::array();
    for (const Quiz::Item& item : progress.quiz.items) items.push_back({{"key", item.key}, {"answer", json_of(item.answer)}});
    j["quiz"] = {{"seed", progress.quiz.seed}, {"at", progress.quiz.at}, {"items", std::move(items)}};
  }
  std::error_code error;
  fs::create_directories(folder, error);  // a failure shows when the file is written
  files::write_file_atomically(file_in(folder), j.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace qkv::documents
