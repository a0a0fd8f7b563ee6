#include <gtest/gtest.h>

#include <Eigen/SVD>
#include <cmath>
#include <filesystem>

#include "app/documents/model_run.h"
#include "app/documents/open_in_lab.h"
#include "core/experiment/json.h"

// The shipped experiments that are said to be trained are the model they are said to be from (trained_heads.py).
namespace qkv::documents {
namespace {

namespace fs = std::filesystem;
using experiment::Experiment;
using experiment::Origin;

constexpr int kLayer = 1, kHead = 2;

Experiment shipped(const std::string& name) {
  return experiment::load(fs::path(QKV_SOURCE_DIR) / "assets/experiments" / (name + ".json"));
}

Experiment of_the_model(const std::string& text) {
  const auto model = model::Model::open(fs::path(QKV_SOURCE_DIR) / "assets/models/pronouns");
  ModelState state;
  state.text = text;
  const auto run = run_pass(model, state, nullptr, nullptr, {}, {});
  return lab_experiment(model.get(), *run->capture, run->tokens.readable, kLayer, kHead);
}

float difference(const Matrix& a, const Matrix& b) {
  EXPECT_EQ(a.rows(), b.rows());
  EXPECT_EQ(a.cols(), b.cols());
  return a.size() == b.size() ? (a - b).cwiseAbs().maxCoeff<Eigen::PropagateNaN>() : INFINITY;
}

// Their numbers are rounded to four digits behind the point.
void expect_the_head(const std::string& name, const std::string& text) {
  SCOPED_TRACE(name);
  const Experiment own = shipped(name), real = of_the_model(text);
  const experiment::Head &head = own.layers[0].heads[0], &wanted = real.layers[0].heads[0];
  for (const auto parameter : {&experiment::Head::w_q, &experiment::Head::w_k, &experiment::Head::w_v}) {
    EXPECT_EQ((head.*parameter).origin, Origin::trained);
    EXPECT_LT(difference(*(head.*parameter).values, *(wanted.*parameter).values), 6e-5f);
  }
  const attention::Trace a = experiment::evaluate(own), b = experiment::evaluate(real);
  EXPECT_LT(difference(a.layers[0].x, b.layers[0].x), 6e-5f);
  EXPECT_LT(difference(a.layers[0].heads[0].weights, b.layers[0].heads[0].weights), 1e-3f);
}

TEST(TrainedExperiments, AreTheHeadOfTheModel) {
  expect_the_head("trained_head", "The dog chased the ball because it was excited");
  expect_the_head("trained_head_red", "The dog chased the ball because it was red");
}

TEST(TrainedExperiments, TheTunedHeadDiffersInOneRowTimesOneColumnOfWQ) {
  const Experiment before = shipped("trained_head"), after = shipped("tuned_head");
  const experiment::Head &a = before.layers[0].heads[0], &b = after.layers[0].heads[0];
  EXPECT_EQ(*a.w_k.values, *b.w_k.values);
  EXPECT_EQ(*a.w_v.values, *b.w_v.values);
  EXPECT_EQ(*before.embedding.values, *after.embedding.values);
  const Matrix change = *b.w_q.values - *a.w_q.values;
  const Eigen::JacobiSVD<Eigen::MatrixXf> svd(change);
  EXPECT_LT(svd.singularValues()[1], 0.01f * svd.singularValues()[0]) << "rank 1 but for rounding";
}

TEST(TrainedExperiments, TheRandomHeadHasTheSameXAndTheSizeOfTheTrainedWeights) {
  const Experiment random = shipped("random_head"), trained = shipped("trained_head");
  EXPECT_EQ(*random.embedding.values, *trained.embedding.values);
  const experiment::Head &a = random.layers[0].heads[0], &b = trained.layers[0].heads[0];
  for (const auto parameter : {&experiment::Head::w_q, &experiment::Head::w_k, &experiment::Head::w_v}) {
    EXPECT_EQ((a.*parameter).origin, Origin::random);
    const Matrix& values = *(b.*parameter).values;
    const float size = values.norm() / std::sqrt(static_cast<float>(values.size()));
    EXPECT_NEAR((a.*parameter).deviation, size, 0.1f * size);
  }
}

}  // namespace
}  // namespace qkv::documents
