#pragma once
#include "core/attention/attention.h"

namespace qkv::attention {

using AllowedKeys = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Mask::allows for every query and key, [n, n]; empty when nothing is hidden.
AllowedKeys allowed_keys(const Mask& mask, int n);

}  // namespace qkv::attention
