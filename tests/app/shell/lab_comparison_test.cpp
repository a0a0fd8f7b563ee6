#include <algorithm>

#include "app/controls/no_clipboard.h"
#include "app/shell/app.h"
#include "app/shell/chrome/session.h"
#include "core/experiment/operations.h"
#include "tests/core/folder_test.h"

// A file of matrices with one's own weights, opened in the Lab.
namespace qkv::shell {
namespace {

class LabComparison : public FolderTest {
 protected:
  LabComparison() {
    app_.open(put("mine.csv",
                  "# X\n1,0\n0,1\n# W_Q\n1,2\n3,4\n# W_K\n1,0\n0,1\n# W_V\n1,0\n0,1\n"
                  "# weights\n0.33,0.67\n0.5,0.5\n"));
    app_.session().lab.wait();
  }
  const drawing::Region* comparison() {
    const auto& regions = app_.frame().regions;
    const auto found = std::ranges::find_if(
        regions, [](const drawing::Region& region) { return region.id.starts_with("compare/"); });
    return found == regions.end() ? nullptr : &*found;
  }

  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (const auto& command : app_.frame().commands)
      if (const auto* text = std::get_if<drawing::Text>(&command)) out.push_back(text->text);
    return out;
  }

  controls::NoClipboard clipboard_;
  drawing::TextEngine text_;
  App app_{[this] {
    AppConfig config;
    config.clipboard = &clipboard_;
    config.text = &text_;
    return config;
  }()};
};

TEST_F(LabComparison, AClickOnTheLargestDifferenceSelectsIt) {
  const drawing::Region* region = comparison();
  ASSERT_NE(region, nullptr);
  EXPECT_THAT(region->hint, testing::HasSubstr("in your file 0.5"));
  const drawing::Point at{region->rect.x + region->rect.w / 2, region->rect.y + region->rect.h / 2};
  app_.handle(controls::PointerMove{at, {}});
  app_.handle(controls::PointerPress{at, {}, {}});
  app_.handle(controls::PointerRelease{at, {}, {}});
  EXPECT_EQ(app_.session().view.selected, (attention::Cell{attention::Stage::weights, 0, 0, 1, 0}));
}

TEST_F(LabComparison, AMatrixOfAnotherShapeIsNotCompared) {
  const auto change = [&](experiment::Experiment e) {
    app_.session().lab.replace(std::move(e), {});
    app_.session().lab.wait();
    app_.handle(controls::PointerMove{{700, 400}, {}});
  };
  const experiment::Experiment start = app_.session().lab.experiment();
  experiment::Experiment other = start;
  other.expected[0].stage = attention::Stage::q;
  change(experiment::with_d_k(other, 5));
  EXPECT_THAT(texts(), testing::Contains("has another shape"));
  EXPECT_EQ(comparison(), nullptr);
  change(experiment::with_token_inserted(start, 2, "new"));
  EXPECT_THAT(texts(), testing::Not(testing::Contains("Compared with your file")));
}

}  // namespace
}  // namespace qkv::shell
