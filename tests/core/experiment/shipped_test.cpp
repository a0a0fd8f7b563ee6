#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "tests/core/experiment/shipped.h"

// What is asked of every shipped experiment. What each must show by itself is in shipped_claims_test.cpp.
namespace qkv::experiment::shipped {
namespace {

using ::testing::HasSubstr;

class Shipped : public ::testing::TestWithParam<const char*> {
 protected:
  const Experiment e = open(GetParam());
  bool random() const { return std::string(GetParam()) == "random"; }
  std::vector<std::string> all_sentences() const {
    std::vector<std::string> all = e.sentences;
    all.insert(all.begin(), sentence_of(e));
    return all;
  }
};

TEST_P(Shipped, LoadsAndRoundTrips) {
  EXPECT_TRUE(same(e, from_json(to_json(e), "again.json")));
  EXPECT_EQ(to_json(e), to_json(from_json(to_json(e), "again.json")));
}

TEST_P(Shipped, IsPlainOtherwise) {
  EXPECT_FALSE(e.title.empty());
  EXPECT_TRUE(e.edits.empty() && e.gains.empty() && e.expected.empty() && e.custom_mask.empty());
  EXPECT_EQ(e.mask, attention::MaskKind::none);
  EXPECT_EQ(e.positions, attention::Positions::none);
  EXPECT_TRUE(e.scale);
  EXPECT_EQ(e.temperature, 1);
}

TEST_P(Shipped, SaysWhereItsNumbersComeFrom) {
  const Origin origin = random() ? Origin::random : Origin::hand_set;
  EXPECT_EQ(e.embedding.origin, origin);
  for (const Layer& layer : e.layers) {
    if (layer.w_o) {
      EXPECT_EQ(layer.w_o->origin, origin);
    }
    for (const Head& head : layer.heads)
      for (const Parameter* parameter : {&head.w_q, &head.w_k, &head.w_v})
        EXPECT_EQ(parameter->origin, origin);
  }
  EXPECT_THAT(e.description, HasSubstr(random() ? "random" : "hand-set"));
}

TEST_P(Shipped, ReadsInFourSentences) {
  const auto ends = std::ranges::count_if(e.description, [](char c) { return c == '.' || c == '?'; });
  EXPECT_GE(ends, 2);
  EXPECT_LE(e.description.size(), 520u);
}

TEST_P(Shipped, NamesEveryColumn) {
  if (random()) return;
  EXPECT_EQ(static_cast<int>(e.dimensions.size()), e.d_model);
  for (const Layer& layer : e.layers)
    for (const Head& head : layer.heads) {
      EXPECT_FALSE(head.name.empty());
      EXPECT_EQ(static_cast<int>(head.q_columns.size()), e.d_k);
      EXPECT_EQ(static_cast<int>(head.k_columns.size()), e.d_k);
      EXPECT_EQ(static_cast<int>(head.v_columns.size()), e.d_v);
    }
}

TEST_P(Shipped, KnowsEveryWordOfEverySentence) {
  if (random()) return;
  for (const std::string& sentence : all_sentences())
    for (const std::string& word : words_of(sentence)) {
      const auto found = e.embedding.words.find(lower(word));
      ASSERT_NE(found, e.embedding.words.end()) << word;
      EXPECT_EQ(static_cast<int>(found->second.size()), e.d_model) << word;
    }
}

TEST_P(Shipped, HandSetNumbersAreRound) {
  if (random()) return;
  const auto expect_round = [](float value) { EXPECT_EQ(value * 2, std::round(value * 2)) << value; };
  for (const auto& [word, row] : e.embedding.words) std::ranges::for_each(row, expect_round);
  for (const Layer& layer : e.layers)
    for (const Head& head : layer.heads)
      for (const Parameter* parameter : {&head.w_q, &head.w_k, &head.w_v})
        for (const float value : parameter->values->reshaped()) expect_round(value);
}

// Explained: the cell itself; and no explanation is left over beside a zero.
TEST_P(Shipped, EveryNonZeroWeightAndOnlyThatIsExplained) {
  std::set<Cell> weights;
  const auto collect = [&](const Parameter& parameter, Stage stage, int layer, int head) {
    if (!parameter.values) return;
    for (int r = 0; r < parameter.values->rows(); ++r)
      for (int c = 0; c < parameter.values->cols(); ++c)
        if ((*parameter.values)(r, c) != 0) weights.insert({stage, layer, head, r, c});
  };
  for (int l = 0; l < static_cast<int>(e.layers.size()); ++l) {
    if (e.layers[l].w_o) collect(*e.layers[l].w_o, Stage::w_o, l, 0);
    for (int h = 0; h < static_cast<int>(e.layers[l].heads.size()); ++h) {
      collect(e.layers[l].heads[h].w_q, Stage::w_q, l, h);
      collect(e.layers[l].heads[h].w_k, Stage::w_k, l, h);
      collect(e.layers[l].heads[h].w_v, Stage::w_v, l, h);
    }
  }
  EXPECT_EQ(weights.empty(), random());
  std::set<Cell> explained;
  for (const auto& [cell, text] : e.explanations) {
    EXPECT_GT(text.size(), 5u) << format_cell(cell);
    if (cell.row >= 0) explained.insert(cell);
  }
  for (const Cell& cell : weights) EXPECT_TRUE(explained.contains(cell)) << format_cell(cell);
  for (const Cell& cell : explained) EXPECT_TRUE(weights.contains(cell)) << format_cell(cell);
}

TEST_P(Shipped, EveryNamedColumnIsExplained) {
  if (random()) return;
  const auto expect_columns = [&](Stage stage, int layer, int head, int columns) {
    for (int c = 0; c < columns; ++c) {
      const Cell column{stage, layer, head, -1, c};
      EXPECT_TRUE(e.explanations.contains(column)) << format_cell(column);
    }
  };
  expect_columns(Stage::embedding, 0, 0, e.d_model);
  for (int l = 0; l < static_cast<int>(e.layers.size()); ++l)
    for (int h = 0; h < static_cast<int>(e.layers[l].heads.size()); ++h) {
      expect_columns(Stage::w_q, l, h, e.d_k);
      expect_columns(Stage::w_k, l, h, e.d_k);
      expect_columns(Stage::w_v, l, h, e.d_v);
    }
}

TEST_P(Shipped, EveryContentWordOfEverySentenceHasATarget) {
  if (random()) return;
  const std::set<std::string> function_words = {"the", "because", "pad"};
  for (const std::string& sentence : all_sentences()) {
    std::set<int> queries;
    for (const Target& target : e.targets)
      if (target.sentence == sentence) queries.insert(target.query);
    const std::vector<std::string> words = words_of(sentence);
    for (int i = 0; i < static_cast<int>(words.size()); ++i)
      EXPECT_TRUE(queries.contains(i) || function_words.contains(lower(words[i])))
          << words[i] << " in '" << sentence << "'";
  }
}

// Clearly the largest, and not saturated: there is something left to see.
TEST_P(Shipped, EveryTargetHolds) {
  EXPECT_EQ(e.targets.empty(), random());
  const std::vector<std::string> sentences = all_sentences();
  std::map<std::string, attention::Trace> traces;
  for (const std::string& sentence : sentences) traces[sentence] = evaluate(with_sentence(e, sentence));
  for (const Target& target : e.targets) {
    ASSERT_TRUE(traces.contains(target.sentence)) << target.sentence;
    const std::string what = target.sentence + ": " + target.because;
    EXPECT_GT(target.because.size(), 10u) << what;
    const Matrix& weights = traces[target.sentence].layers.at(target.layer).heads.at(target.head).weights;
    ASSERT_LT(std::max(target.query, target.key), weights.rows()) << what;
    std::vector<float> row(weights.row(target.query).begin(), weights.row(target.query).end());
    const float weight = row[target.key];
    // A word that is compared with itself (plain comparison) is not asked to stand out as much.
    EXPECT_GE(weight, target.query == target.key ? 0.5f : 0.6f) << what;
    EXPECT_LE(weight, 0.96f) << what;
    std::ranges::sort(row, std::greater());
    EXPECT_EQ(row[0], weight) << what;
    EXPECT_GT(weight, 2 * row[1]) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Shipped,
                         ::testing::Values("cat_sat_down", "cat_chased_the_mouse", "it_dog", "it_dog_or_ball",
                                           "red_ball", "bank", "plain_comparison", "random", "compass", "padded",
                                           "apple", "it_to_ball"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace qkv::experiment::shipped
