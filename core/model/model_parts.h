#pragma once
#include <memory>

#include "core/model/config.h"
#include "core/model/model.h"
#include "core/model/weights.h"

namespace qkv::model {

/// What a Model is made of; for core/model itself.
struct Model::Parts {
  Config config;
  Weights weights;
  Summary summary;
  std::unique_ptr<const text::Tokenizer> tokenizer;
};

}  // namespace qkv::model
