#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::ElementsAre;

class RoundTrip : public FolderTest {};

TEST_F(RoundTrip, SafetensorsKeepNumbersShapesAndMetadata) {
  const auto path = folder_ / "a.safetensors";
  const auto half_of = [](void* out, std::int64_t first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) static_cast<float*>(out)[i] = static_cast<float>(first + i) / 2;
  };
  const auto negative = [](void* out, std::int64_t first, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) static_cast<std::int64_t*>(out)[i] = -(first + i);
  };
  write_safetensors(
      path, {{"x", "F32", {2, 3}, half_of}, {"ids", "I64", {3}, negative}, {"none", "F32", {0, 4}, half_of}},
      {{"attn_capture", "1"}, {"tokens", "[\"é\"]"}});
  const TensorFile file = read_safetensors(path);
  EXPECT_EQ(file.metadata.at("tokens"), "[\"é\"]");
  EXPECT_THAT(file.tensors.at("x").shape, ElementsAre(2, 3));
  EXPECT_THAT(file.tensors.at("x").values, ElementsAre(0, 0.5f, 1, 1.5f, 2, 2.5f));
  EXPECT_THAT(file.tensors.at("ids").values, ElementsAre(0, -1, -2));
  EXPECT_THAT(file.tensors.at("none").shape, ElementsAre(0, 4));
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(RoundTrip, ALargeTensorIsFilledInSteps) {
  const auto path = folder_ / "large.safetensors";
  const std::int64_t size = 600'000;
  std::int64_t next = 0;
  write_safetensors(path,
                    {{"x",
                      "F32",
                      {size},
                      [&](void* out, std::int64_t first, std::int64_t count) {
                        EXPECT_EQ(first, next);
                        next = first + count;
                        for (std::int64_t i = 0; i < count; ++i)
                          static_cast<float*>(out)[i] = static_cast<float>(first + i);
                      }}},
                    {});
  const auto values = read_safetensors(path).tensors.at("x").values;
  ASSERT_EQ(values.size(), static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(values[i], static_cast<float>(i));
}

TEST_F(RoundTrip, AMatrixHasTheRowsOfItsTensor) {
  EXPECT_EQ((Tensor{{2, 2}, {1, 2, 3, 4}}.matrix("m")), (Matrix{{1, 2}, {3, 4}}));
  EXPECT_EQ((Tensor{{3}, {1, 2, 3}}.matrix("m")), (Matrix{{1, 2, 3}}));
  EXPECT_EQ((Tensor{{}, {7}}.matrix("m")), (Matrix{{7}}));
  EXPECT_THAT(error_of([] { (void)Tensor{{1, 1, 1}, {1}}.matrix("m"); }), testing::HasSubstr("[1, 1, 1]"));
}

}  // namespace
}  // namespace qkv::files
