#pragma once
#include "app/drawing/painter.h"
#include "app/figures/map_layout.h"
#include "app/figures/weight_scale.h"

namespace qkv::figures {

/// One head's weights, queries downwards, keys to the right. Plain data; indices are those of the whole
/// matrix.
struct AttentionMap {
  /// Weights of `tile`, one value a cell; or fewer where cells are below 1 px, each the maximum over
  /// MapLayout::pool() × pool() of them. Null: not there yet, only the frame and the labels are drawn.
  std::shared_ptr<const Matrix> values{};
  /// What is coloured instead of the values: rank_places() of the same tile for Scale::row_rank; else null.
  std::shared_ptr<const Matrix> places{};
  model::Tile tile{};  ///< covers what is in view, or more
  WeightScale scale{};
  MapMask mask{};                                  ///< hatched, with a stepped outline
  std::span<const std::string> queries{}, keys{};  ///< labels, already readable: visible_token()
  int selected_query = -1, selected_key = -1;
  std::optional<MapCell> hovered{};
  int hovered_query = -1, hovered_key = -1;  ///< a label under the pointer here or elsewhere
  bool first_key_excluded = false;           ///< hatched; the caller leaves it out of the scale
  bool numbers = true;
  std::string id = "map";  ///< of its regions, where several stand side by side
  std::string hover_label{}, hover_hint{};  ///< the tooltip of the hovered cell
};

/// Regions, named after AttentionMap::id: "map" (a grid of cells: the whole matrix, clipped), "map/queries" and
/// "map/keys" on the labels,
/// where query_at() and key_at() say which token the pointer is on, drawn or thinned out.
void attention_map(drawing::Painter& p, const MapLayout& layout, const AttentionMap& map);

/// "excluded mass on ⟨bos⟩": a hatched bar and its value for each row in view, beside the map from `x` on (16
/// px right of shown() looks right); 72 px wide.
struct ExcludedMass {
  std::span<const float> mass{};  ///< [n_q]
  std::string on{};               ///< the first token's label
  int selected_query = -1;
};
void excluded_mass(drawing::Painter& p, const MapLayout& layout, float x, const ExcludedMass& mass);

}  // namespace qkv::figures
