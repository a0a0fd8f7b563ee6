#include <cmath>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/trace_model.h"
#include "core/analysis/head_metrics.h"
#include "core/error.h"
#include "core/experiment/import.h"
#include "core/model/capture_file.h"

namespace qkv::cli {
namespace {

using analysis::HeadMetrics;
using analysis::Metric;

constexpr Metric kMetrics[] = {Metric::entropy, Metric::first_token, Metric::previous_token,
                               Metric::induction, Metric::distance};

/// The patterns of an experiment.
model::Capture capture_of(const experiment::Experiment& experiment) {
  const attention::Trace trace = experiment::evaluate(experiment);
  model::Capture capture;
  capture.model = experiment.title;
  for (const experiment::Token& token : experiment.tokens) capture.tokens.push_back(token.text);
  capture.key_tokens = capture.tokens;
  for (const attention::LayerTrace& layer : trace.layers) {
    model::LayerCapture& kept = capture.layers.emplace_back();
    for (const attention::HeadTrace& head : layer.heads) kept.pattern.push_back(head.weights);
    capture.heads = capture.kv_heads = static_cast<int>(layer.heads.size());
  }
  return capture;
}

model::Capture open(const HeadsOptions& options) {
  if (is_model_path(options.path)) {
    model::Keep keep;
    keep.hidden = keep.logits = false;
    return pass_over(options.path, options.text, options.ids, keep);
  }
  if (options.text || options.ids)
    throw Error(options.path.string() +
                ": --text and --ids are for model folders; a capture or an experiment has its own tokens, " +
                "so leave them out.");
  if (model::is_capture_file(options.path)) return model::read_capture(options.path);
  return capture_of(experiment::open_any(options.path));
}

/// One object; a number that is not defined for this text is null.
void print_json(const model::Capture& capture, const std::vector<std::vector<HeadMetrics>>& metrics) {
  nlohmann::ordered_json heads = nlohmann::ordered_json::array();
  for (std::size_t layer = 0; layer < metrics.size(); ++layer) {
    for (std::size_t head = 0; head < metrics[layer].size(); ++head) {
      nlohmann::ordered_json row = {{"layer", layer}, {"head", head}};
      for (const Metric metric : kMetrics) {
        const float value = value_of(metrics[layer][head], metric);
        row[std::string(name_of(metric))] = std::isfinite(value) ? nlohmann::ordered_json(value) : nullptr;
      }
      heads.push_back(std::move(row));
    }
  }
  const nlohmann::ordered_json answer = {
      {"model", capture.model}, {"tokens", capture.tokens}, {"heads", std::move(heads)}};
  std::cout << answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void print_table(const std::vector<std::vector<HeadMetrics>>& metrics) {
  std::cout << std::left << std::setw(8) << "head" << std::right << std::fixed << std::setprecision(3);
  for (const Metric metric : kMetrics) std::cout << std::setw(16) << name_of(metric);
  std::cout << '\n';
  for (std::size_t layer = 0; layer < metrics.size(); ++layer) {
    for (std::size_t head = 0; head < metrics[layer].size(); ++head) {
      std::cout << std::left << std::setw(8) << (std::to_string(layer) + "." + std::to_string(head))
                << std::right;
      for (const Metric metric : kMetrics) {
        const float value = value_of(metrics[layer][head], metric);
        if (std::isfinite(value)) {
          std::cout << std::setw(16) << value;
        } else {
          std::cout << std::setw(16) << "-";
        }
      }
      std::cout << '\n';
    }
  }
}

}  // namespace

void heads(const HeadsOptions& options) {
  check_exists(options.path);
  const model::Capture capture = open(options);
  const auto metrics = analysis::head_metrics(capture);
  if (options.json) {
    print_json(capture, metrics);
  } else {
    print_table(metrics);
  }
  if (!std::cout.flush()) throw Error("The metrics could not be written.");
  if (is_model_path(options.path)) print_notes(capture);
}

}  // namespace qkv::cli
