#include "core/attention/attention.h"

namespace qkv::attention {

bool Mask::allows(int query, int key) const {
  if (const auto cell = custom.find({query, key}); cell != custom.end()) return cell->second;
  if (static_cast<std::size_t>(key) < padding.size() && padding[key]) return false;
  switch (kind) {
    case MaskKind::causal:
      return key <= query;
    case MaskKind::sliding_window:
      return key <= query && key > query - window;
    case MaskKind::none:
      break;
  }
  return true;
}

}  // namespace qkv::attention
