#include <gmock/gmock.h>

#include "tests/app/shell/screen_checks.h"

// Every architecture the rail can make, on the screen: no text runs into another or is cut, every number is
// core's.
namespace qkv::shell {
namespace {

using ::testing::IsEmpty;

struct Architecture {
  int heads, layers;
  attention::Positions positions;
  bool biases;
};

void PrintTo(const Architecture& a, std::ostream* out) {
  *out << a.heads << " heads, " << a.layers << " layers, positions " << static_cast<int>(a.positions)
       << (a.biases ? ", biases" : "");
}

struct DriverShapes : ::testing::TestWithParam<Architecture> {};

experiment::Experiment built(const Architecture& a, int tokens, int d) {
  std::string text;
  for (int i = 0; i < tokens; ++i) text += i % 3 == 2 ? "everywhere " : "cat ";
  auto e = experiment::with_sentence(experiment::default_experiment(), text);
  e = experiment::with_d_v(experiment::with_d_k(experiment::with_d_model(std::move(e), d), d), d);
  e = experiment::with_layers(experiment::with_heads(std::move(e), 0, a.heads), a.layers);
  e = experiment::with_biases(std::move(e), a.biases);
  e.positions = a.positions;
  return e;
}

TEST_P(DriverShapes, TheScreenIsSound) {
  Driver d;
  for (const auto& [tokens, width] : {std::pair{1, 2}, {4, 8}, {9, 1}, {9, 16}, {40, 8}, {64, 64}}) {
    d.lab().replace(built(GetParam(), tokens, width), {});
    d.settle();
    d.move({5, 5});
    for (const auto& [w, h] : {std::pair{1280.f, 800.f}, {1440.f, 900.f}, {1920.f, 1080.f}}) {
      d.resize(w, h);
      for (const bool drawer : {true, false}) {
        if (drawer)
          d.key(Key::right);
        else
          d.key(Key::escape);
        const std::string what = std::to_string(tokens) + " tokens, width " + std::to_string(width) + ", " +
                                 std::to_string(static_cast<int>(w)) + " px" + (drawer ? ", drawer" : "");
        EXPECT_THAT(support::overlaps(d.frame()), IsEmpty()) << what;
        if (!drawer) {
          EXPECT_THAT(texts_cut(d), IsEmpty()) << what;
        }
        EXPECT_THAT(numbers_unlike_core(d), IsEmpty()) << what;
      }
    }
  }
}

using enum attention::Positions;
INSTANTIATE_TEST_SUITE_P(Architectures, DriverShapes,
                         ::testing::Values(Architecture{1, 1, none, true},
                                           Architecture{1, 1, sinusoidal, false},
                                           Architecture{1, 1, rope, true}, Architecture{1, 3, alibi, false},
                                           Architecture{4, 1, none, false},
                                           Architecture{4, 3, sinusoidal, true},
                                           Architecture{4, 1, rope, false}, Architecture{16, 1, none, true},
                                           Architecture{16, 3, rope, true}));

}  // namespace
}  // namespace qkv::shell
