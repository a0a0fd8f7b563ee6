#include <gmock/gmock.h>

#include "app/controls/no_clipboard.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "core/experiment/operations.h"
#include "tests/app/support/layout_checks.h"

// The Lab at every size it promises: no text runs into another, none of the pipeline's is cut.
namespace qkv::shell {
namespace {

using testing::IsEmpty;

std::string sentence(int words) {
  const char* const some[] = {"The", "cat", "sat", "down", "everywhere", "on"};
  std::string text;
  for (int i = 0; i < words; ++i) text += (i > 0 ? " " : "") + std::string(some[i % 6]);
  return text;
}

experiment::Experiment sized(const experiment::Experiment& start, int tokens, int d) {
  auto e = experiment::with_sentence(start, sentence(tokens));
  return experiment::with_d_v(experiment::with_d_k(experiment::with_d_model(e, d), d), d);
}

class LabLayout : public testing::TestWithParam<std::pair<float, float>> {};

TEST_P(LabLayout, NothingOverlapsFromOneTokenToSixtyFour) {
  const auto [width, height] = GetParam();
  drawing::TextEngine text;
  controls::NoClipboard clipboard;
  AppConfig config;
  config.width = width;
  config.height = height;
  config.clipboard = &clipboard;
  config.text = &text;
  App app(config);
  const experiment::Experiment start = app.session().lab.experiment();
  for (const int tokens : {1, 2, 4, 7, 16, 64}) {
    for (const int d : {1, 3, 8, 16, 64}) {
      app.session().lab.replace(sized(start, tokens, d), {});
      app.session().lab.wait();
      app.handle(controls::PointerMove{{width / 2, height / 2}, {}});
      const std::string what = std::to_string(tokens) + " tokens × " + std::to_string(d);
      EXPECT_THAT(support::overlaps(app.frame()), IsEmpty()) << what;
      const drawing::Drawing pipeline = app.figure("");
      EXPECT_THAT(support::overlaps(pipeline), IsEmpty()) << what;
      EXPECT_THAT(support::clipped(pipeline), IsEmpty()) << what;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, LabLayout,
                         testing::Values(std::pair{1440.f, 900.f}, std::pair{1920.f, 1080.f},
                                         std::pair{1280.f, 720.f}),
                         [](const auto& size) {
                           return std::to_string(static_cast<int>(size.param.first)) + "x" +
                                  std::to_string(static_cast<int>(size.param.second));
                         });

}  // namespace
}  // namespace qkv::shell
