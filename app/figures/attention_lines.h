#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "app/drawing/painter.h"
#include "app/figures/map_layout.h"
#include "app/figures/weight_scale.h"

// Two columns of tokens, queries left and keys right, and a line for each weight, the stronger the more
// opaque.
namespace qkv::figures {

struct LinesLayout {
  drawing::Rect area{};
  drawing::Rect viewport{};  ///< where rows show; below it one line says what was left out
  int queries = 0, keys = 0;
  float pitch = 24;                  ///< px from token to token
  float scroll = 0, key_scroll = 0;  ///< px of each column, whole rows
  float scroll_most = 0, key_scroll_most = 0;
  float left = 100, right = 100;  ///< widths of the columns
  float index = 12;               ///< width of the numbers
  /// The queries in view and all keys: the values to give.
  model::Tile visible() const;
  drawing::Rect query_rect(int query) const;
  drawing::Rect key_rect(int key) const;
};

/// Measures the labels; keep it while they, the area and the scroll are the same. `key_scroll`: where the
/// keys are scrolled apart from the queries.
LinesLayout lines_layout(drawing::TextEngine& text, drawing::Rect area, std::span<const std::string> queries,
                         std::span<const std::string> keys, float scroll = 0,
                         std::optional<float> key_scroll = {});
std::optional<int> query_at(const LinesLayout& layout, drawing::Point p);
std::optional<int> key_at(const LinesLayout& layout, drawing::Point p);
/// The least scroll that shows the query, and the same of the keys' column.
float scroll_to_query(const LinesLayout& layout, int query);
float scroll_to_key(const LinesLayout& layout, int key);

struct AttentionLines {
  std::shared_ptr<const Matrix> values{};  ///< weights of `tile`, one a cell; null: not there yet
  model::Tile tile{};                      ///< rows: at least those in view; columns: all keys
  WeightScale scale{};                     ///< of opacity; row_rank is drawn as linear
  MapMask mask{};
  std::span<const std::string> queries{}, keys{};
  int selected_query = -1, selected_key = -1;
  int hovered_query = -1, hovered_key = -1;  ///< a hovered one is emphasised in place of the selected one
  bool first_key_excluded = false;           ///< no lines to it, its label hatched
  int most_lines = 1000;
};

/// What is drawn and what is not, of the queries in view.
struct LinesCut {
  float threshold = 0;  ///< weights below it have no line
  float left_out = 0;   ///< their share of the weights, 0…1
  int lines = 0;
};
/// The least round threshold (0.005 or more) with which at most `most` lines are drawn. Columns before
/// first_key do not count; nor rows but `rows` (−1: all) from first_row on. Of changes their magnitudes count.
LinesCut lines_cut(const Matrix& values, int most, int first_key = 0, int first_row = 0, int rows = -1);

/// Regions: "query/I" and "key/J" for each token in view, "lines" behind them (for the wheel).
void attention_lines(drawing::Painter& p, const LinesLayout& layout, const AttentionLines& lines);

}  // namespace qkv::figures
