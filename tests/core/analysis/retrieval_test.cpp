#include "core/analysis/retrieval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/analysis/similarity.h"
#include "core/error.h"

namespace qkv::analysis {
namespace {

TEST(LookUp, SlidesFromOneRecordToAllOfThem) {
  const Catalogue c = library_catalogue();
  Vector query(4);
  query << 1.5f, 0, 0, 1;  // animals, and for children
  const Retrieval hard = look_up(c, query, 0);
  EXPECT_EQ(c.records[static_cast<std::size_t>(hard.best)], "A fox's year");
  EXPECT_EQ(hard.equals, 1);
  EXPECT_EQ(hard.weights(0, hard.best), 1);
  EXPECT_EQ(hard.blend, hard.found);
  EXPECT_EQ(hard.distance, 0);
  float before = 1, away = 0;
  for (const float t : {0.1f, 0.3f, 1.f, 3.f, 10.f}) {
    const Retrieval r = look_up(c, query, t);
    EXPECT_NEAR(r.weights.sum(), 1, 1e-5f);
    EXPECT_LT(r.weights(0, r.best), before + 1e-6f) << t;
    EXPECT_GE(r.distance, away) << t;
    before = r.weights(0, r.best);
    away = r.distance;
    // A ratio of weights is exp of the difference of scores ÷ temperature.
    EXPECT_NEAR(std::log(r.weights(0, 1) / r.weights(0, 0)), (r.scores(0, 1) - r.scores(0, 0)) / t, 1e-3f);
    EXPECT_LT((r.blend - r.weights * c.values).norm(), 1e-6f);
  }
  EXPECT_NEAR(look_up(c, query, 1e6f).weights(0, 2), 1 / 6.f, 1e-4f) << "all alike";
}

TEST(LookUp, SharesAmongEquals) {
  Catalogue c = library_catalogue();
  c.keys.row(1) = c.keys.row(0);
  const Retrieval r = look_up(c, query_for(c, 0), 0);
  EXPECT_EQ(r.equals, 2);
  EXPECT_EQ(r.best, 0);
  EXPECT_FLOAT_EQ(r.weights(0, 0), 0.5f);
  EXPECT_FLOAT_EQ(r.weights(0, 1), 0.5f);
}

TEST(LookUp, RefusesWhatMakesNoSense) {
  Catalogue c = library_catalogue();
  EXPECT_THROW(look_up(c, Vector::Zero(3), 1), Error);
  EXPECT_THROW(look_up(c, Vector::Zero(4), -1), Error);
  EXPECT_THROW(look_up(c, Vector::Zero(4), std::numeric_limits<float>::quiet_NaN()), Error);
  EXPECT_THROW(look_up({}, Vector::Zero(0), 1), Error);
  EXPECT_EQ(query_for(c, 17).sum(), 0);
}

TEST(LibraryCatalogue, IsWhole) {
  const Catalogue c = library_catalogue();
  EXPECT_EQ(c.keys.rows(), static_cast<Eigen::Index>(c.records.size()));
  EXPECT_EQ(c.keys.cols(), static_cast<Eigen::Index>(c.attributes.size()));
  EXPECT_EQ(c.values.rows(), c.keys.rows());
  EXPECT_EQ(c.values.cols(), static_cast<Eigen::Index>(c.contents.size()));
  for (int a = 0; a < static_cast<int>(c.attributes.size());
       ++a)  // lesson 2 speaks of the one book that fits best
    EXPECT_EQ(look_up(c, query_for(c, a), 0).equals, 1) << c.attributes[static_cast<std::size_t>(a)];
}

TEST(Similarity, IsNormsTimesCosine) {
  Vector a(2), b(2);
  a << 3, 0;
  b << 0, 2;
  EXPECT_EQ(similarity(a, b).dot, 0) << "orthogonal";
  EXPECT_FLOAT_EQ(similarity(a, b).angle, 90);
  b << -2, 0;
  EXPECT_EQ(similarity(a, b).cosine, -1) << "opposed";
  EXPECT_FLOAT_EQ(similarity(a, b).angle, 180);
  b << 1, 1;
  const Similarity s = similarity(a, b);
  EXPECT_FLOAT_EQ(s.dot, s.norm_a * s.norm_b * s.cosine);
  EXPECT_FLOAT_EQ(s.angle, 45);
  EXPECT_FLOAT_EQ(s.projection, 3 / std::sqrt(2.f));
  EXPECT_TRUE(std::isnan(similarity(a, Vector::Zero(2)).cosine));
  EXPECT_EQ(similarity(a, Vector::Zero(2)).dot, 0);
  EXPECT_THROW(similarity(a, Vector::Zero(3)), Error);
}

}  // namespace
}  // namespace qkv::analysis
