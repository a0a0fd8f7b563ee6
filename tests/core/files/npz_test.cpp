#include <zip.h>

#include "core/files/parse.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// An array of `count` zeros of one byte each.
std::string zeros(std::size_t count) {
  const std::string header =
      "{'descr': '|u1', 'fortran_order': False, 'shape': (" + std::to_string(count) + ",), }";
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0' + header +
         std::string(count, '\0');
}

class Npz : public FolderTest {
 protected:
  std::string archive(const std::vector<std::pair<std::string, std::string>>& entries,
                      zip_int32_t method) const {
    const std::string path = folder_ / "a.npz";
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : entries) {
      const auto index = zip_file_add(
          zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), ZIP_FL_ENC_UTF_8);
      zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), method, 0);
    }
    EXPECT_EQ(zip_close(zip), 0);
    return get("a.npz");
  }
};

TensorFile parse(const std::string& bytes, std::uintmax_t most = kMaxBytes) {
  return parse_npz(bytes, "a.npz", most);
}

TEST_F(Npz, StoredAndDeflatedArraysAreRead) {
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const auto file =
        parse(archive({{"X.npy", zeros(3)}, {"W_Q.npy", zeros(5000)}, {"readme.txt", "hello"}}, method));
    EXPECT_THAT(file.tensors.at("X").values, ElementsAre(0, 0, 0));
    EXPECT_THAT(file.tensors.at("W_Q").shape, ElementsAre(5000));
    EXPECT_EQ(file.tensors.size(), 2u);
  }
}

TEST_F(Npz, WhatNumpyWroteIsRead) {
  const auto seeds = std::filesystem::path(QKV_SOURCE_DIR) / "tests/fuzz/seeds";  // by numpy 1.24
  std::filesystem::copy_file(seeds / "npz/deflated", folder_ / "d.npz");
  const TensorFile file = read_npz(folder_ / "d.npz");
  EXPECT_THAT(file.tensors.at("Q").values, ElementsAre(1.81f, -0.6f, -1.54f, 0.62f));
  EXPECT_THAT(file.tensors.at("weights").shape, ElementsAre(2, 2));
  EXPECT_THAT(file.texts.at("tokens"), ElementsAre("a", "b"));
  const Tensor fortran = read_npy(seeds / "npy/float16_fortran").tensors.at("float16_fortran");
  EXPECT_THAT(fortran.shape, ElementsAre(3, 2));
  EXPECT_THAT(fortran.values, ElementsAre(-1.259765625f, 0.52001953125f, -1.1396484375f, -0.75f,
                                          0.360107421875f, 0.39990234375f));
  EXPECT_THAT(read_npy(seeds / "npy/texts").texts.at("texts"), ElementsAre("The", "caté"));
}

TEST_F(Npz, AnArchiveThatUnpacksToTooMuchIsRefused) {
  const std::string bytes =
      archive({{"a.npy", zeros(3'000'000)}, {"b.npy", zeros(3'000'000)}}, ZIP_CM_DEFLATE);
  EXPECT_LT(bytes.size(), 20'000u);
  EXPECT_EQ(parse(bytes).tensors.size(), 2u);
  EXPECT_THAT(error_of([&] { parse(bytes, 5'000'000); }), HasSubstr("more than the 5000000 bytes"));
}

TEST_F(Npz, AnArchiveThatLiesAboutSizesIsRefused) {
  std::string bytes = archive({{"a.npy", zeros(3000)}}, ZIP_CM_DEFLATE);
  const std::size_t directory = bytes.find("PK\x01\x02");
  ASSERT_NE(directory, std::string::npos);
  for (const std::size_t header : {directory + 24, bytes.find("PK\x03\x04") + 22})  // both uncompressed sizes
    for (std::size_t i = 0; i < 4; ++i) bytes[header + i] = static_cast<char>(i == 1 ? 1 : 0);
  EXPECT_THAT(error_of([&] { parse(bytes); }), HasSubstr("a.npz"));
}

TEST_F(Npz, DamageIsSaid) {
  const std::string good = archive({{"a.npy", zeros(300)}}, ZIP_CM_STORE);
  EXPECT_THAT(error_of([&] { parse(""); }), HasSubstr("not an .npz archive"));
  EXPECT_THAT(error_of([&] { parse("PK"); }), HasSubstr("not an .npz archive"));
  EXPECT_THAT(error_of([&] { parse(good.substr(0, good.size() - 10)); }), HasSubstr("not an .npz archive"));
  std::string bit = good;
  bit[good.find("NUMPY") + 200] ^= 1;  // the checksum tells
  EXPECT_THAT(error_of([&] { parse(bit); }), HasSubstr("array 'a': is damaged"));
  EXPECT_THAT(error_of([&] { parse(archive({{"a.npy", "text"}}, ZIP_CM_STORE)); }), HasSubstr("array 'a'"));
}

TEST_F(Npz, EachCutOfAnArchiveIsAnError) {
  const std::string good = archive({{"a.npy", zeros(20)}}, ZIP_CM_DEFLATE);
  for (std::size_t size = 0; size < good.size(); ++size) error_of([&] { parse(good.substr(0, size)); });
}

}  // namespace
}  // namespace qkv::files
