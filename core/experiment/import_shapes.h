#pragma once
#include <string>
#include <vector>

#include "core/experiment/import_names.h"
#include "core/matrix.h"

// Arrays of a file as the matrices of heads, and which way round a matrix of weights is stored.
namespace qkv::experiment {

/// One matrix a head: [r, c] is one, [h, r, c] is h; leading axes of one element (a batch of one) do not
/// count, and a vector is one row. Throws Error (beginning with `file`) with more axes, or without any
/// number.
std::vector<Matrix> slices_of(const NamedTensor& array, Role role, const std::string& file);

/// What a matrix of weights must be: [rows, columns], where 0 columns are any.
struct Wanted {
  Eigen::Index rows = 0, columns = 0;
};
/// How it is stored: as wanted, or the other way round.
struct Fit {
  bool transposed = false;
  Eigen::Index columns = 0;  ///< after turning it round
  std::string
      note;  ///< what was inferred of it ("transposed: stored [out, in]"); empty when nothing had to be
};
/// A name ending in ".weight" is [out, in] where that fits; any other is [in, out] where that fits.
/// Throws Error naming the array, `other` (what it has to fit) and both shapes.
Fit fit_of(const NamedTensor& array, Role role, Wanted wanted, const std::string& other,
           const std::string& file);

}  // namespace qkv::experiment
