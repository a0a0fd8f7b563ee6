#include <bit>
#include <cmath>
#include <limits>

#include "core/files/parse.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

std::string safetensors(const std::string& header, const std::string& data = {}) {
  return little_endian(header.size(), 8) + header + data;
}

TensorFile parse(const std::string& bytes) { return parse_safetensors(bytes, "a.safetensors"); }

/// A tensor of one F32 with another header entry in its place.
std::string one_with(const std::string& dtype, const std::string& shape, const std::string& offsets,
                     std::size_t data_size = 4) {
  return safetensors(
      R"({"x":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}",
      std::string(data_size, '\0'));
}

TEST(Safetensors, TheSmallestFilesAreRead) {
  EXPECT_TRUE(parse(safetensors("{}")).tensors.empty());
  EXPECT_THAT(parse(one_with("\"F32\"", "[]", "[0,4]")).tensors.at("x").shape, ElementsAre());
  EXPECT_THAT(parse(one_with("\"F32\"", "[0,7]", "[0,0]", 0)).tensors.at("x").shape, ElementsAre(0, 7));
  EXPECT_EQ(parse(safetensors("{}      ")).tensors.size(), 0u);  // padding of the header
}

TEST(Safetensors, EachRuleOfTheFormatIsChecked) {
  struct Case {
    const char* rule;
    std::string bytes;
    const char* says;
  };
  const std::string f32 = "\"F32\"";
  const std::string two = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                          R"("b":{"dtype":"U8","shape":[2],"data_offsets":)";
  const std::vector<Case> cases = {
      {"empty file", "", "too short"},
      {"no whole length", "1234567", "too short"},
      {"header over 100 MB", little_endian(100'000'001, 8), "100 MB"},
      {"huge header", little_endian(~0ull, 8), "100 MB"},
      {"header beyond the file", little_endian(3, 8) + "{}", "cut short"},
      {"header of nothing", little_endian(0, 8), "begin with '{'"},
      {"header after spaces", safetensors(" {}"), "begin with '{'"},
      {"not JSON", safetensors("{\"a\":"), "not valid JSON"},
      {"two values", safetensors("{}{}"), "not valid JSON"},
      {"broken UTF-8", safetensors("{\"\xff\":1}"), "not valid JSON in UTF-8"},
      {"padding of NULs", safetensors(std::string("{}\0\0", 4)), "not valid JSON"},
      {"Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n",
       "git lfs pull"},
      {"nested deeply", safetensors("{\"a\":" + std::string(5000, '[')), "nested too deeply"},
      {"key twice", safetensors(R"({"x":{"dtype":"F32","dtype":"F32"}})"), "'dtype' twice"},
      {"tensor twice", safetensors(R"({"x":{},"x":{}})"), "'x' twice"},
      {"no object", safetensors(R"({"x":3})"), "gives no dtype"},
      {"no shape", safetensors(R"({"x":{"dtype":"F32"}})"), "gives no shape"},
      {"no offsets", safetensors(R"({"x":{"dtype":"F32","shape":[]}})"), "gives no data_offsets"},
      {"unknown type", one_with("\"F8_E4M3\"", "[1]", "[0,1]", 1), "'F8_E4M3'"},
      {"type is no text", one_with("32", "[1]", "[0,4]"), "of its numbers"},
      {"shape is no list", one_with(f32, "1", "[0,4]"), "shape must be a list"},
      {"negative axis", one_with(f32, "[-1]", "[0,4]"), "not negative"},
      {"broken axis", one_with(f32, "[1.0]", "[0,4]"), "whole numbers"},
      {"axis over int64", one_with(f32, "[9223372036854775808]", "[0,4]"), "too large"},
      {"product overflows", one_with(f32, "[4294967296,4294967296]", "[0,4]"), "too large"},
      {"product overflows to the size", one_with("\"U8\"", "[2,9223372036854775809]", "[0,2]", 2),
       "too large"},
      {"one offset", one_with(f32, "[1]", "[0]"), "list of two numbers"},
      {"offset is no number", one_with(f32, "[1]", "[0,\"4\"]"), "whole numbers"},
      {"not from the beginning", one_with(f32, "[1]", "[4,8]", 8), "a hole"},
      {"end before begin", one_with(f32, "[1]", "[0,-4]"), "not negative"},
      {"end beyond the data", one_with(f32, "[2]", "[0,8]"), "cut short"},
      {"size against shape", one_with(f32, "[2]", "[0,4]"), "needs 2 × 4 bytes"},
      {"size against type", one_with("\"F16\"", "[1]", "[0,3]", 3), "needs 1 × 2 bytes"},
      {"bytes after the last", one_with(f32, "[1]", "[0,4]", 9), "5 bytes after the last tensor"},
      {"bytes without a tensor", safetensors("{}", "x"), "1 bytes after the last tensor"},
      {"a hole", safetensors(two + "[3,5]}}", "12345"), "a hole"},
      {"an overlap", safetensors(two + "[1,3]}}", "123"), "an overlap"},
      {"end before its begin", safetensors(two + "[2,1]}}", "12"), "data end at byte 1"},
      {"metadata is a list", safetensors(R"({"__metadata__":[]})"), "map strings to strings"},
      {"metadata of numbers", safetensors(R"({"__metadata__":{"a":1}})"), "'a' must be a string"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.rule);
    const std::string sentence = error_of([&] { parse(each.bytes); });
    EXPECT_THAT(sentence, HasSubstr(each.says));
    EXPECT_THAT(sentence, testing::StartsWith("a.safetensors: "));
  }
}

TEST(Safetensors, ATensorFoundLaterInTheHeaderMayLieFirst) {
  const auto file = parse(safetensors(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[2,3]},)"
                                      R"("b":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})",
                                      "\x01\xff\x80"));
  EXPECT_THAT(file.tensors.at("a").values, ElementsAre(128));
  EXPECT_THAT(file.tensors.at("b").values, ElementsAre(1, -1));
}

TEST(Safetensors, EveryTypeIsConverted) {
  const auto values = [](const std::string& dtype, const std::string& data) {
    const std::string size = std::to_string(data.size());
    const int width = dtype == "BOOL" ? 1 : std::stoi(dtype.substr(dtype.find_first_of("0123456789"))) / 8;
    const std::string count = std::to_string(static_cast<int>(data.size()) / width);
    return parse(safetensors(R"({"x":{"dtype":")" + dtype + R"(","shape":[)" + count +
                                 R"(],"data_offsets":[0,)" + size + "]}}",
                             data))
        .tensors.at("x")
        .values;
  };
  EXPECT_THAT(values("BOOL", std::string("\0\1\2", 3)), ElementsAre(0, 1, 1));
  EXPECT_THAT(values("U8", "\xff"), ElementsAre(255));
  EXPECT_THAT(values("I8", "\xff"), ElementsAre(-1));
  EXPECT_THAT(values("U16", "\xfe\xff"), ElementsAre(65534));
  EXPECT_THAT(values("I16", "\xfe\xff"), ElementsAre(-2));
  EXPECT_THAT(values("U32", little_endian(4'000'000'000, 4)), ElementsAre(4e9f));
  EXPECT_THAT(values("I32", little_endian(-7, 4)), ElementsAre(-7));
  EXPECT_THAT(values("U64", little_endian(~0ull, 8)), ElementsAre(18446744073709551616.0f));
  EXPECT_THAT(values("I64", little_endian(-7, 8)), ElementsAre(-7));
  EXPECT_THAT(values("F64", little_endian(std::bit_cast<std::uint64_t>(0.1), 8)), ElementsAre(0.1f));
}

/// One number of 16 bits from a file.
float decoded(const char* dtype, std::uint32_t bits) {
  return parse(safetensors(
                   std::string(R"({"x":{"dtype":")") + dtype + R"(","shape":[1],"data_offsets":[0,2]}})",
                   little_endian(bits, 2)))
      .tensors.at("x")
      .values[0];
}

/// IEEE 754 binary16 from its definition, in double.
double half_by_definition(std::uint32_t bits) {
  const int sign = bits >> 15 ? -1 : 1, exponent = static_cast<int>(bits >> 10 & 31), fraction = bits & 1023;
  if (exponent == 31) return fraction ? std::nan("") : sign * std::numeric_limits<double>::infinity();
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(Safetensors, EveryHalfAndEveryBfloatIsExact) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float half = decoded("F16", bits), bfloat = decoded("BF16", bits);
    const double wanted = half_by_definition(bits);
    if (std::isnan(wanted)) {
      ASSERT_TRUE(std::isnan(half)) << bits;
    } else {
      ASSERT_EQ(static_cast<double>(half), wanted) << bits;
      ASSERT_EQ(std::signbit(half), bits >> 15 == 1) << bits;
    }
    ASSERT_EQ(std::bit_cast<std::uint32_t>(bfloat), bits << 16);
  }
}

TEST(Safetensors, NamesInSentencesAreShortAndPrintable) {
  const std::string name(2000, 'n');
  EXPECT_THAT(error_of([&] { parse(safetensors("{\"" + name + "\":{}}")); }), HasSubstr("nnn…'"));
  EXPECT_THAT(error_of([&] { parse(safetensors("{\"a\\u0007b\":{}}")); }), HasSubstr("'a?b'"));
}

}  // namespace
}  // namespace qkv::files
