#pragma once
#include "core/model/model.h"
#include "core/parallel.h"

namespace qkv::model {

/// Logits of some rows of the final hidden state, the last of Capture::hidden: [rows, vocabulary], after any
/// final soft-cap. Throws Error when the model has no head or the rows have another width.
Matrix head_logits(const Model& model, const Matrix& final_hidden);
/// The same with threads that are there already.
Matrix head_logits(Team& team, const Model& model, const Matrix& final_hidden);

}  // namespace qkv::model
