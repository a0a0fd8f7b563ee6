#include "core/model/model.h"

#include <map>
#include <utility>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/tensors.h"
#include "core/files/wording.h"
#include "core/model/available_memory.h"
#include "core/model/model_files.h"
#include "core/model/model_parts.h"

namespace qkv::model {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxConfig = 16 << 20;

std::string name_of(const fs::path& folder) {
  const fs::path plain = folder.has_filename() ? folder : folder.parent_path();
  const std::string name = plain.filename().string();
  if (name != "." && name != "..") return name;
  std::error_code error;
  const fs::path whole = fs::canonical(plain, error);
  return error ? name : whole.filename().string();
}

/// Size and time of every file that a model is read from.
using Stamps = std::map<std::string, std::pair<std::uintmax_t, fs::file_time_type>>;

Stamps stamps_of(const fs::path& folder) {
  Stamps out;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    const std::string ending = each->path().extension().string();
    if (ending != ".json" && ending != ".safetensors" && ending != ".txt") continue;
    std::error_code gone;
    out[each->path().filename().string()] = {each->file_size(gone), each->last_write_time(gone)};
  }
  return out;
}

Summary summary_of(const Config& config, const Weights& weights, const WeightsReport& report) {
  Summary s;
  s.family = config.family->name;
  s.layers = config.layers;
  s.heads = config.heads;
  s.kv_heads = config.kv_heads;
  s.head_dim = config.head_dim;
  s.width = config.width;
  s.vocabulary = config.vocabulary;
  s.max_positions = config.max_positions;
  s.causal = config.causal;
  if (weights.has_head) s.head = config.family->masked_head ? Head::masked_token : Head::next_token;
  s.scoring = config.scoring;
  s.parameters = report.parameters;
  s.unused = report.unused;
  s.warning = report.warning;
  return s;
}

}  // namespace

Model::Model(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
Model::~Model() = default;

const Summary& Model::summary() const { return parts_->summary; }
const text::Tokenizer* Model::tokenizer() const { return parts_->tokenizer.get(); }

std::shared_ptr<const Model> Model::open(const fs::path& folder, const Progress& progress,
                                         std::stop_token stop) {
  refuse_foreign_weights(folder);
  const std::string where = files::shown(folder);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(where + (fs::exists(folder, ignored)
                             ? ": is not a model folder; choose the one with config.json and the weights"
                             : ": there is no such folder; check the path"));
  const fs::path config_file = folder / "config.json";
  if (!fs::exists(config_file, ignored)) {
    open_model_files(folder);  // says why, where the weights are of a kind that is not read
    throw Error(where + ": has no config.json, so its family and sizes are not known; download it too");
  }
  const Stamps before = stamps_of(folder);
  auto parts = std::make_unique<Parts>();
  parts->config = files::advised("correct it or download config.json again", [&] {
    return parse_config(files::read_file(config_file, kMaxConfig), files::shown(config_file));
  });
  const ModelFiles model_files =
      files::advised("download the whole folder again", [&] { return open_model_files(folder); });
  WeightsReport report;
  parts->weights =
      read_weights(parts->config, model_files, where, available_memory(), report, progress, stop);
  parts->summary = summary_of(parts->config, parts->weights, report);
  parts->summary.name = name_of(folder);
  try {
    if (text::has_tokenizer(folder)) parts->tokenizer = std::make_unique<const text::Tokenizer>(folder);
  } catch (const Error& error) {
    parts->summary.tokenizer_problem = error.what();
  }
  if (stamps_of(folder) != before)  // half of it may be of another model
    throw Error(where + ": its files changed while they were read; open it again once they are complete");
  if (progress) progress(1, "ready");
  return std::shared_ptr<const Model>(new Model(std::move(parts)));
}

}  // namespace qkv::model
