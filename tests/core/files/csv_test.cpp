#include <cmath>

#include "core/files/parse.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TensorFile parse(const std::string& text) { return parse_csv(text, "a.csv", "a"); }

TEST(Csv, OneMatrixBetweenAnySeparator) {
  for (const char* text : {"1,2\n3,-4.5\n", "1;2\r\n3;-4,5", "1\t2\n3\t-4.5\n\n", " 1   2 \n3 -4.5",
                           "+1,2,\n3,-4.5,,\n", "\xef\xbb\xbf\"1\",2\n3,\"-4.5\" "}) {
    SCOPED_TRACE(text);
    const Tensor tensor = parse(text).tensors.at("a");
    EXPECT_THAT(tensor.shape, ElementsAre(2, 2));
    EXPECT_THAT(tensor.values, ElementsAre(1, 2, 3, -4.5f));
  }
}

TEST(Csv, NumbersOfEveryKind) {
  const auto values = parse("nan,inf,-inf,NaN,1e39,-1e39,1e-60,0.1").tensors.at("a").values;
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[3]));
  EXPECT_THAT(std::vector(values.begin() + 1, values.begin() + 3), ElementsAre(INFINITY, -INFINITY));
  EXPECT_THAT(std::vector(values.begin() + 4, values.end()), ElementsAre(INFINITY, -INFINITY, 0, 0.1f));
}

TEST(Csv, ARowOfNamesIsKept) {
  const TensorFile file = parse("noun,\"verb, past\",\"a \"\"b\"\"\"\n1,2,3\n");
  EXPECT_THAT(file.texts.at("a"), ElementsAre("noun", "verb, past", "a \"b\""));
  EXPECT_THAT(file.tensors.at("a").shape, ElementsAre(1, 3));
}

TEST(Csv, SectionsHoldSeveralMatrices) {
  for (const char* text :
       {"# made by hand\n# tokens\nThe,cat\n# X\n1,2\n3,4\n#W_Q,,\n5\n6\n",
        "tokens\nThe,cat\nX\n1,2\n3,4\n# W_Q\n5\n6", "# tokens\nThe\ncat\n\nX,\n1,2\n3,4\n# W_Q\n5\n6"}) {
    SCOPED_TRACE(text);
    const TensorFile file = parse(text);
    EXPECT_THAT(file.texts.at("tokens"), ElementsAre("The", "cat"));
    EXPECT_THAT(file.tensors.at("X").values, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(file.tensors.at("W_Q").shape, ElementsAre(2, 1));
    EXPECT_EQ(file.tensors.size(), 2u);
  }
  EXPECT_THAT(parse("# tokens\n1,2\n# X\n1").texts.at("tokens"), ElementsAre("1", "2"));
}

TEST(Csv, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_THAT(error_of([] { parse(""); }), HasSubstr("has no numbers"));
  EXPECT_THAT(error_of([] { parse("# only\n#comments here\n"); }), HasSubstr("has no numbers"));
  EXPECT_THAT(error_of([] { parse("1,2\n3\n"); }), HasSubstr("line 2: has 1 numbers, expected 2"));
  EXPECT_THAT(error_of([] { parse("1,2\n3,x\n"); }), HasSubstr("line 2: 'x' is not a number"));
  EXPECT_THAT(error_of([] { parse("1,,2\n"); }), HasSubstr("line 1: '' is not a number"));
  EXPECT_THAT(error_of([] { parse("1,2\n1,,2\n"); }), HasSubstr("line 2: '' is not a number"));
  EXPECT_THAT(error_of([] { parse("a,b\n1,2,3\n"); }), HasSubstr("line 2: has 3 numbers under 2 names"));
  EXPECT_THAT(error_of([] { parse("a,2\n1,2\n"); }), HasSubstr("line 1: 'a' is not a number"));
  EXPECT_THAT(error_of([] { parse("# X\n1\n# X\n2\n"); }),
              HasSubstr("line 4: there are two matrices named 'X'"));
  EXPECT_THAT(error_of([] { parse("caf\xe9,2\n1,2"); }), HasSubstr("UTF-8"));
  EXPECT_THAT(error_of([] { parse("0x10,2\n1,2"); }), HasSubstr("'0x10'"));
  EXPECT_THAT(error_of([] { parse("1,1e999\n1,2"); }), HasSubstr("line 1: '1e999'"));
}

}  // namespace
}  // namespace qkv::files
