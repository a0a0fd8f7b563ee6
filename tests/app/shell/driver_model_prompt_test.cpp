#include <gmock/gmock.h>

#include "tests/app/shell/driver_model.h"

// What is typed into the prompt of the Model workspace, and the tokens it becomes.
namespace qkv::shell {
namespace {

using ::testing::HasSubstr;

TEST_F(DriverModel, TypingRunsTheModelAgainAndIsUndoneAtOnce) {
  open(checkpoint("gpt2-text"));
  const std::string before = model().state().text;
  d.key(Key::l, kCtrl);
  d.retype("The cat");
  settle();
  EXPECT_EQ(model().run()->tokens.readable.size(), capture().tokens.size());
  EXPECT_EQ(model().run()->state.text, "The cat");
  d.type(" sat 猫😀");
  d.key(Key::enter);
  settle();
  EXPECT_EQ(model().run()->state.text, "The cat sat 猫😀");
  d.key(Key::z, kCtrl);
  settle();
  EXPECT_EQ(model().run()->state.text, before);
}

TEST_F(DriverModel, AnEmptyTextSaysSoAndKeepsThePicture) {
  open(checkpoint("gpt2-text"));
  const auto run = model().run();
  d.key(Key::l, kCtrl);
  d.key(Key::a, kCtrl);
  d.key(Key::del);
  settle();
  EXPECT_EQ(model().run(), run);
  EXPECT_THAT(model().error(), HasSubstr("empty"));
  EXPECT_TRUE(d.shows_with("empty"));
  EXPECT_TRUE(d.has("map"));
}

TEST_F(DriverModel, TextBeyondThePositionsIsCutAndSaysSo) {
  open(checkpoint("gpt2-text"));
  std::string longer;
  for (int i = 0; i < 200; ++i) longer += "dog ";
  d.key(Key::l, kCtrl);
  d.retype(longer);
  d.key(Key::enter);
  settle();
  EXPECT_EQ(capture().tokens.size(), 64u);
  EXPECT_TRUE(d.shows_with("cut"));
}

TEST_F(DriverModel, LineEndsAndTabsOfThePromptAreSeenAndKept) {
  open(checkpoint("gpt2-text"));
  d.key(Key::l, kCtrl);
  d.key(Key::a, kCtrl);
  d.clipboard.text = "The dog\nthe\tball";
  d.key(Key::v, kCtrl);
  d.key(Key::enter);
  settle();
  EXPECT_EQ(model().run()->state.text, "The dog\nthe\tball");
  EXPECT_TRUE(d.shows("The dog↵the⇥ball"));
  for (const auto& t : support::texts(d.frame())) EXPECT_EQ(t.text->text.find_first_of("\n\t"), std::string::npos) << t.text->text;
  d.click("model/prompt");  // only to look
  d.key(Key::enter);
  EXPECT_EQ(model().state().text, "The dog\nthe\tball");
}

TEST_F(DriverModel, TextIsReadWithTheSpacesThatItsVocabularyLeavesOut) {
  open(checkpoint("bert-text"));
  d.key(Key::l, kCtrl);
  d.retype("the dog, the ball.");
  d.key(Key::enter);
  settle();
  const auto read = [&] {
    std::string all;
    for (const auto& text : seen().head_picture(model().run()).text) all += text;
    return all;
  };
  EXPECT_EQ(read(), "[CLS] the dog, the ball. [SEP]");
  d.key(Key::w);
  EXPECT_EQ(read(), "[CLS] the dog, the ball. [SEP]");
}

TEST_F(DriverModel, WordsSumTheirTokens) {
  open(checkpoint("gpt2-text"));
  d.key(Key::w);
  const auto& picture = seen().head_picture(model().run());
  ASSERT_TRUE(picture.weights);
  EXPECT_EQ(picture.queries.front(), "The");
  for (Eigen::Index i = 0; i < picture.weights->rows(); ++i) EXPECT_NEAR(picture.weights->row(i).sum(), 1.f, 1e-5f);
}

TEST_F(DriverModel, ThePronounsCheckpointNamesTheReferent) {
  open(shipped_model("pronouns"));
  const auto answer = [&](const std::string& text) {
    d.key(Key::l, kCtrl);
    d.retype(text);
    d.key(Key::enter);
    settle();
    const auto& tokens = model().run()->tokens.readable;
    const auto it = std::ranges::find(tokens, "it") - tokens.begin();
    return documents::predict(model().run(), static_cast<int>(it)).rows.at(0).readable;
  };
  EXPECT_EQ(answer("the dog chased the ball because it was excited"), "dog");
  EXPECT_EQ(answer("the dog chased the ball because it was red"), "ball");
}

}  // namespace
}  // namespace qkv::shell
