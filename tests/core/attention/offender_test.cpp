#include "core/attention/offender.h"

#include <gtest/gtest.h>

#include <limits>

namespace qkv::attention {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();

Inputs sound() {
  Inputs in;
  in.embedding = Matrix::Ones(3, 2);
  in.layers.resize(2);
  for (LayerInputs& layer : in.layers) {
    layer.heads.resize(2);
    for (HeadInputs& head : layer.heads) {
      head.w_q = head.w_k = head.w_v = Matrix::Ones(2, 2);
      head.b_v = Vector::Zero(2);
    }
    layer.w_o = Matrix::Ones(4, 2);
  }
  in.options.score_bias = Matrix::Zero(3, 3);
  return in;
}

TEST(Offender, NoneInSoundInputs) { EXPECT_EQ(first_not_finite(sound()), std::nullopt); }

TEST(Offender, IsTheFirstInTheOrderOfComputation) {
  Inputs in = sound();
  in.overrides[{Stage::q, 1, 1, 2, 0}] = kNaN;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::q, 1, 1, 2, 0}));
  in.options.score_bias(1, 2) = kInf;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::score_bias, 0, 0, 1, 2}));
  in.layers[1].w_o(3, 1) = kNaN;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::w_o, 1, 0, 3, 1}));
  in.layers[0].heads[1].b_v(1) = -kInf;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::b_v, 0, 1, 0, 1}));
  in.layers[0].heads[1].w_k(1, 0) = kInf;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::w_k, 0, 1, 1, 0}));
  in.embedding(2, 1) = kNaN;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::embedding, 0, 0, 2, 1}));
}

TEST(Offender, WhatOnlyHidesAKeyIsNone) {
  Inputs in = sound();
  in.options.score_bias(0, 1) = -kInf;
  in.overrides[{Stage::scores, 0, 0, 0, 1}] = -kInf;
  EXPECT_EQ(first_not_finite(in), std::nullopt);
  in.overrides[{Stage::scores, 0, 0, 0, 2}] = kInf;
  EXPECT_EQ(first_not_finite(in), (Cell{Stage::scores, 0, 0, 0, 2}));
}

TEST(Offender, AWeightThatIsNotUsedIsNone) {
  Inputs in = sound();
  in.layers[0].heads[0].q = Matrix::Ones(3, 2);
  in.layers[0].heads[0].w_q(0, 0) = kNaN;
  EXPECT_EQ(first_not_finite(in), std::nullopt);
}

}  // namespace
}  // namespace qkv::attention
