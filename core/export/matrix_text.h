#pragma once
#include <string>

#include "core/attention/attention.h"

namespace qkv::exports {

enum class Notation { numpy, csv, latex };

/// The whole matrix of a cell's stage, layer and head, every number exact; empty rows where it is absent.
std::string matrix_text(const attention::Trace& trace, const attention::Cell& cell, Notation notation);
/// The same as a .npy file: float32, C order, version 1.
std::string matrix_npy(const attention::Trace& trace, const attention::Cell& cell);

}  // namespace qkv::exports
