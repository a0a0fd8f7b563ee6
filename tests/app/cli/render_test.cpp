#include <cairo.h>
#include <gmock/gmock.h>

#include "tests/app/cli/program.h"

namespace qkv::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCat = QKV_SOURCE_DIR "/assets/experiments/cat_sat_down.json";

class Render : public Program {
 protected:
  std::string rendered(const std::string& arguments, const std::string& name) {
    const Outcome outcome = run("render " + arguments + " --out " + name);
    EXPECT_EQ(outcome.status, 0) << arguments << '\n' << outcome.err;
    EXPECT_EQ(outcome.err, "") << arguments;
    return contents(file(name));
  }
};

TEST_F(Render, TheSameInputGivesTheSameBytes) {
  for (const char* kind : {"png", "svg", "pdf"}) {
    const std::string first = rendered(kCat, std::string("first.") + kind);
    EXPECT_GT(first.size(), 1000u);
    EXPECT_EQ(first, rendered(kCat, std::string("second.") + kind)) << kind;
  }
}

TEST_F(Render, WithoutAPathItIsTheDefaultExperiment) {
  EXPECT_EQ(rendered("", "a.svg"), rendered(kCat, "b.svg"));
}

TEST_F(Render, ATalkIsPresentedWithoutBeingTold) {
  const std::string talk = QKV_SOURCE_DIR "/assets/talks/attention.md";
  EXPECT_EQ(rendered(talk + " --step 2", "a.png"), rendered(talk + " --step 2 --workspace present", "b.png"));
}

TEST_F(Render, APngHasTheSizeTimesTheScale) {
  rendered("--size 1000x700 --scale 1.5", "a.png");
  cairo_surface_t* image = cairo_image_surface_create_from_png(file("a.png").c_str());
  EXPECT_EQ(cairo_image_surface_get_width(image), 1500);
  EXPECT_EQ(cairo_image_surface_get_height(image), 1050);
  cairo_surface_destroy(image);
}

TEST_F(Render, TheThemesDiffer) {
  EXPECT_NE(rendered("--theme dark", "a.svg"), rendered("--theme light", "b.svg"));
}

TEST_F(Render, ASentenceIsShown) {
  const std::string svg = rendered("--text 'Grüße 日本 horse'", "a.svg");
  EXPECT_THAT(svg, HasSubstr("Grüße"));
  EXPECT_THAT(svg, HasSubstr("horse"));
}

std::string words(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "w" + std::to_string(i % 7) + " ";
  return "'" + text + "'";
}

TEST_F(Render, FromOneTokenToFiveHundredAndTwelve) {
  EXPECT_GT(rendered("--text one", "a.png").size(), 1000u);
  EXPECT_GT(rendered("--text " + words(512), "a.png").size(), 1000u);
}

TEST_F(Render, TooLongASentenceIsRefused) {
  expect_refused("render --out a.png --text " + words(10000), 1, "10000 tokens");
}

TEST_F(Render, AnEmptySentenceIsRefused) {
  expect_refused("render --out a.png --text ''", 1, "empty");
  expect_refused("render --out a.png --text '   '", 1, "empty");
}

TEST_F(Render, SelectionAndHeadMustBeThere) {
  EXPECT_NE(rendered("--select 'w_q[1,2]'", "a.png"), rendered("--select 'weights[2,1]'", "b.png"));
  expect_refused("render --out c.png --select 'weights[4,0]'", 1, "weights");
  expect_refused("render --out c.png --head 0.7", 1, "0.7");
  expect_refused("render --out c.png --head 3.0", 1, "3.0");
}

TEST_F(Render, TheSelectionIsOfTheHeadThatIsShown) {
  const std::string red_ball = "'" QKV_SOURCE_DIR "/assets/experiments/red_ball.json' ";
  const std::string of_one = rendered(red_ball + "--select '0.1:weights[2,1]'", "a.png");
  EXPECT_EQ(rendered(red_ball + "--head 0.1 --select 'weights[2,1]'", "b.png"), of_one);
  EXPECT_NE(rendered(red_ball + "--select 'weights[2,1]'", "c.png"), of_one);
  expect_refused("render --out d.png --select '3.1:w_q[0,1]'", 1, "1 layer");
}

/// Pages of a PDF, as its page tree counts them.
int pages_of(const std::string& pdf) {
  const auto at = pdf.find("/Type /Pages");
  if (at == pdf.npos) return -1;
  const auto count = pdf.find("/Count ", at);
  return count == pdf.npos ? -1 : std::stoi(pdf.substr(count + 7));
}

TEST_F(Render, ATalkIsOnePageAStep) {
  const std::string talk = rendered("--workspace present " + std::string(kCat), "talk.pdf");
  EXPECT_EQ(pages_of(talk), 8);
  EXPECT_EQ(talk, rendered("--workspace present " + std::string(kCat), "again.pdf"));
  EXPECT_EQ(pages_of(rendered("--workspace present --step 3", "step.pdf")), 1);
  EXPECT_EQ(pages_of(rendered("--workspace present --lesson 10", "lesson.pdf")), 3);
  EXPECT_GT(pages_of(rendered("--workspace present --lesson 4 --size 1920x1080", "long.pdf")), 4) << "four steps, some with their figure on a page of its own";
  EXPECT_EQ(pages_of(rendered("", "lab.pdf")), 1);
}

TEST_F(Render, ATalkIsAFileAStepWhereItsNameHasANumber) {
  const Outcome outcome = run("render --workspace present --size 960x540 --out %02d.svg");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  for (int i = 1; i <= 8; ++i) EXPECT_TRUE(exists("0" + std::to_string(i) + ".svg")) << i;
  EXPECT_FALSE(exists("09.svg"));
  EXPECT_FALSE(exists("%02d.svg"));
  EXPECT_THAT(contents(file("06.svg")), HasSubstr("Softmax"));
  EXPECT_EQ(run("render --workspace present --size 960x540 --step 2 --out one%d.svg").status, 0);
  EXPECT_TRUE(exists("one%d.svg")) << "one step is one file";
  expect_refused("render --workspace present --out nowhere/%02d.svg", 1, "nowhere");
}

TEST_F(Render, AModelIsPresentedAsF5DoesIt) {
  const std::string model = "'" QKV_SOURCE_DIR "/assets/models/pronouns' --workspace present";
  EXPECT_EQ(pages_of(rendered(model, "model.pdf")), 8);
  EXPECT_THAT(rendered(model + " --step 1 --text 'the dog'", "model.svg"), HasSubstr("dog"));
  EXPECT_NE(rendered(model + " --step 4 --head 1.2", "a.svg"), rendered(model + " --step 4 --head 0.0", "b.svg"));
  expect_refused("render --out c.svg --head 9.9 " + model, 1, "9.9");
}

TEST_F(Render, OfATalkThatIsInterruptedNoFileIsLeft) {
  std::string talk = "---\ntalk: Long\n---\n";
  for (int i = 0; i < 190; ++i) talk += "\n# Step\n\n```step\nexperiment: cat_sat_down\nstage: weights\n```\n";
  put("talk.md", talk);
  std::filesystem::create_directories(file("frames"));
  const std::string command = "cd '" + folder_.path().string() + "' && timeout -s TERM 2 '" QKV_BINARY_DIR
                              "/bin/qkvlab' render talk.md --workspace present --scale 2 --out frames/%03d.png 2>err.txt";
  const int status = std::system(command.c_str());
  ASSERT_EQ(WEXITSTATUS(status), 124) << "it was not done before";
  EXPECT_THAT(contents(file("err.txt")), HasSubstr("cancelled"));
  EXPECT_TRUE(std::filesystem::is_empty(file("frames")));
}

TEST_F(Render, AFullDiskIsOneSentence) {
  for (const char* kind : {"png", "svg", "pdf"}) {
    const std::string name = std::string("full.") + kind;
    std::filesystem::create_symlink("/dev/full", file(name));
    expect_refused("render --size 480x320 --out " + name, 1, "No space left");
    expect_refused("render --figure weights --out " + name, 1, "No space left");
    expect_refused("render --workspace present --size 480x320 --step 2 --out " + name, 1, "No space left");
  }
  std::filesystem::create_symlink("/dev/full", file("full.safetensors"));
  expect_refused("trace " + std::string(kCat) + " --out full.safetensors", 1, "No space left");
}

TEST_F(Render, OneFigureByItsName) {
  const std::string svg = rendered("--figure weights", "a.svg");
  EXPECT_NE(svg, rendered("", "b.svg"));
  EXPECT_EQ(rendered("--figure weights", "a.png").substr(1, 3), "PNG");
  EXPECT_EQ(rendered("--figure weights", "a.pdf").substr(0, 4), "%PDF");
  expect_refused("render --out c.svg --figure nothing", 1, "nothing");
}

TEST_F(Render, EveryShippedExperimentIsAPicture) {
  for (const auto& entry : std::filesystem::directory_iterator(QKV_SOURCE_DIR "/assets/experiments")) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_GT(rendered("'" + entry.path().string() + "'", "a.png").size(), 10000u) << entry.path();
  }
}

}  // namespace
}  // namespace qkv::testing
