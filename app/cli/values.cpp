#include "app/cli/values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include "core/experiment/experiment.h"
#include "core/files/capture_format.h"
#include "core/files/wording.h"

namespace qkv::cli {
namespace {

constexpr int kSmallestSide = 320, kLargestSide = 16384;
constexpr float kSmallestScale = 0.25f, kLargestScale = 8;

/// "12x34" with 'x' as the separator; nothing when it is not that.
std::optional<std::pair<int, int>> parse_pair(const std::string& text, char separator) {
  std::pair<int, int> pair;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, pair.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != separator) return {};
  const auto second = std::from_chars(first.ptr + 1, end, pair.second);
  if (second.ec != std::errc() || second.ptr != end) return {};
  return pair;
}

/// Whether "0.1:weights[…" begins with a stage that there is.
bool names_stage(std::string_view text) {
  text = text.substr(0, text.find('['));
  if (const auto colon = text.find(':'); colon != text.npos) text.remove_prefix(colon + 1);
  attention::Stage ignored;
  return attention::stage_from_name(text, ignored);
}

std::string stages() {
  std::string names;
  for (int i = 0; i < attention::kStageCount; ++i)
    names += (i == 0 ? "" : ", ") + std::string(attention::name_of(static_cast<attention::Stage>(i)));
  return names;
}

}  // namespace

std::pair<int, int> parse_size(const std::string& text) {
  const auto fits = [](int side) { return side >= kSmallestSide && side <= kLargestSide; };
  const auto size = parse_pair(text, 'x');
  if (!size || !fits(size->first) || !fits(size->second)) {
    throw CLI::ValidationError(
        "--size", "'" + text + "' is not WIDTHxHEIGHT in pixels, each from 320 to 16384, such as 1440x900");
  }
  return *size;
}

float parse_scale(const std::string& text) {
  float scale = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, scale);
  if (read.ec != std::errc() || read.ptr != end ||
      !(scale >= kSmallestScale && scale <= kLargestScale)) {  // NaN too
    throw CLI::ValidationError("--scale", "'" + text + "' is not a number from 0.25 to 8");
  }
  return scale;
}

std::pair<int, int> parse_head(const std::string& text) {
  const auto head = parse_pair(text, '.');
  if (!head || head->first < 0 || head->second < 0) {
    throw CLI::ValidationError("--head", "'" + text + "' is not LAYER.HEAD counted from 0, such as 0.1");
  }
  return *head;
}

attention::Cell parse_select(const std::string& text) {
  attention::Cell cell;
  if (!experiment::parse_cell(text, cell) || cell.row < 0) {
    throw CLI::ValidationError("--select", files::in_quotes(text) + " is not STAGE[row,column] counted from 0, such as weights[2,1]" +
                                               (names_stage(text) ? "" : "; STAGE is one of " + stages()));
  }
  return cell;
}

experiment::Sweep parse_sweep(const std::string& text) {
  experiment::Sweep sweep;
  if (!experiment::parse_sweep(text, sweep)) {
    throw CLI::ValidationError("--sweep", "'" + text + "' is not NAME=FROM..TO, such as d_k=1..64 or w_q[2,4]=-2..2");
  }
  return sweep;
}

std::set<std::string> parse_parts(const std::string& text) {
  std::set<std::string> parts;
  std::stringstream list(text);
  for (std::string part; std::getline(list, part, ',');) {
    if (!files::capture_parts().contains(part)) {
      throw CLI::ValidationError("--parts",
                                 "'" + part + "' is not one of pattern, scores, q, k, v, z, hidden, logits");
    }
    parts.insert(part);
  }
  if (parts.empty())
    throw CLI::ValidationError("--parts", "no part is named; leave the option out for every part");
  return parts;
}

std::vector<int> parse_ids(const std::string& text) {
  std::vector<int> ids;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    while (at != end && *at == ' ') ++at;
    int id = -1;
    const auto read = std::from_chars(at, end, id);
    if (read.ec != std::errc() || id < 0 || (read.ptr != end && *read.ptr != ',')) {
      throw CLI::ValidationError("--ids",
                                 "'" + text.substr(0, 60) + "' is not a list of token ids such as 1,2,3");
    }
    ids.push_back(id);
    if (read.ptr == end) return ids;
    at = read.ptr + 1;
  }
}

void check_extension(const std::string& option, const std::filesystem::path& file,
                     const std::vector<std::string>& extensions) {
  if (std::ranges::find(extensions, file.extension().string()) != extensions.end()) return;
  std::string known;
  for (const std::string& extension : extensions) known += (known.empty() ? "" : ", ") + extension;
  throw CLI::ValidationError(option, "the file's name must end in " + known);
}

}  // namespace qkv::cli
