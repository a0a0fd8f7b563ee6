#include "core/experiment/sweep.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/experiment/operations.h"
#include "core/experiment/shapes.h"

namespace qkv::experiment {
namespace {

/// What a parameter may be, and how it is set.
struct Slider {
  std::string name;
  double low, high;
  bool whole;
  Experiment (*set)(Experiment, double);
};

const std::vector<Slider>& sliders() {
  static const std::vector<Slider> kAll = {
      {"d_k", 1, 512, true, [](Experiment e, double v) { return with_d_k(std::move(e), static_cast<int>(v)); }},
      {"d_v", 1, 512, true, [](Experiment e, double v) { return with_d_v(std::move(e), static_cast<int>(v)); }},
      {"d_model", 1, 512, true, [](Experiment e, double v) { return with_d_model(std::move(e), static_cast<int>(v)); }},
      {"window", 1, 512, true, [](Experiment e, double v) { return e.window = static_cast<int>(v), e; }},
      {"temperature", 0.01, 100, false, [](Experiment e, double v) { return e.temperature = static_cast<float>(v), e; }},
      {"softcap", 0, 1000, false, [](Experiment e, double v) { return e.softcap = static_cast<float>(v), e; }}};
  return kAll;
}

const Slider* slider_of(const std::string& name) {
  const auto it = std::ranges::find(sliders(), name, &Slider::name);
  return it == sliders().end() ? nullptr : &*it;
}

std::string shown(double value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

bool take_number(std::string_view text, double& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
}

void check_cell(const Experiment& e, const std::string& name) {
  Cell cell;
  if (!parse_cell(name, cell) || cell.row < 0)
    throw Error("There is no '" + name.substr(0, 60) +
                "' to sweep: use d_k, d_v, d_model, window, temperature, softcap, or a number such as w_q[2,4].");
  if (!is_editable(cell.stage) || !is_inside(e, cell))
    throw Error(name + ": the experiment has no such number that can be changed by hand.");
}

}  // namespace

const std::vector<std::string>& sweep_parameters() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Slider& slider : sliders()) names.push_back(slider.name);
    return names;
  }();
  return kNames;
}

bool parse_sweep(std::string_view text, Sweep& sweep) {
  const auto equals = text.find('='), dots = text.find("..");
  if (equals == std::string_view::npos || equals == 0 || dots == std::string_view::npos || dots < equals) return false;
  Sweep parsed{std::string(text.substr(0, equals)), 0, 0, sweep.frames};
  if (!take_number(text.substr(equals + 1, dots - equals - 1), parsed.from) ||
      !take_number(text.substr(dots + 2), parsed.to))
    return false;
  sweep = std::move(parsed);
  return true;
}

std::vector<double> sweep_values(const Experiment& experiment, const Sweep& sweep) {
  const Slider* slider = slider_of(sweep.parameter);
  if (!slider) check_cell(experiment, sweep.parameter);
  for (const double end : {sweep.from, sweep.to}) {
    if (slider && (end < slider->low || end > slider->high || (slider->whole && end != std::floor(end))))
      throw Error(sweep.parameter + " goes from " + shown(slider->low) + " to " + shown(slider->high) +
                  (slider->whole ? " in whole numbers" : "") + ", so it cannot be " + shown(end) + ".");
    if (!slider && std::fabs(end) > 1e6) throw Error(sweep.parameter + " can be swept from -1000000 to 1000000, not to " + shown(end) + ".");
  }
  const bool whole = slider && slider->whole;
  const double count = whole ? std::fabs(sweep.to - sweep.from) + 1 : sweep.frames;
  if (count < 1 || count > kMaxSweepFrames)
    throw Error("A sweep has from 1 to " + std::to_string(kMaxSweepFrames) + " frames, not " + shown(count) + ".");
  std::vector<double> values;
  const int frames = static_cast<int>(count);
  for (int i = 0; i < frames; ++i)
    values.push_back(frames == 1 ? sweep.from : sweep.from + (sweep.to - sweep.from) * i / (frames - 1));
  if (whole)
    for (double& value : values) value = std::round(value);
  return values;
}

Experiment at_value(Experiment experiment, const Sweep& sweep, double value) {
  if (const Slider* slider = slider_of(sweep.parameter)) return slider->set(std::move(experiment), value);
  Cell cell;
  parse_cell(sweep.parameter, cell);
  return with_value(std::move(experiment), cell, static_cast<float>(value));
}

}  // namespace qkv::experiment
