#include "core/attention/mask.h"

namespace qkv::attention {
namespace {

bool allows_by_rule(const Mask& mask, int query, int key) {
  if (static_cast<std::size_t>(key) < mask.padding.size() && mask.padding[key]) return false;
  switch (mask.kind) {
    case MaskKind::causal:
      return key <= query;
    case MaskKind::sliding_window:
      return key <= query && key > query - mask.window;
    case MaskKind::none:
      break;
  }
  return true;
}

}  // namespace

bool Mask::allows(int query, int key) const {
  const auto cell = custom.find({query, key});
  return cell != custom.end() ? cell->second : allows_by_rule(*this, query, key);
}

AllowedKeys allowed_keys(const Mask& mask, int n) {
  if (mask.kind == MaskKind::none && mask.padding.empty() && mask.custom.empty()) return {};
  AllowedKeys allowed(n, n);
  for (int query = 0; query < n; ++query) {
    for (int key = 0; key < n; ++key) allowed(query, key) = allows_by_rule(mask, query, key);
  }
  for (const auto& [cell, allows] : mask.custom) {
    const auto [query, key] = cell;
    if (query >= 0 && query < n && key >= 0 && key < n) allowed(query, key) = allows;
  }
  return allowed;
}

}  // namespace qkv::attention
