#include "core/analysis/words.h"

#include <gtest/gtest.h>

namespace qkv::analysis {
namespace {

using Words = std::vector<int>;

std::vector<bool> none(std::size_t n) { return std::vector<bool>(n, false); }

TEST(Words, ByteLevelPiecesJoinUntilASpace) {
  EXPECT_EQ(words_of({"The", "Ġex", "cit", "ed", "Ġdog", "."}, none(6)), (Words{0, 1, 1, 1, 2, 3}));
  EXPECT_EQ(words_of({"Ġ(", "dog", "Ġran"}, none(3)), (Words{0, 1, 2}));
}

TEST(Words, SentencePiecePiecesJoinUntilTheirMark) {
  EXPECT_EQ(words_of({"▁The", "▁ex", "cited", "."}, none(4)), (Words{0, 1, 1, 2}));
}

TEST(Words, WordPieceContinuationsJoin) {
  EXPECT_EQ(words_of({"[CLS]", "ex", "##cit", "##ed", "dog", "[SEP]"}, {true, false, false, false, false, true}), (Words{0, 1, 1, 1, 2, 3}));
}

TEST(Words, ApostrophesAndSpecialTokensStandAlone) {
  EXPECT_EQ(words_of({"<s>", "Ġdog", "'", "s", "Ġx"}, {true, false, false, false, false}), (Words{0, 1, 2, 3, 4}));
}

TEST(Words, TokensOfAVocabularyWithoutMarksAreWords) { EXPECT_EQ(words_of({"the", "dog", "ran"}, none(3)), (Words{0, 1, 2})); }

TEST(Words, NoTokensNoWords) { EXPECT_TRUE(words_of({}, {}).empty()); }

TEST(Words, PatternSumsOverKeysAndAveragesOverQueries) {
  Matrix p(3, 3);
  p << 1.f, 0.f, 0.f, 0.25f, 0.75f, 0.f, 0.5f, 0.125f, 0.375f;
  const Matrix w = pattern_of_words(p, {0, 1, 1}, {0, 1, 1});
  ASSERT_EQ(w.rows(), 2);
  EXPECT_FLOAT_EQ(w(0, 0), 1.f);
  EXPECT_FLOAT_EQ(w(0, 1), 0.f);
  EXPECT_FLOAT_EQ(w(1, 0), 0.375f);
  EXPECT_FLOAT_EQ(w(1, 1), 0.625f);
}

TEST(Words, RowsStillSumToOne) {
  Matrix p = Matrix::Random(7, 7).cwiseAbs();
  for (Eigen::Index i = 0; i < 7; ++i) p.row(i) /= p.row(i).sum();
  const Words words{0, 0, 1, 2, 2, 2, 3};
  const Matrix w = pattern_of_words(p, words, words);
  for (Eigen::Index i = 0; i < w.rows(); ++i) EXPECT_NEAR(w.row(i).sum(), 1.f, 1e-6f);
}

TEST(Words, TextsAreJoined) {
  EXPECT_EQ(word_texts({"The", " ex", "cited"}, {0, 1, 1}), (std::vector<std::string>{"The", " excited"}));
}

}  // namespace
}  // namespace qkv::analysis
