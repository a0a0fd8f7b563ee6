#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

// The checkpoints that Hugging Face's own code wrote and ran (tests/oracle/checkpoints/make_oracle.py).
namespace qkv::model {

inline const std::filesystem::path kOracle =
    std::filesystem::path(QKV_SOURCE_DIR) / "tests" / "oracle" / "checkpoints";

/// Names of their folders, sorted.
inline std::vector<std::string> oracle_cases() {
  std::vector<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator(kOracle))
    if (each.is_directory()) names.push_back(each.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// A case as the name of a test.
inline std::string test_name(const testing::TestParamInfo<std::string>& which) {
  std::string name = which.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace qkv::model
