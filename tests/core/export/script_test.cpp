#include "core/export/script.h"

#include <cmath>

#include "core/experiment/import.h"
#include "core/files/tensors.h"
#include "tests/core/attention/cases.h"
#include "tests/core/export/python.h"
#include "tests/core/folder_test.h"

namespace qkv::exports {
namespace {

using attention::Stage;
using attention::Trace;
using experiment::Experiment;

struct Scripted {
  std::string name;
  Experiment experiment;  ///< title and tokens
  Trace trace;
};

Experiment with_tokens(int n, const std::string& title) {
  Experiment e;
  e.title = title;
  for (int i = 0; i < n; ++i) e.tokens.push_back({"t" + std::to_string(i)});
  return e;
}

void add(std::vector<Scripted>& all, const std::string& name, attention::Inputs inputs) {
  const int n = static_cast<int>(inputs.embedding.rows());
  all.push_back({name, with_tokens(n, name), attention::attend(std::move(inputs))});
}

/// Numbers that break things: NaN and infinities, rows without a key, the largest and the smallest floats.
void add_odd_ones(std::vector<Scripted>& all) {
  using Limits = std::numeric_limits<float>;
  constexpr float kInf = Limits::infinity();
  attention::Sizes sizes{.n = 4, .d_model = 5, .d_k = 3, .d_v = 2, .heads = 2, .layers = 2, .biases = true, .w_o = true};
  attention::Inputs masked_nan = attention::random_inputs(sizes, 900);
  masked_nan.embedding(3, 1) = Limits::quiet_NaN();
  masked_nan.options.mask.kind = attention::MaskKind::causal;
  add(all, "a NaN that the mask hides", masked_nan);
  attention::Inputs infinite = attention::random_inputs(sizes, 901);
  infinite.overrides = {{{Stage::scaled, 0, 0, 1, 2}, kInf}, {{Stage::scaled, 0, 1, 0, 0}, -kInf},
                        {{Stage::v, 1, 1, 2, 1}, kInf}, {{Stage::weights, 0, 0, 9, 9}, 1.f}};
  add(all, "infinities set by hand", infinite);
  attention::Inputs hidden = attention::random_inputs(sizes, 902);
  hidden.options.mask.padding = {true, true, true, true};
  hidden.options.mask.custom = {{{1, 2}, true}, {{7, 7}, false}};
  add(all, "rows without a key", hidden);
  attention::Inputs extreme = attention::random_inputs({.n = 2, .d_model = 2, .d_k = 1, .d_v = 2}, 903);
  extreme.embedding << Limits::max(), Limits::denorm_min(), -0.0f, 16777216.f;
  extreme.layers[0].heads[0].w_q << Limits::min(), 0.1f;
  extreme.layers[0].heads[0].w_k << 1e-30f, 0.f;
  add(all, "the largest and the smallest floats", extreme);
  attention::Inputs given = attention::random_inputs({.n = 3, .d_model = 2, .d_k = 2, .d_v = 2}, 904);
  given.embedding = Matrix(3, 0);
  auto& head = given.layers[0].heads[0];
  head.q = attention::random_matrix(3, 2, 1), head.k = attention::random_matrix(3, 2, 2), head.v = attention::random_matrix(3, 2, 3);
  head.w_q = head.w_k = head.w_v = Matrix(0, 2);
  add(all, "q, k and v given without X", given);
}

std::vector<Scripted> shipped() {
  std::vector<Scripted> all;
  for (const auto& file : std::filesystem::directory_iterator(std::string(QKV_SOURCE_DIR) + "/assets/experiments")) {
    if (file.path().extension() != ".json") continue;
    const Experiment e = experiment::open_any(file.path());
    all.push_back({file.path().stem().string(), e, experiment::evaluate(e)});
  }
  return all;
}

std::vector<Scripted> every_case() {
  std::vector<Scripted> all = shipped();
  for (attention::Case& c : attention::option_cases()) add(all, c.name, std::move(c.inputs));
  add_odd_ones(all);
  return all;
}

/// The largest difference of a matrix, as a share of its largest number; infinite when NaN or ±inf differ.
double difference(const Matrix& ours, const Matrix& theirs) {
  double most = 0, largest = 0;
  for (Eigen::Index i = 0; i < ours.size(); ++i) {
    const double a = static_cast<double>(ours.data()[i]), b = static_cast<double>(theirs.data()[i]);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (!std::isfinite(a) || !std::isfinite(b)) {
      if (a != b) return std::numeric_limits<double>::infinity();
      continue;
    }
    largest = std::max(largest, std::fabs(a));
    most = std::max(most, std::fabs(a - b));
  }
  return most == 0 ? 0 : most / largest;
}

class ScriptTest : public FolderTest {
 protected:
  /// Writes the scripts, runs them in one Python and compares every stage.
  void check(const std::vector<Scripted>& all, Language language) {
    for (std::size_t i = 0; i < all.size(); ++i)
      put("case" + std::to_string(i) + ".py", script(all[i].experiment, all[i].trace, language));
    const std::string command = std::string(kPython) + " " + QKV_SOURCE_DIR + "/tests/core/export/run_scripts.py " + folder_.string();
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(all[i].name);
      const auto found = files::read_npz(folder_ / ("case" + std::to_string(i) + ".npz")).tensors;
      compare(all[i].trace, found);
    }
  }

  static void compare(const Trace& trace, const std::map<std::string, files::Tensor>& found) {
    int compared = 0;
    const int layers = static_cast<int>(trace.layers.size());
    for (int s = 0; s < attention::kStageCount; ++s) {
      const auto stage = static_cast<Stage>(s);
      if (attention::is_leaf(stage) && stage != Stage::positions) continue;
      for (int layer = 0; layer <= layers; ++layer) {
        const int heads = layer < layers ? static_cast<int>(trace.layers[static_cast<std::size_t>(layer)].heads.size()) : 1;
        for (int head = 0; head < heads; ++head) {
          const Matrix* ours = attention::matrix_of(trace, stage, layer, head);
          if (!ours) continue;
          const std::string key = std::string(attention::name_of(stage)) + "." + std::to_string(layer) + "." + std::to_string(head);
          ASSERT_TRUE(found.contains(key)) << key;
          const Matrix theirs = found.at(key).matrix(key);
          ASSERT_EQ(theirs.rows(), ours->rows()) << key;
          ASSERT_EQ(theirs.cols(), ours->cols()) << key;
          EXPECT_LE(difference(*ours, theirs), 1e-5) << key;
          ++compared;
        }
      }
    }
    EXPECT_GE(compared, 7);  // q, k, v, scores, scaled, weights, output
  }
};

TEST_F(ScriptTest, NumPyGivesEveryStageOfEveryExperiment) {
  ASSERT_TRUE(python_has("numpy")) << kPython << " has no NumPy: install python3-numpy, as tests/run does.";
  check(every_case(), Language::numpy);
}

// The PyTorch scripts are run by tests/bench/compare_script_pytorch.py: PyTorch is not among what the tests install.
TEST_F(ScriptTest, ThePyTorchScriptIsPythonAndHasTheSameStages) {
  const Experiment e = experiment::default_experiment();
  const Trace trace = experiment::evaluate(e);
  const auto path = put("cat.py", script(e, trace, Language::pytorch));
  EXPECT_EQ(std::system((std::string(kPython) + " -m py_compile " + path.string()).c_str()), 0);
  const std::string torch = get("cat.py");
  EXPECT_NE(torch.find("import torch"), std::string::npos);
  EXPECT_EQ(torch.find("numpy"), std::string::npos);
  for (const char* stage : {"x", "q", "k", "v", "scores", "scaled", "weights", "output", "layer_output"})
    EXPECT_NE(torch.find(stage), std::string::npos) << stage;
}

TEST_F(ScriptTest, RunAsAProgramItPrintsEveryStage) {
  ASSERT_TRUE(python_has("numpy")) << kPython << " has no NumPy: install python3-numpy, as tests/run does.";
  Experiment e = experiment::default_experiment();
  e.title = "a \"\"\"title\"\"\" with \\ and\nlines";
  e.tokens[0].text = "\"quotes\" \\ \n\t\x01 '{}' \xff 👩‍👩‍👧";
  const auto path = put("cat.py", script(e, experiment::evaluate(e), Language::numpy));
  const std::string out = (folder_ / "out.txt").string();
  ASSERT_EQ(std::system((std::string(kPython) + " " + path.string() + " > " + out).c_str()), 0);
  const std::string printed = get("out.txt");
  for (const char* stage : {"x,", "q,", "k,", "v,", "scores,", "scaled,", "weights,", "output,", "layer_output,"})
    EXPECT_NE(printed.find(stage), std::string::npos) << stage;
  EXPECT_NE(printed.find("sat"), std::string::npos);
}

TEST_F(ScriptTest, HasNoLineItDoesNotNeed) {
  const Experiment& e = experiment::default_experiment();
  const std::string plain = script(e, experiment::evaluate(e), Language::numpy);
  for (const char* absent : {"rotate", "allowed_keys", "normalise", "fix(", "softcap", "temperature", "math.nan"})
    EXPECT_EQ(plain.find(absent), std::string::npos) << absent;
  EXPECT_NE(plain.find("# [n, d_k] queries"), std::string::npos);
}

TEST_F(ScriptTest, ALargeExperimentIsRefusedWithASentence) {
  attention::Inputs inputs = attention::random_inputs({.n = 2, .d_model = 512, .d_k = 512, .d_v = 512}, 1);
  const Trace trace = attention::attend(std::move(inputs));
  const std::string said = error_of([&] { script(with_tokens(2, "large"), trace, Language::numpy); });
  EXPECT_NE(said.find("787456 numbers"), std::string::npos) << said;
}

}  // namespace
}  // namespace qkv::exports
