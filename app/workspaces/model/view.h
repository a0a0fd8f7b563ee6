#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/documents/model_session.h"
#include "app/drawing/geometry.h"
#include "app/figures/head_grid.h"
#include "app/figures/map_layout.h"
#include "app/figures/token_text.h"
#include "app/figures/weight_scale.h"
#include "app/workspaces/explain/story.h"

namespace qkv::workspaces {

using documents::HeadId;

/// How the selected head is drawn.
enum class Picture { map, lines, text };
/// Which pass is drawn where a head is ablated: intact beside ablated, one of them, or their difference.
enum class Side { both, before, after, difference };

/// One head's weights between tokens or words.
struct HeadPicture {
  std::shared_ptr<const Matrix> weights;   ///< [n_q, n_k] as the pass made them; null: it kept no way to them
  std::shared_ptr<const Matrix> intact;    ///< of the pass without ablations; the same one where they change nothing here
  bool untouched = false;                  ///< there are ablations, and they change nothing here
  std::vector<std::string> queries, keys;  ///< texts of rows and columns, as labels write them
  std::vector<std::string> text;           ///< of the keys as they are read: " dog"
  bool self = true;                        ///< queries and keys are the same tokens
  std::vector<bool> special_queries, special_keys;
  int first_query = -1;  ///< row that leads until another is chosen: the last of the sample's query; −1: none
  figures::MapMask mask;
};

/// What is coloured: the head's picture from one side, on one scale, pooled for its size on screen.
struct MapContent {
  std::shared_ptr<const Matrix> weights;  ///< [n_q, n_k] of the side
  std::shared_ptr<const Matrix> values;   ///< weights, pooled where cells are below 1 px
  std::shared_ptr<const Matrix> places;   ///< for Scale::row_rank
  std::shared_ptr<const Matrix> small;    ///< the whole of it in the small map
  std::vector<float> first_mass;          ///< [n_q] weight on the first key
  figures::WeightScale scale;
};

/// What is shown of the session, never what is computed.
struct ModelView {
  int layer = 0, head = 0;
  bool head_chosen = false;     ///< by the user; else the head with the most to show, once metrics are there
  int query = -1;               ///< row that leads; −1: that of the sample, else the last that is no special token
  std::optional<int> key;       ///< column that leads; unset: the largest weight of the row
  bool held = false;            ///< clicked: hovering leads nowhere until the same is clicked again
  std::optional<int> hovered_query, hovered_key;  ///< under the pointer in this frame
  std::optional<HeadId> hovered_head;
  Picture picture = Picture::map;
  figures::Scale scale = figures::Scale::linear;
  Side side = Side::both;
  bool exclude_first = false;   ///< the first key is hatched and left out of the colour range
  bool words = false;           ///< words instead of tokens
  std::shared_ptr<const documents::Sample> sample;  ///< of the checkpoint last shown
  analysis::Metric metric = analysis::Metric::induction;
  figures::MapView map;         ///< its zoom and pan
  figures::MapView map_pressed; ///< when the drag began
  figures::MapLayout map_layout;  ///< of the last frame: says what the pointer is on
  float intact_shift = 0;         ///< px from the intact map to the ablated one beside it
  drawing::Point heads_scroll;
  std::optional<bool> rail;  ///< unset: shown where the window has room for it beside the heads
  bool rail_shown = true;    ///< in the last frame
  float rail_scroll = 0, rail_height = 0, tokens_scroll = 0, lines_scroll = 0, lines_key_scroll = 0, text_scroll = 0;
  int tokens_followed = -1, lines_followed = -1, text_followed = -1;  ///< the query those last scrolled to
  std::optional<std::string> text_before;  ///< of the prompt, while it is typed in
  bool drawer = false;          ///< the explanation of the leading weight, below
  StoryState story;
  std::string notice;
  std::string wish;  ///< id of an action a button asked for: the shell runs it after the frame is built

  /// The picture of the head, made when first asked for and kept while nothing it depends on changes.
  const HeadPicture& head_picture(const std::shared_ptr<const documents::ModelRun>& run);

  /// The same, coloured, of one side (of both: the ablated); `pool` as figures::MapLayout says. Sides of one picture
  /// share a scale.
  const MapContent& map_content(const HeadPicture& of, Side of_side, int pool);
  /// Room of the map's labels, measured once a picture.
  const figures::MapGutters& gutters(drawing::TextEngine& engine, const HeadPicture& of);
  /// Where the tokens of the text stand; kept for the chips and for the running text.
  const figures::TokenTextLayout& text_layout(drawing::TextEngine& engine, const HeadPicture& of, float width, figures::TokenStyle style);
  /// Every head small, layer by layer; made once an overview and metric.
  std::span<const figures::HeadThumbnail> thumbnails(const documents::ModelSession& session);

 private:
  std::shared_ptr<const documents::Overview> thumbnails_of_;
  std::vector<figures::HeadThumbnail> thumbnails_;
  std::shared_ptr<const HeadPicture> picture_;
  std::shared_ptr<const documents::ModelRun> of_run_;
  HeadId of_head_;
  bool of_words_ = false;
  struct PlacedText {
    const HeadPicture* of = nullptr;
    float width = 0;
    figures::TokenTextLayout layout;
  };
  PlacedText chips_, flow_;
  const HeadPicture* gutters_of_ = nullptr;
  figures::MapGutters gutters_;
  struct Content {
    const HeadPicture* of = nullptr;
    figures::Scale scale{};
    bool exclude_first = false;
    int pool = 0;
    MapContent content;
  };
  Content contents_[4];  ///< by Side
};

/// The row and column that lead: those under the pointer unless a selection is held, else the chosen ones.
int leading_query(const ModelView& view, const HeadPicture& picture);
int leading_key(const ModelView& view, const HeadPicture& picture);
/// What the pointer is on, from last frame's places: queries and keys under it lead.
void lead_by_pointer(ModelView& view, const std::string& hot, drawing::Point pointer);
/// Zooms the map about its middle.
void zoom_map(ModelView& view, float factor);
/// Brings layer, head, query and key back inside a run of another shape.
void keep_inside(ModelView& view, const documents::ModelRun& run);
/// Shows the head of the sample, else the one with the most to show once the overview is there (not null): the largest
/// induction, or previous-token score where no token repeats.
void choose_first_head(ModelView& view, const documents::ModelRun& run, const documents::Overview* overview);
/// What was chosen of another checkpoint does not lead in one that brings its own text.
void begin_anew(ModelView& view, const documents::ModelRun& run);

}  // namespace qkv::workspaces
