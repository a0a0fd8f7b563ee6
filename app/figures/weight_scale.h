#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/drawing/drawing.h"
#include "core/matrix.h"
#include "core/model/capture.h"

// How a weight becomes a place on the colour map: one function for the map, its legend and every shaded
// token.
namespace qkv::figures {

enum class Scale : unsigned char { linear, log, row_rank };

struct WeightScale {
  Scale scale = Scale::linear;
  float lo = 0;  ///< log: the lowest coloured weight, > 0; linear: 0; row_rank: unused
  float hi = 1;  ///< the weight of the last colour; row_rank: unused
  bool diverging = false;  ///< changes of weights, lo = −hi: coloured by their sign
};

/// Place of a value on the colour map, 0…1, clamped; NaN for NaN. For row_rank the value is a place already:
/// what rank_places() gives.
float scale_value(const WeightScale& scale, float value);
/// The value at a place: the inverse within lo…hi.
float value_at(const WeightScale& scale, float place);

struct ScaleTick {
  float place = 0;  ///< 0…1
  std::string label{};
};
/// Round values, low to high, at most about `most` of them (2 at least): "0.2", "1e-3"; of row_rank "last",
/// "middle", "first".
std::vector<ScaleTick> scale_ticks(const WeightScale& scale, int most);

/// The colours of a scale, and how far a place is from where they are faintest, 0…1.
drawing::Map map_of(const WeightScale& scale);
float strength(const WeightScale& scale, float place);

/// An upper end for the scale: the largest weight shown, rounded up to 0.05, or to one leading digit below
/// 0.1.
float weight_limit(float largest);
/// A range for weights of which the largest is `largest`: linear from 0, log over four decades.
WeightScale weight_scale(Scale scale, float largest);
/// For differences of weights: linear, from −limit to limit.
WeightScale change_scale(float largest_magnitude);

/// Of each value its place among those of its row that count: 1 for the largest, 0 for the smallest, equal
/// values share the better place; cells that do not count get 0. [rows, n_k] → [rows, n_k]. `counts` takes
/// the row and column in `whole_rows`; none: all count.
Matrix rank_places(const Matrix& whole_rows, const std::function<bool(int, int)>& counts = {});

/// A weight in at most `characters`: ".81", "0", "0.814"; "" where it has no room.
std::string weight_text(float weight, int characters);

}  // namespace qkv::figures
