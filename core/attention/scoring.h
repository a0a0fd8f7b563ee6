#pragma once
#include <algorithm>

namespace qkv::attention {

/// How one layer turns q·k into weights: weights = softmax(mask(cap(scale · q·k))), cap(s) =
/// softcap·tanh(s/softcap).
struct Scoring {
  float scale = 1;    ///< factor on q·k
  float softcap = 0;  ///< 0: none (Gemma 2 has one)
  bool causal = true;
  int window = 0;  ///< query i sees keys i−window+1 … i; 0: no limit
  bool allows(int query, int key) const { return key >= first_key(query) && (!causal || key <= query); }
  /// The keys a query sees are first_key(query) … end_key(query, n_k) − 1; none when the first is not below
  /// the end.
  int first_key(int query) const { return window == 0 ? 0 : std::max(0, query - window + 1); }
  int end_key(int query, int n_keys) const { return causal ? std::min(n_keys, query + 1) : n_keys; }
  bool operator==(const Scoring&) const = default;
};

/// A rectangle of one head's [n_q, n_k] matrix.
struct Tile {
  int row = 0, column = 0, rows = 0, columns = 0;
};

}  // namespace qkv::attention
