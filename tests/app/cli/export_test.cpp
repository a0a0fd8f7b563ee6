#include "core/experiment/json.h"
#include "core/files/tensors.h"
#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

constexpr const char* kCat = QKV_SOURCE_DIR "/assets/experiments/cat_sat_down.json";
constexpr const char* kPronouns = QKV_SOURCE_DIR "/assets/models/pronouns";

class Export : public Program {
 protected:
  std::string exported(const std::string& arguments) {
    const Outcome outcome = run("export " + arguments + " --out out.txt.made");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    return contents(file("out.txt.made"));
  }
};

TEST_F(Export, AScriptOfAnExperiment) {
  EXPECT_NE(exported(std::string(kCat) + " --as numpy").find("import numpy as np"), std::string::npos);
  EXPECT_NE(exported(std::string(kCat) + " --as pytorch").find("import torch"), std::string::npos);
  const std::string dog = exported(std::string(kCat) + " --as numpy --text 'the dog sat'");
  EXPECT_NE(dog.find("tokens = [\"the\", \"dog\", \"sat\"]"), std::string::npos);
}

TEST_F(Export, TheDerivationOfANumber) {
  EXPECT_NE(exported(std::string(kCat) + " --as latex --select 'weights[2,1]'").find("A_{\\text{sat},\\,\\text{cat}}"), std::string::npos);
  EXPECT_NE(exported(std::string(kCat) + " --as markdown --select 'weights[2,1]'").find("1. **A\\[sat, cat\\]**"), std::string::npos);
  const std::string of_model = exported(std::string(kPronouns) + " --text 'the dog chased the ball' --head 1.2 --as latex --select 'weights[4,1]'");
  EXPECT_NE(of_model.find("(W_{Q})_{c,"), std::string::npos);  // down to the model's weights
}

TEST_F(Export, TheMatrixOfANumber) {
  const auto trace = experiment::evaluate(experiment::load(kCat));
  const Matrix& weights = trace.layers[0].heads[0].weights;
  for (const std::string kind : {"npy", "csv"}) {
    const Outcome outcome = run("export " + std::string(kCat) + " --select 'weights[0,0]' --as " + kind + " --out a." + kind);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto read = files::read_tensors(file("a." + kind)).tensors.at("a").matrix("a");
    EXPECT_TRUE((read.array() == weights.array()).all()) << kind;
  }
}

TEST_F(Export, TheSameInputGivesTheSameBytes) {
  EXPECT_EQ(exported(std::string(kCat) + " --as numpy"), exported(std::string(kCat) + " --as numpy"));
}

TEST_F(Export, RefusesWithASentence) {
  put("here.json", contents(kCat));
  expect_refused(std::string("export ") + kCat + " --as npy --out a.npy", 2, "--select");
  expect_refused(std::string("export ") + kCat + " --as word --out a.doc", 2, "--as");
  expect_refused(std::string("export ") + kCat + " --as npy --select 'weights[9,0]' --out a.npy", 1, "[4, 4]");
  expect_refused("export missing.json --as numpy --out a.py", 1, "no such file");
  expect_refused("export here.json --as numpy --out here.json", 1, "must not replace");
  expect_refused(std::string("export ") + kCat + " --as numpy --out /no/such/folder/a.py", 1, "/no/such/folder");
  expect_refused(std::string("export ") + kCat + " --as numpy --out /dev/full", 1, "/dev/full");
  expect_refused(std::string("export ") + kPronouns + " --text the --as numpy --out a.py", 1, "open the head in the Lab");
  EXPECT_EQ(contents(file("here.json")), contents(kCat));
}

}  // namespace
}  // namespace qkv::testing
