#include "core/experiment/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "tests/core/experiment/documents.h"

namespace qkv::experiment {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = Source::Kind;

Experiment zebra() {
  Experiment e = default_experiment();
  e.embedding.seed = 7;
  return with_sentence(e, "the zebra sat quickly");
}

TEST(Sources, OwnWordsInAHandSetEmbeddingAreRandomAndSaidSo) {
  EXPECT_THAT(random_rows(default_experiment()), IsEmpty());
  EXPECT_EQ(sources_in_words(default_experiment()), "hand-set weights");
  const Experiment e = zebra();
  EXPECT_THAT(random_rows(e), ElementsAre(1, 3));
  EXPECT_EQ(source_of(e, {Stage::embedding, 0, 0, 1, 0}), (Source{Kind::random, 7}));
  EXPECT_EQ(source_of(e, {Stage::embedding, 0, 0, 2, 0}), (Source{Kind::hand_set, 0}));
  EXPECT_EQ(words_of(*source_of(e, {Stage::embedding, 0, 0, 1, 0})), "random, seed 7");
  EXPECT_EQ(sources_in_words(e), "x of 'zebra' and 'quickly' is random (seed 7); the weights are hand-set");
  EXPECT_EQ(sources_in_words(with_sentence(e, "a b c d e zebra zebra")),
            "x of 'a', 'b', 'c' and 3 more is random (seed 7); the weights are hand-set");
}

TEST(Sources, StayTrueThroughSaveAndLoad) {
  const Experiment e = zebra(), back = from_json(to_json(e), "e.json");
  EXPECT_TRUE(same(e, back));
  EXPECT_THAT(random_rows(back), ElementsAre(1, 3));
  EXPECT_EQ(shown_title(back), shown_title(e));
}

TEST(Sources, ACellChangedByHandIsNoLongerRandom) {
  Experiment e = with_value(zebra(), {Stage::embedding, 0, 0, 1, 0}, 5);
  EXPECT_EQ(source_of(e, {Stage::embedding, 0, 0, 1, 0})->kind, Kind::edited);
  EXPECT_THAT(random_rows(e), ElementsAre(1, 3)) << "the rest of the row still is";
  for (int c = 1; c < e.d_model; ++c) e = with_value(e, {Stage::embedding, 0, 0, 1, c}, 0);
  EXPECT_THAT(random_rows(e), ElementsAre(3));
}

TEST(Sources, OfEveryKind) {
  Experiment e = with_random(zebra(), Stage::w_q, 0, 0, 11);
  EXPECT_EQ(source_of(e, {Stage::w_q, 0, 0, 0, 0}), (Source{Kind::random, 11}));
  EXPECT_EQ(weights_source(e), "hand-set and random (seed 11)");
  EXPECT_EQ(weights_source(with_random(e, Stage::w_k, 0, 0, 12)), "hand-set and random") << "two seeds";
  e.embedding.deviation = 0;
  EXPECT_EQ(source_of(e, {Stage::embedding, 0, 0, 1, 0})->kind, Kind::zero);
  EXPECT_THAT(random_rows(e), IsEmpty());
  EXPECT_EQ(source_of(e, {Stage::q, 0, 0, 0, 0}), std::nullopt) << "computed";
  EXPECT_EQ(source_of(e, {Stage::w_q, 0, 0, 99, 0}), std::nullopt) << "outside";
  e.layers[0].heads[0].q = std::make_shared<const Matrix>(Matrix::Ones(4, 8));
  EXPECT_EQ(source_of(e, {Stage::q, 0, 0, 0, 0})->kind, Kind::imported);
  e.embedding.origin = Origin::random;
  EXPECT_THAT(random_rows(e), IsEmpty()) << "X as a whole is random, and says so";
}

TEST(Sources, AnotherSentenceHasATitleOfItsOwn) {
  const Experiment start = default_experiment();
  EXPECT_EQ(shown_title(start), "The cat sat down");
  EXPECT_EQ(shown_title(zebra()), "Own sentence: the zebra sat quickly");
  EXPECT_EQ(shown_title(with_sentence(start, "The mouse sat down")), "The mouse sat down") << "it is offered";
  EXPECT_EQ(shown_title(with_token_removed(start, 3)), "Own sentence: The cat sat");
  EXPECT_EQ(shown_title(with_token_moved(start, 0, 3)), "Own sentence: cat sat down The");
  EXPECT_TRUE(same(with_token_moved(with_token_moved(start, 0, 3), 3, 0), start)) << "and back";
  EXPECT_TRUE(same(with_sentence(with_token(start, 1, "dog"), "The cat sat down"), start));
  Experiment named = start;
  named.title = "Who sits";
  EXPECT_EQ(shown_title(with_sentence(named, "zebras sleep")), "Own sentence in Who sits");
  EXPECT_EQ(shown_title(with_sentence(named, "The mouse sat down")), "Who sits");
}

TEST(Sources, TheDescriptionSaysWhatItWasWrittenFor) {
  EXPECT_EQ(shown_description(default_experiment()), default_experiment().description);
  EXPECT_THAT(shown_description(zebra()),
              HasSubstr("This was written for 'The cat sat down'; the sentence now is 'the zebra"));
  EXPECT_THAT(shown_description(zebra()), HasSubstr("x of 'zebra' and 'quickly' is random"));
}

TEST(Sources, AVeryLongSentenceIsStillReadBack) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "somewhatlongishword" + std::to_string(i) + " ";
  Experiment e = with_token_removed(with_sentence(default_experiment(), text), 0);
  e.written_for.clear();
  e = with_token_removed(e, 0);
  EXPECT_TRUE(same(e, from_json(to_json(e), "long.json")));
}

}  // namespace
}  // namespace qkv::experiment
