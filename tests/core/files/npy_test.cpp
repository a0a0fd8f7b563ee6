#include <bit>

#include "core/files/parse.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string npy(const std::string& header, const std::string& data, int version = 1) {
  const std::size_t length = header.size();
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) out += static_cast<char>(length >> (8 * i) & 0xff);
  return out + header + data;
}

std::string header(const std::string& descr, const std::string& shape, bool fortran_order = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

template <typename Number>
std::string bytes_of(std::initializer_list<Number> numbers, bool big_endian = false) {
  std::string out;
  for (Number number : numbers) {
    std::string raw(reinterpret_cast<const char*>(&number), sizeof number);
    out += big_endian ? std::string(raw.rbegin(), raw.rend()) : raw;
  }
  return out;
}

TensorFile parse(const std::string& bytes) { return parse_npy(bytes, "a.npy", "a"); }
std::vector<float> values(const std::string& bytes) { return parse(bytes).tensors.at("a").values; }

TEST(Npy, EveryVersionTypeAndByteOrderIsRead) {
  for (const int version : {1, 2, 3})
    EXPECT_THAT(values(npy(header("<f4", "(2,)"), bytes_of<float>({1.5f, -2}), version)),
                ElementsAre(1.5f, -2));
  EXPECT_THAT(values(npy(header(">f4", "(2,)"), bytes_of<float>({1.5f, -2}, true))), ElementsAre(1.5f, -2));
  EXPECT_THAT(values(npy(header("<f8", "(1,)"), bytes_of<double>({0.1}))), ElementsAre(0.1f));
  EXPECT_THAT(values(npy(header(">f8", "(1,)"), bytes_of<double>({0.1}, true))), ElementsAre(0.1f));
  EXPECT_THAT(values(npy(header("<f2", "(1,)"), "\x01\x3c")), ElementsAre(1.0009765625f));
  EXPECT_THAT(values(npy(header("|b1", "(2,)"), std::string("\0\1", 2))), ElementsAre(0, 1));
  EXPECT_THAT(values(npy(header("|i1", "(1,)"), "\xff")), ElementsAre(-1));
  EXPECT_THAT(values(npy(header("|u1", "(1,)"), "\xff")), ElementsAre(255));
  EXPECT_THAT(values(npy(header("<i2", "(1,)"), bytes_of<std::int16_t>({-300}))), ElementsAre(-300));
  EXPECT_THAT(values(npy(header(">u2", "(1,)"), bytes_of<std::uint16_t>({300}, true))), ElementsAre(300));
  EXPECT_THAT(values(npy(header("<i4", "(1,)"), bytes_of<std::int32_t>({-70000}))), ElementsAre(-70000));
  EXPECT_THAT(values(npy(header("<u4", "(1,)"), bytes_of<std::uint32_t>({70000}))), ElementsAre(70000));
  EXPECT_THAT(values(npy(header(">i8", "(1,)"), bytes_of<std::int64_t>({-3}, true))), ElementsAre(-3));
  EXPECT_THAT(values(npy(header("<u8", "(1,)"), bytes_of<std::uint64_t>({3}))), ElementsAre(3));
}

TEST(Npy, ShapesAndOrders) {
  const std::string six = bytes_of<float>({1, 2, 3, 4, 5, 6});
  EXPECT_THAT(parse(npy(header("<f4", "(2, 3)"), six)).tensors.at("a").shape, ElementsAre(2, 3));
  EXPECT_THAT(values(npy(header("<f4", "(2, 3)", true), six)), ElementsAre(1, 3, 5, 2, 4, 6));
  EXPECT_THAT(values(npy(header("<f4", "(3, 1, 2)", true), six)), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(parse(npy(header("<f4", "()"), bytes_of<float>({7}))).tensors.at("a").shape, ElementsAre());
  EXPECT_THAT(parse(npy(header("<f4", "(0, 5)", true), "")).tensors.at("a").shape, ElementsAre(0, 5));
  EXPECT_THAT(values(npy("{\"shape\":(1,),\"descr\":\"<f4\",\"fortran_order\":False}", bytes_of<float>({7}))),
              ElementsAre(7));
}

TEST(Npy, TextsOfAnyScript) {
  const auto texts = [](bool big_endian) {
    const auto data = bytes_of<std::uint32_t>({'T', 'h', 0, 0x1f63a, 0, 0}, big_endian);
    return parse(npy(header(big_endian ? ">U3" : "<U3", "(2,)"), data)).texts.at("a");
  };
  EXPECT_THAT(texts(false), ElementsAre("Th", "😺"));
  EXPECT_THAT(texts(true), ElementsAre("Th", "😺"));
}

TEST(Npy, WhatIsWrongIsSaid) {
  const std::string four(4, '\0');
  struct Case {
    const char* rule;
    std::string bytes;
    const char* says;
  };
  const std::vector<Case> cases = {
      {"empty", "", "does not begin as a .npy file"},
      {"no magic", std::string(20, 'x'), "does not begin as a .npy file"},
      {"version 0", npy(header("<f4", "(1,)"), four, 0), "version 0"},
      {"version 4", npy(header("<f4", "(1,)"), four, 4), "version 4"},
      {"version 2 cut short", std::string("\x93NUMPY\x02\0\1\0", 10), "cut short"},
      {"header beyond the file", npy(header("<f4", "(1,)"), "").substr(0, 20), "header claims"},
      {"no dictionary", npy("[]", four), "not a Python dictionary"},
      {"dictionary cut", npy("{'descr': '<f4'", four), "not a Python dictionary"},
      {"text cut", npy("{'descr", four), "not a Python dictionary"},
      {"escape", npy("{'descr': '<f\\4'}", four), "not a Python dictionary"},
      {"records", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", four), "records"},
      {"key twice", npy("{'descr': '<f4', 'descr': '<f4'}", four), "'descr' twice"},
      {"unknown key", npy("{'size': '<f4'}", four), "'size'"},
      {"key missing", npy("{'descr': '<f4', 'shape': (1,)}", four), "must give descr"},
      {"after the end", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", four),
       "not a Python"},
      {"order", npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", four), "not a Python dictionary"},
      {"shape is a number", npy(header("<f4", "(1)"), four), "not a Python dictionary"},
      {"negative axis", npy(header("<f4", "(-1,)"), four), "not a Python dictionary"},
      {"axis over int64", npy(header("<f4", "(9223372036854775808,)"), four), "not a Python dictionary"},
      {"forty axes", npy(header("<f4", "(1" + std::string(80, ',') + ")"), four), "not a Python dictionary"},
      {"product overflows", npy(header("<f4", "(4294967296, 4294967296)"), four), "too large"},
      {"too many", npy(header("|u1", "(999999999999,)"), four), "too large"},
      {"text of nothing", npy(header("<U0", "(999999999999,)"), ""), "'<U0'"},
      {"object", npy(header("|O", "(1,)"), four), "'|O'"},
      {"complex", npy(header("<c8", "(1,)"), four), "'<c8'"},
      {"f1", npy(header("|f1", "(4,)"), four), "'|f1'"},
      {"f3", npy(header("<f3", "(1,)"), four), "'<f3'"},
      {"no byte order", npy(header("|f4", "(1,)"), four), "'|f4'"},
      {"data cut", npy(header("<f4", "(2,)"), four), "needs 8 bytes, but 4 follow"},
      {"data left over", npy(header("<f4", "(1,)"), four + four), "needs 4 bytes, but 8 follow"},
      {"no character", npy(header("<U1", "(1,)"), bytes_of<std::uint32_t>({0x110000})),
       "no Unicode character"},
      {"half a pair", npy(header("<U1", "(1,)"), bytes_of<std::uint32_t>({0xd800})), "no Unicode character"},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.rule);
    EXPECT_THAT(error_of([&] { parse(each.bytes); }), HasSubstr(each.says));
  }
}

}  // namespace
}  // namespace qkv::files
