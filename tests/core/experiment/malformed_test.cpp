#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "tests/core/experiment/documents.h"

namespace qkv::experiment {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What is wrong with the text; empty when it opens, and then it must also evaluate.
std::string refusal(const std::string& text) {
  try {
    evaluate(from_json(text, "bad.json"));
    return "";
  } catch (const Error& error) {
    EXPECT_LE(std::string(error.what()).size(), 500U) << error.what();
    EXPECT_THAT(error.what(), StartsWith("bad.json"));
    return error.what();
  }
}

json tiny() { return json::parse(to_json(tiny_experiment())); }

std::string refusal_with(const std::string& pointer, const json& value) {
  json document = tiny();
  document[json::json_pointer(pointer)] = value;
  return refusal(document.dump());
}

TEST(Malformed, EveryTruncationIsRefused) {
  const std::string text = to_json(default_experiment());
  for (std::size_t size = 0; size + 2 < text.size(); ++size)  // but for the last line break
    ASSERT_NE(refusal(text.substr(0, size)), "") << size;
}

// Calls visit(document) with every value of the document replaced in turn by one of another kind.
template <class Visit>
void with_each_swapped(json& document, json& at, Visit visit) {
  const json swaps[] = {nullptr,       true,           -1,
                        0.5,           1e30,           "text",
                        json::array(), json::object(), json::array({1, "a", nullptr}),
                        {{"key", 1}},  1000000};
  if (at.is_structured())
    for (auto& child : at) with_each_swapped(document, child, visit);
  const json kept = at;
  for (const json& swap : swaps) {
    at = swap;
    visit(document);
  }
  at = kept;
}

TEST(Malformed, EverySwappedTypeIsRefusedOrIsAnotherDocument) {
  Random random(3);
  int refused = 0, accepted = 0;
  for (int i = 0; i < 3; ++i) {
    const Experiment original = any_experiment(random);
    const std::string text = to_json(original);
    json document = json::parse(text);
    with_each_swapped(document, document, [&](const json& swapped) {
      if (!refusal(swapped.dump()).empty()) {
        ++refused;
        return;
      }
      const Experiment other = from_json(swapped.dump(), "other.json");
      EXPECT_EQ(same(other, original), to_json(other) == text) << swapped;
      ++accepted;
    });
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(accepted, 100);
}

TEST(Malformed, EveryMissingKeyIsRefusedOrHasADefault) {
  for (const char* key : {"format", "version", "tokens", "d_model", "d_k", "d_v", "layers"}) {
    json document = tiny();
    document.erase(key);
    EXPECT_THAT(refusal(document.dump()), HasSubstr(key));
  }
  json document = tiny();
  document.erase("embedding");
  document.erase("options");
  EXPECT_EQ(refusal(document.dump()), "");
}

TEST(Malformed, FlippedBytesNeverCrash) {
  const std::string text = to_json(default_experiment());
  Random random(4);
  for (int i = 0; i < 5000; ++i) {
    std::string flipped = text;
    for (int flips = any_int(random, 3); flips >= 0; --flips)
      flipped[static_cast<std::size_t>(any_int(random, static_cast<int>(text.size()) - 1))] =
          static_cast<char>(any_int(random, 255));
    refusal(flipped);
  }
}

TEST(Malformed, SentencesNameTheFieldAndWhatIsExpected) {
  EXPECT_EQ(refusal_with("/layers/0/heads/0/w_q/values/1", json::array({1})),
            "bad.json: layers[0].heads[0].w_q.values[1] must be a list of 2 numbers like the rows before it, "
            "but has 1.");
  EXPECT_EQ(refusal_with("/layers/0/heads/0/w_q/values/1/0", "x"),
            "bad.json: layers[0].heads[0].w_q.values[1][0] must be a number (or \"NaN\", \"Infinity\", "
            "\"-Infinity\"), but "
            "is the text \"x\".");
  EXPECT_EQ(refusal_with("/d_k", 4097), "bad.json: d_k must be a whole number from 1 to 4096, but is 4097.");
  EXPECT_EQ(refusal_with("/version", 3),
            "bad.json: version must be 1 or 2, the versions this program reads, but is 3.");
  EXPECT_EQ(refusal_with("/norm", {{"kind", "batch"}}),
            "bad.json: norm.kind must be \"layer\" or \"rms\", but is the text \"batch\".");
  EXPECT_THAT(refusal_with("/norm", {{"kind", "layer"}, {"factors", {{1}}}}),
              HasSubstr("only an \"rms\" norm can have"));
  EXPECT_THAT(refusal_with("/norm", {{"kind", "rms"}, {"factors", {{1, 2}}}}), HasSubstr("norm.factors"));
  EXPECT_EQ(refusal_with("/options/mask", "diagonal"),
            "bad.json: options.mask must be \"none\", \"causal\" or \"sliding_window\", but is the text "
            "\"diagonal\".");
  EXPECT_EQ(refusal_with("/embedding/colour", 1),
            "bad.json: embedding has the unknown key \"colour\"; it may have origin, words, values, seed, "
            "deviation.");
  EXPECT_THAT(refusal_with("/colour", 1), HasSubstr("tokens, d_model, d_k, d_v, layers and 17 others"));
  EXPECT_THAT(refusal_with("/edits", {{"output[0,0]", 1}}),
              HasSubstr("\"output[0,0]\", which is not a cell that can be"));
  EXPECT_THAT(refusal_with("/gains", {{"b_q", 1}}), HasSubstr("\"b_q\", which is not a weight matrix"));
  EXPECT_THAT(refusal_with("/options/temperature", 0),
              HasSubstr("options.temperature must be a number greater than 0"));
  EXPECT_THAT(refusal_with("/layers/0/heads/0/w_q", json::object()), HasSubstr("lacks the key \"origin\""));
  EXPECT_THAT(refusal_with("/padding", {2}), HasSubstr("padding[0] must be a whole number from 0 to 1"));
  EXPECT_THAT(refusal_with("/embedding/seed", -1),
              HasSubstr("embedding.seed must be a whole number from 0 to 184467"));
}

TEST(Malformed, LayersThatDoNotFitAreRefused) {
  json document = tiny();
  document["layers"].push_back(document["layers"][0]);
  EXPECT_EQ(refusal(document.dump()), "");
  document["d_v"] = 3;
  EXPECT_EQ(refusal(document.dump()),
            "bad.json: layers[0] must give d_model = 2 columns to the residual stream, but its heads give 3; "
            "add a w_o.");
}

TEST(Malformed, KeysGivenTwiceAreRefused) {
  std::string text = to_json(tiny_experiment());
  text.replace(text.find("\"d_k\""), 5, "\"d_v\"");
  EXPECT_EQ(refusal(text), "bad.json gives the key \"d_v\" twice in one object; keep one of them.");
  EXPECT_THAT(refusal_with("/embedding/words", {{"Cat", {1}}, {"cat", {2}}}),
              HasSubstr("is the same word as another key"));
  EXPECT_THAT(refusal_with("/edits", {{"w_q[0,0]", 1}, {"0.0:w_q[0,0]", 2}}),
              HasSubstr("names w_q[0,0] twice"));
  EXPECT_THAT(refusal_with("/options/custom_mask", {{"allow", {{0, 1}}}, {"forbid", {{0, 1}}}}),
              HasSubstr("options.custom_mask.forbid[0] names a cell that was named before"));
}

TEST(Malformed, DamageIsLocated) {
  EXPECT_EQ(refusal("{\n  \"format\": oops\n}"),
            "bad.json is not whole JSON: it stops making sense at line 2, column 13; mend it there or "
            "restore a copy.");
  EXPECT_THAT(refusal(""), HasSubstr("line 1, column 1"));
  EXPECT_THAT(refusal("\"\xFF\""), HasSubstr("not whole JSON"));
  EXPECT_THAT(refusal("[1e39]"), HasSubstr("too large for float32"));
  EXPECT_THAT(refusal("[]"), HasSubstr("must be an object with \"format\""));
}

TEST(Malformed, HostileSizesAreRefusedEarly) {
  EXPECT_THAT(refusal(std::string(1'000'000, '[')), HasSubstr("nested deeper than 16"));
  std::string wide = "[0";
  for (int i = 0; i < 17'000'000; ++i) wide += ",0";
  EXPECT_THAT(refusal(wide + "]"), HasSubstr("more than 16000000 values"));
  EXPECT_THAT(refusal_with("/tokens", json(std::vector<std::string>(2049, "a"))),
              HasSubstr("a list of 1 to 2048 values"));
  EXPECT_THAT(refusal_with("/tokens/0", std::string(257, 'a')), HasSubstr("at most 256 bytes, but has 257"));
  EXPECT_THAT(refusal_with("/embedding/words/a", std::vector<int>(4097)), HasSubstr("at most 4096 values"));
  EXPECT_THAT(refusal_with("/" + std::string(100'000, 'k'), 1), HasSubstr("unknown key"));
}

TEST(Malformed, ALongFileNameIsCutToo) {
  try {
    from_json("{}", std::string(10'000, 'n'));
    FAIL();
  } catch (const Error& error) {
    EXPECT_LE(std::string(error.what()).size(), 500U);
  }
}

}  // namespace
}  // namespace qkv::experiment
