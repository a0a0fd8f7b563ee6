#include <algorithm>
#include <iomanip>
#include <sstream>

#include "app/figures/numbers.h"
#include "app/workspaces/lab/symbols.h"
#include "app/workspaces/learn/special_figures.h"
#include "core/experiment/operations.h"
#include "core/export/script.h"

// Lesson 11: the whole computation as code, with the numbers of this very sentence as what it must print.
namespace qkv::workspaces {

using drawing::Family;

namespace {

constexpr float kLine = 17, kBar = 46;

/// As a literal of C++.
std::string literal(const std::string& text) {
  std::ostringstream out;
  out << std::quoted(text);
  return out.str();
}

/// Where the numbers come from: the hand-set ones are part of the program, others are in the file the Lab saves.
std::string source_of(const experiment::Experiment& e) {
  const std::string sentence = experiment::sentence_of(e);
  if (experiment::same(e, experiment::with_sentence(experiment::default_experiment(), sentence)))
    return "  // X, W_Q, W_K and W_V of 'The cat sat down', set by hand.\n"
           "  experiment::Experiment e = experiment::default_experiment();\n"
           "  e = experiment::with_sentence(e, " + literal(sentence) + ");\n\n";
  return "  // Open this step in the Lab (L) and save it (Ctrl+S).\n"
         "  const experiment::Experiment e = experiment::load(\"experiment.json\");\n\n";
}

/// This program's own C++: the few lines that everything else on screen is made with.
std::string own_code(const experiment::Experiment& e) {
  return "#include <iostream>\n\n"
         "#include \"core/experiment/json.h\"\n"
         "#include \"core/experiment/operations.h\"\n\n"
         "int main() {\n"
         "  using namespace qkv;\n" + source_of(e) +
         "  // q = x·w_q, k = x·w_k, v = x·w_v\n"
         "  // scores = q·kᵀ, scaled = scores ÷ √d_k\n"
         "  // weights = softmax(scaled), output = weights·v\n"
         "  const attention::Trace trace = experiment::evaluate(e);\n\n"
         "  std::cout << trace.layers[0].heads[0].output << '\\n';\n"
         "}\n";
}

/// The output of the experiment as it is now.
std::vector<std::string> expected(const Matrix& output) {
  std::vector<std::string> lines;
  for (Eigen::Index i = 0; i < output.rows(); ++i) {
    std::string line;
    for (Eigen::Index j = 0; j < output.cols(); ++j) {
      const std::string number = figures::number(output(i, j), 4);
      const int columns = figures::columns_of(number);
      line += std::string(static_cast<std::size_t>(std::max(1, 9 - columns)), ' ') + number;
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// The text of a tab.
std::string code_of(int tab, const experiment::Experiment& e, const attention::Trace& trace) {
  try {
    return tab == 2 ? own_code(e) : exports::script(e, trace, tab == 1 ? exports::Language::pytorch : exports::Language::numpy);
  } catch (const std::exception& error) {  // too large for a script that anybody reads
    return error.what();
  }
}

/// A room sees the lines that compute, in NumPy: not what is imported, nor the numbers they begin with.
void room_code(LearnScene& s, Rect area) {
  auto& p = s.p();
  const auto& document = s.session.document();
  const auto lines = lines_of(code_of(0, document.traced_experiment(), *document.trace()));
  auto line = std::find_if(lines.begin(), lines.end(), [](const std::string& l) { return l.starts_with("def attend("); });
  p.fill(area, s.theme().panel, 4);
  p.stroke(area, s.theme().border, 1, 4);
  for (float y = area.y + 24; line != lines.end() && !line->starts_with("def main") && y < area.bottom() - 8; ++line) {
    const auto first = line->find_first_not_of(' ');
    if (first == line->npos || line->compare(first, 3, "\"\"\"") == 0) continue;
    const auto comment = line->find("  #");  // shapes are for reading at a desk
    p.text_fit({area.x + 12, y}, line->substr(0, comment), {.color = s.theme().text, .size = 12, .family = Family::mono}, area.w - 20);
    y += kLine;
  }
}

}  // namespace

void code_figure(LearnScene& s, Rect area) {
  auto& p = s.p();
  const auto& t = s.theme();
  const auto& document = s.session.document();
  const Rect inner{area.x + 24, area.y + 12, area.w - 48, area.h - 28};
  if (s.room) return room_code(s, inner);
  const std::vector<std::string> tabs{"NumPy", "PyTorch", "C++"};
  s.view.code_tab = std::clamp(s.view.code_tab, 0, static_cast<int>(tabs.size()) - 1);
  s.view.code_tab = controls::segmented(s.ui, "learn/code", {inner.x, inner.y, 96 * static_cast<float>(tabs.size()), 28}, tabs, s.view.code_tab, "Language");
  const std::string text = code_of(s.view.code_tab, document.traced_experiment(), *document.trace());
  const controls::ButtonStyle style{.hint = "Copy the code to the clipboard"};
  const float w = controls::button_width(s.ui, "Copy", style);
  if (controls::button(s.ui, "learn/copy-code", {inner.right() - w, inner.y, w, 28}, "Copy", style)) {
    s.ui.clipboard.set(text);
    s.view.notice = "The code was copied.";
  }
  const Matrix& output = document.trace()->layers[0].heads[0].output;
  const auto printed = expected(output);
  const float below = 40 + kLine * static_cast<float>(std::min<std::size_t>(printed.size(), 12));
  const Rect box{inner.x, inner.y + kBar, inner.w, inner.h - kBar - below};
  const auto lines = lines_of(text);
  const float height = kLine * static_cast<float>(lines.size()) + 24;
  p.fill(box, t.panel, 4);
  p.stroke(box, t.border, 1, 4);
  p.region({.id = "learn/listing", .rect = box});
  if (height > box.h) controls::scrollbar(s.ui, "learn/code/scroll", box.inset(1), height, s.view.code_scroll);
  else s.view.code_scroll = 0;
  p.push_clip(box.inset(1));
  const drawing::TextStyle code{.color = t.text, .size = 12, .family = Family::mono};
  float y = box.y + 24 - std::round(s.view.code_scroll);
  for (const std::string& line : lines) {
    const auto start = line.find_first_not_of(' ');
    const bool comment = start != std::string::npos && (line.compare(start, 2, "//") == 0 || line[start] == '#');
    drawing::TextStyle style_of = code;
    if (comment) style_of.color = t.text3;
    if (y > box.y - kLine && y < box.bottom() + kLine) p.text_fit({box.x + 16, y}, line, style_of, box.w - 40);
    y += kLine;
  }
  p.pop_clip();
  float at = box.bottom() + 26;
  p.text({inner.x, at}, "prints, for this sentence (the output, one row a word)", {.color = t.text2, .size = 12, .weight = 500});
  at += 22;
  for (std::size_t i = 0; i < std::min<std::size_t>(printed.size(), 12); ++i) {
    p.text_fit({inner.x, at}, printed[i], {.color = t.value, .size = 12, .family = Family::mono}, inner.w);
    at += kLine;
  }
}

}  // namespace qkv::workspaces
