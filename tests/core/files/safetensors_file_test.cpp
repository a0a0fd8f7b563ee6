#include "core/files/safetensors_file.h"

#include <gtest/gtest.h>

#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::HasSubstr;

class SafetensorsOnDemand : public FolderTest {
 protected:
  std::filesystem::path written(std::int64_t count) {
    const auto path = folder_ / "a.safetensors";
    const auto counting = [](void* out, std::int64_t first, std::int64_t many) {
      for (std::int64_t i = 0; i < many; ++i) static_cast<float*>(out)[i] = static_cast<float>(first + i);
    };
    write_safetensors(path, {{"a", "F32", {count}, counting}, {"b", "F32", {2, 2}, counting}},
                      {{"format", "pt"}});
    return path;
  }
};

TEST_F(SafetensorsOnDemand, ReadsAnyPartOfATensor) {
  const SafetensorsFile file(written(300'000));
  EXPECT_EQ(file.metadata().at("format"), "pt");
  ASSERT_EQ(file.entries().size(), 2u);
  EXPECT_EQ(file.find("c"), nullptr);
  std::vector<float> values(3);
  file.read(*file.find("a"), 299'997, 3, values.data());
  EXPECT_THAT(values, testing::ElementsAre(299'997, 299'998, 299'999));
  file.read(*file.find("b"), 1, 2, values.data());
  EXPECT_EQ(values[1], 2);
}

TEST_F(SafetensorsOnDemand, AFileThatShrinksWhileOpenIsAnError) {
  const auto path = written(300'000);
  SafetensorsFile file(path);
  std::filesystem::resize_file(path, 600'000);
  std::vector<float> values(300'000);
  EXPECT_THAT(error_of([&] { file.read(*file.find("a"), 0, 300'000, values.data()); }),
              HasSubstr("cut short while"));
  std::filesystem::remove(path);  // what is open stays readable
  file.read(*file.find("a"), 0, 100, values.data());
  EXPECT_EQ(values[99], 99);
}

TEST_F(SafetensorsOnDemand, WhatIsNoSuchFileIsRefused) {
  const auto opened = [&](const std::string& bytes) {
    return error_of([&] { SafetensorsFile file(put("b.safetensors", bytes)); });
  };
  EXPECT_THAT(opened(""), HasSubstr("too short"));
  EXPECT_THAT(opened(std::string("\x02\0\0\0\0\0\0\0", 8)), HasSubstr("cut short"));
  EXPECT_THAT(opened(std::string("\x02\0\0\0\0\0\0\0[]", 10)), HasSubstr("begin with '{'"));
  EXPECT_THAT(opened(std::string("\x02\0\0\0\0\0\0\0{}x", 11)), HasSubstr("1 bytes after"));
  EXPECT_THAT(opened(std::string("\xff\xff\xff\xff\0\0\0\0{}", 10)), HasSubstr("100 MB"));
  EXPECT_THAT(error_of([&] { SafetensorsFile file(folder_); }), HasSubstr("is a folder"));
  EXPECT_THAT(error_of([&] { SafetensorsFile file(folder_ / "none"); }), HasSubstr("no such file"));
}

}  // namespace
}  // namespace qkv::files
