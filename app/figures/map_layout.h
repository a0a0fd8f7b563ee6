#pragma once
#include <optional>
#include <span>
#include <string>

#include "app/drawing/text_engine.h"
#include "core/model/capture.h"

// Where the cells of one head's [n_q, n_k] map are on the screen: shared by drawing, hit testing and the
// caller that fetches the values in view.
namespace qkv::figures {

inline constexpr float kFullCell = 24;  ///< px a cell at "100 %"
inline constexpr float kLargestCell = 96;

/// A query and a key.
struct MapCell {
  int query = 0, key = 0;
  bool operator==(const MapCell&) const = default;
};

/// What the user chose: everything else follows from it and the size.
struct MapView {
  float cell = 0;        ///< px a cell; 0: fit
  drawing::Point pan{};  ///< px the matrix is moved left and up
  bool operator==(const MapView&) const = default;
};

/// Room of the labels around the cells, px. Measures every label: keep it while they are the same.
struct MapGutters {
  float left = 92, top = 76, right = 16;
  float index = 12;  ///< of `left`: the row numbers
};
MapGutters map_gutters(drawing::TextEngine& text, std::span<const std::string> queries,
                       std::span<const std::string> keys);

struct MapLayout {
  drawing::Rect area{};      ///< labels included
  drawing::Rect viewport{};  ///< where cells may show
  MapGutters gutters{};
  int queries = 0, keys = 0;
  float cell = 1;        ///< px; below 1 when even single pixels do not fit
  float fit_cell = 1;    ///< the cell with which everything fits
  drawing::Point pan{};  ///< clamped

  drawing::Rect cells() const;  ///< the whole matrix, also what the viewport hides
  drawing::Rect shown() const;  ///< its part in the viewport
  drawing::Rect rect_of(MapCell at) const;
  drawing::Rect rect_of(const model::Tile& tile) const;
  bool whole() const;  ///< nothing is hidden
  /// Cells in view, grown to whole pools. Ask for a larger one to scroll without waiting: what is out of view
  /// is clipped.
  model::Tile visible() const;
  /// Tokens a texel should stand for in each direction so that a texel is about a pixel: 1 when cells are ≥ 1
  /// px. The values drawn may then be pooled by maximum: [⌈rows / pool⌉, ⌈columns / pool⌉].
  int pool() const;
  float percent() const { return cell / kFullCell * 100; }
};

MapLayout map_layout(drawing::Rect area, int queries, int keys, const MapView& view,
                     const MapGutters& gutters = {});

std::optional<MapCell> cell_at(const MapLayout& layout, drawing::Point p);
/// The query (key) whose row (column) the point is on, in the cells or in the labels (column labels slant by
/// 60°).
std::optional<int> query_at(const MapLayout& layout, drawing::Point p);
std::optional<int> key_at(const MapLayout& layout, drawing::Point p);

/// `factor` times the size, what is under `about` staying there. Whole pixels a cell from 4 px on, and always
/// a step; never smaller than fit.
MapView zoom_about(const MapLayout& layout, drawing::Point about, float factor);
/// Moves with the pointer.
MapView panned(const MapLayout& layout, drawing::Point by);
/// The least movement that shows the cell.
MapView showing(const MapLayout& layout, MapCell at);
/// 24 px a cell about the given one.
MapView full_size(const MapLayout& layout, MapCell about);
/// The cell in the middle of the viewport, as nearly as the edges let it.
MapView centred(const MapLayout& layout, float query, float key);

/// What may attend to what: query i sees keys i−window+1 … i when causal;
/// window 0 is no limit.
struct MapMask {
  bool causal = false;
  int window = 0;
  int first_key(int query) const { return window > 0 && query - window + 1 > 0 ? query - window + 1 : 0; }
  int end_key(int query, int keys) const { return causal && query + 1 < keys ? query + 1 : keys; }
  bool allows(int query, int key) const {
    return (!causal || key <= query) && (window == 0 || key > query - window);
  }
};

}  // namespace qkv::figures
