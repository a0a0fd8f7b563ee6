#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fuzz/targets.h"

// What the fuzzers start from and what they once found, run without them by whatever compiler builds the
// tests.
namespace qkv::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> seeds_of(const std::string& target) {
  std::vector<std::string> seeds;
  for (const auto& entry : fs::directory_iterator(fs::path(QKV_SOURCE_DIR) / "tests/fuzz/seeds" / target)) {
    std::ifstream in(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

TEST(Replay, EveryReaderTakesEverySeed) {
  for (const Target& seeded : targets()) {
    const auto seeds = seeds_of(seeded.name);
    EXPECT_FALSE(seeds.empty()) << seeded.name;
    for (const std::string& seed : seeds)
      for (const Target& target : targets()) target.run(seed);
  }
}

TEST(Replay, EveryReaderTakesItsSeedsCutShort) {
  for (const Target& target : targets())
    for (const std::string& seed : seeds_of(target.name)) {
      const std::size_t step = seed.size() / 200 + 1;
      for (std::size_t size = 0; size < seed.size(); size += step)
        target.run(std::string_view(seed).substr(0, size));
    }
}

TEST(Replay, EveryReaderTakesItsSeedsWithWrongBytes) {
  std::mt19937 random(1);
  for (const Target& target : targets())
    for (const std::string& seed : seeds_of(target.name))
      for (int round = 0; round < 200 && !seed.empty(); ++round) {
        std::string damaged = seed;
        for (int i = 0; i <= round % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
        target.run(damaged);
      }
}

}  // namespace
}  // namespace qkv::fuzz
