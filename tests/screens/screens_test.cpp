// The program's pictures against the reference pictures beside this file, on the software renderer.
//
// When one differs, build/screens has NAME.png (the candidate) and NAME.difference.png (red where it
// differs). Look at both; if the candidate is what it should be, tests/screens/accept makes every candidate
// the reference (it runs this test with QKV_ACCEPT_SCREENS=1) and `git diff` shows what changed. The
// references are made with Debian 12's fonts; where letters have other widths, accept your own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/screens/cases.h"
#include "tests/screens/picture.h"

namespace qkv::screens {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = QKV_SOURCE_DIR;

std::string sentence(const Difference& d) {
  if (!d.same_size) return "the sizes differ";
  return std::to_string(d.squares) + " squares differ, most the one at " + std::to_string(d.x) + ", " +
         std::to_string(d.y) + " (by " + std::to_string(d.largest) + " of 255)";
}

class Screen : public ::testing::TestWithParam<Case> {
 protected:
  static void SetUpTestSuite() { setenv("LIBGL_ALWAYS_SOFTWARE", "1", 1); }
};

TEST_P(Screen, LooksLikeItsReference) {
  const fs::path folder = kSource / "build" / "screens", file = GetParam().name + ".png";
  const fs::path candidate = folder / file, reference = kSource / "tests" / "screens" / "reference" / file,
                 difference = folder / (GetParam().name + ".difference.png");
  fs::create_directories(folder);
  fs::remove(difference);
  shell::RenderRequest request = GetParam().request;
  request.out = candidate;
  shell::render(request);
  if (std::getenv("QKV_ACCEPT_SCREENS")) {
    fs::create_directories(reference.parent_path());
    fs::copy_file(candidate, reference, fs::copy_options::overwrite_existing);
    std::cout << "accepted " << reference.string() << "\n";
    return;
  }
  ASSERT_TRUE(fs::exists(reference)) << "There is no reference picture; if " << candidate.string()
                                     << " is right, tests/screens/accept makes it one.";
  const Difference d = compare(read_png(reference), read_png(candidate));
  if (d.alike()) {
    fs::remove(candidate);
    return;
  }
  if (d.same_size) write_png(difference, d.image);
  ADD_FAILURE() << sentence(d) << "; see " << candidate.string() << " and " << difference.filename().string();
}

INSTANTIATE_TEST_SUITE_P(Lab, Screen, ::testing::ValuesIn(cases()),
                         [](const auto& screen) { return screen.param.name; });

TEST(Screens, EveryReferenceHasItsCase) {
  for (const auto& entry : fs::directory_iterator(kSource / "tests" / "screens" / "reference")) {
    const bool known = std::ranges::any_of(
        cases(), [&](const Case& c) { return c.name + ".png" == entry.path().filename().string(); });
    EXPECT_TRUE(known) << entry.path().string() << " belongs to no case: remove it.";
  }
}

}  // namespace
}  // namespace qkv::screens
