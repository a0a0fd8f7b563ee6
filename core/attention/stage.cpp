#include "core/attention/stage.h"

#include <algorithm>
#include <array>

namespace qkv::attention {
namespace {

constexpr std::array<std::string_view, kStageCount> kNames = {
    "embedding",   "positions",   "norm_gain",    "norm_bias",
    "x",           "w_q",         "w_k",          "w_v",
    "b_q",         "b_k",         "b_v",          "q",
    "k",           "v",           "q_norm_gain",  "q_norm_bias",
    "k_norm_gain", "k_norm_bias", "q_normalised", "k_normalised",
    "q_rotated",   "k_rotated",   "score_bias",   "scores",
    "scaled",      "weights",     "output",       "w_o",
    "b_o",         "layer_output"};

}  // namespace

std::string_view name_of(Stage stage) { return kNames[static_cast<std::size_t>(stage)]; }

bool stage_from_name(std::string_view name, Stage& stage) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return false;
  stage = static_cast<Stage>(found - kNames.begin());
  return true;
}

bool is_leaf(Stage stage) {
  switch (stage) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::norm_gain:
    case Stage::norm_bias:
    case Stage::w_q:
    case Stage::w_k:
    case Stage::w_v:
    case Stage::b_q:
    case Stage::b_k:
    case Stage::b_v:
    case Stage::q_norm_gain:
    case Stage::q_norm_bias:
    case Stage::k_norm_gain:
    case Stage::k_norm_bias:
    case Stage::score_bias:
    case Stage::w_o:
    case Stage::b_o:
      return true;
    default:
      return false;
  }
}

bool is_per_layer(Stage stage) {
  return stage != Stage::embedding && stage != Stage::positions && stage != Stage::norm_gain &&
         stage != Stage::norm_bias && stage != Stage::score_bias;
}

bool is_per_head(Stage stage) {
  switch (stage) {
    case Stage::embedding:
    case Stage::positions:
    case Stage::norm_gain:
    case Stage::norm_bias:
    case Stage::x:
    case Stage::score_bias:
    case Stage::w_o:
    case Stage::b_o:
    case Stage::layer_output:
      return false;
    default:
      return true;
  }
}

}  // namespace qkv::attention
