#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "app/figures/numbers.h"
#include "core/files/safetensors_file.h"
#include "tests/app/shell/driver_model.h"

// What the Model workspace opens, and what it says of what it cannot.
namespace qkv::shell {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kFirst = "transformer.h.0.attn.c_attn.weight";

/// Every number of a float32 tensor times the factor.
void multiply(const fs::path& weights, const std::string& tensor, float factor) {
  const files::SafetensorsFile file(weights);
  const files::TensorEntry& entry = *file.find(tensor);
  std::vector<float> values(static_cast<std::size_t>(files::element_count(entry.shape)));
  file.read(entry, 0, std::ssize(values), values.data());
  for (float& v : values) v *= factor;
  std::fstream stream(weights, std::ios::in | std::ios::out | std::ios::binary);
  std::uint64_t header = 0;
  stream.read(reinterpret_cast<char*>(&header), sizeof header);
  stream.seekp(static_cast<std::streamoff>(sizeof header + header + entry.begin));
  stream.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
}

TEST_F(DriverModel, DamagedNumbersAreNamedWholeAndNothingIsReadOutOfThem) {
  for (const float factor : {std::nanf(""), 1e20f}) {
    const fs::path copy = folder.path() / figures::number(factor, 0);
    fs::copy(checkpoint("gpt2-text"), copy);
    multiply(copy / "model.safetensors", kFirst, factor);
    open(copy);
    for (const auto& [w, h] : {std::pair{1920.f, 1080.f}, {1280.f, 800.f}, {1000.f, 700.f}}) {
      d.resize(w, h);
      const drawing::Region& banner = d.region("model/warning");
      EXPECT_THAT(banner.label, AllOf(HasSubstr("first in layer 0"), HasSubstr("head 0")));
      std::string shown;
      for (const auto& t : support::texts(d.frame()))
        if (banner.rect.contains(t.text->box.center())) shown += (shown.empty() ? "" : " ") + t.text->text;
      EXPECT_EQ(shown, banner.label) << w;
      EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << w;
    }
    d.resize(1920, 1080);
    EXPECT_TRUE(d.shows_with("nothing is predicted"));
    EXPECT_FALSE(d.has("prediction/0"));
    EXPECT_TRUE(d.shows_with("the weights are NaN"));
    d.click("head/0.0");
    d.click(cell(5, 3));
    d.click("model/why");
    settle();
    EXPECT_GE(seen().story.chain.size(), 4u) << "it leads to where the NaN comes from";
    d.key(Key::y);
  }
}

TEST_F(DriverModel, AFolderOpensWithItsTokensAndEveryHead) {
  open(checkpoint("gpt2-text"));
  ASSERT_TRUE(model().is_open()) << model().error();
  EXPECT_EQ(d.session().workspace, Workspace::model);
  EXPECT_THAT(d.app.title(), HasSubstr("gpt2-text"));
  EXPECT_TRUE(d.shows_with("2 layers × 4 heads"));
  EXPECT_TRUE(d.has("head/0.0"));
  EXPECT_TRUE(d.has("head/1.3"));
  EXPECT_TRUE(d.has("map"));
}

TEST_F(DriverModel, AFolderThatIsNoModelSaysWhatIsMissing) {
  fs::create_directories(folder.path() / "empty");
  open(folder.path() / "empty");
  EXPECT_FALSE(model().is_open());
  EXPECT_THAT(model().error(), HasSubstr("config.json"));
  d.frame();
  EXPECT_TRUE(d.shows_with("config.json"));
}

TEST_F(DriverModel, AFolderThatVanishesWhileItIsOpenTakesNothingAway) {
  fs::copy(checkpoint("gpt2-text"), folder.path() / "m");
  open(folder.path() / "m");
  fs::remove_all(folder.path() / "m");
  d.key(Key::l, kCtrl);
  d.retype("The cat sat");
  d.key(Key::enter);
  settle();
  d.key(Key::x);
  settle();
  EXPECT_EQ(model().run()->state.text, "The cat sat");
  EXPECT_EQ(model().run()->state.ablated.size(), 1u);
  EXPECT_THAT(model().error(), IsEmpty());
  d.click("model/why");
  settle();
  EXPECT_TRUE(d.has("drawer"));
  const auto run = model().run();
  open(folder.path() / "m");  // only opening it again says that it is gone
  ASSERT_TRUE(d.has("message"));
  EXPECT_THAT(d.session().message->text, HasSubstr("check the path"));
  d.key(Key::escape);
  EXPECT_EQ(model().run(), run);
  EXPECT_EQ(model().state().text, "The cat sat");
  EXPECT_TRUE(d.has("map"));
}

TEST_F(DriverModel, AFolderThatIsDamagedWhileItIsOpenLeavesWhatWasRead) {
  fs::copy(checkpoint("gpt2-text"), folder.path() / "m");
  open(folder.path() / "m");
  const auto run = model().run();
  fs::resize_file(folder.path() / "m" / "model.safetensors", 20000);
  open(folder.path() / "m");
  EXPECT_THAT(model().error(), HasSubstr("download it again"));
  EXPECT_TRUE(d.shows_with("model.safetensors"));
  EXPECT_EQ(model().run(), run);
  d.key(Key::l, kCtrl);
  d.retype("The cat");
  d.key(Key::enter);
  settle();
  EXPECT_EQ(model().run()->state.text, "The cat");
  EXPECT_THAT(model().error(), IsEmpty());
}

TEST_F(DriverModel, AModelWithoutATokenizerTakesIds) {
  open(checkpoint("gpt2"));
  EXPECT_TRUE(d.shows("Token ids"));
  d.key(Key::l, kCtrl);
  d.retype("5, 6 7 5 6");
  d.key(Key::enter);
  settle();
  EXPECT_EQ(capture().token_ids, (std::vector<int>{5, 6, 7, 5, 6}));
  d.key(Key::l, kCtrl);
  d.retype("5 six");
  settle();
  EXPECT_THAT(model().error(), HasSubstr("token ids"));
}

TEST_F(DriverModel, ASampleSaysWhichQueryAndHeadLead) {
  open(shipped_model("pronouns"));
  const auto leading = [&] {
    const auto& picture = seen().head_picture(model().run());
    return picture.queries.at(static_cast<std::size_t>(workspaces::leading_query(seen(), picture)));
  };
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 2);
  EXPECT_EQ(leading(), "it");
  d.key(Key::l, kCtrl);
  d.retype("because it was red the dog chased the ball");  // any text with the word
  d.key(Key::enter);
  settle();
  EXPECT_EQ(leading(), "it");
  d.key(Key::w);
  EXPECT_EQ(leading(), "it");
  d.key(Key::down, kShift);
  EXPECT_EQ(leading(), "was");
}

TEST_F(DriverModel, ASampleWithMistakesStillOpens) {
  const auto with = [&](const std::string& name, const std::string& sample) {
    fs::copy(shipped_model("pronouns"), folder.path() / name);
    std::ofstream(folder.path() / name / "text.json", std::ios::trunc) << sample;
    open(folder.path() / name);
    EXPECT_TRUE(model().error().empty()) << model().error();
    EXPECT_EQ(model().path().filename(), name);
  };
  with("beyond", R"({"text": "the dog", "query": "zebra", "head": "7.31"})");
  EXPECT_EQ(model().state().text, "the dog");
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 3);
  with("wrong_kinds", R"({"text": 7, "query": ["it"], "head": 1.2})");
  EXPECT_FALSE(model().state().text.empty());
  with("no_object", "[1, 2]");
  with("no_json", "the dog");
}

TEST_F(DriverModel, ACheckpointWithATextOfItsOwnBringsItAndItsHead) {
  open(shipped_model("induction"));
  open(shipped_model("pronouns"));
  EXPECT_THAT(model().state().text, HasSubstr("it was excited"));
  EXPECT_EQ(seen().layer, 1);
  EXPECT_EQ(seen().head, 2);
  d.key(Key::l, kCtrl);
  d.retype("the dog was red");
  d.key(Key::enter);
  settle();
  open(shipped_model("induction"));  // what was typed comes along
  EXPECT_EQ(model().state().text, "the dog was red");
}

TEST_F(DriverModel, ACaptureFileOpensTooAndAnswersNoTyping) {
  open(checkpoint("gemma2") / "expected.safetensors");
  ASSERT_TRUE(model().is_open()) << model().error();
  EXPECT_EQ(model().run()->model, nullptr);
  EXPECT_FALSE(d.has("model/prompt"));
  EXPECT_TRUE(d.has("map"));
  d.key(Key::x);
  EXPECT_TRUE(model().state().ablated.empty());
}

TEST_F(DriverModel, TheLabIsLeftAsItWas) {
  d.click(Cell{Stage::w_q, 0, 0, 1, 1});
  d.key(Key::plus);
  const auto edited = d.experiment();
  open(checkpoint("gpt2-text"));
  EXPECT_FALSE(d.has("message"));
  d.key(Key::n2, kCtrl);
  EXPECT_EQ(d.session().workspace, Workspace::lab);
  EXPECT_TRUE(experiment::same(d.experiment(), edited));
}

}  // namespace
}  // namespace qkv::shell
