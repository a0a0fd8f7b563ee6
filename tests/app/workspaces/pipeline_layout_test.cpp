#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "app/workspaces/lab/layout.h"

// Where the matrices of the pipeline stand: apart from each other, and on the canvas wherever the Lab
// promises it.
namespace qkv::workspaces {
namespace {

std::string described(const PipelineShape& s, Rect area) {
  std::string text = std::to_string(s.n) + " tokens, d_model " + std::to_string(s.d_model) + ", d_k " +
                     std::to_string(s.d_k) + ", " + std::to_string(s.heads) + " heads";
  if (s.rotated) text += ", rotated";
  if (s.sinusoidal) text += ", sinusoidal";
  if (s.biases) text += ", biases";
  if (s.score_bias) text += ", score bias";
  if (s.w_o) text += ", W_O";
  if (s.residual && s.combined) text += ", residual";
  return text + " in " + std::to_string(static_cast<int>(area.w)) + "×" +
         std::to_string(static_cast<int>(area.h));
}

std::string name(const StageBox& b) {
  return b.lens ? "the lens"
                : std::string(attention::name_of(b.stage)) + " of layer " + std::to_string(b.layer);
}

/// Every combination the Lab can show of so many tokens and dimensions.
std::vector<PipelineShape> shapes() {
  std::vector<PipelineShape> out;
  for (const int n : {1, 2, 4, 9, 16, 40, 64})
    for (const int d : {1, 2, 8, 16, 64})
      for (const int heads : {1, 4, 16})
        for (const bool layers : {false, true})
          for (const int positions : {0, 1, 2})
            for (const bool biases : {false, true})
              for (const bool score_bias : {false, true}) {
                PipelineShape s{.n = n, .d_model = d, .d_k = d, .d_v = d, .heads = heads};
                s.biases = biases;
                s.score_bias = score_bias;
                s.sinusoidal = positions == 1;
                s.rotated = positions == 2;
                s.combined = heads > 1 || layers;
                s.w_o = heads > 1;
                s.residual = true;
                s.label_width = 40;
                s.column_labels = n <= 16 ? 18 : 42;
                out.push_back(s);
              }
  return out;
}

/// Canvases of the windows that are common, with the drawer open and closed.
const std::vector<Rect> kCanvases{{0, 188, 1180, 388}, {0, 188, 1180, 688}, {0, 188, 1020, 340},
                                  {0, 188, 1020, 588}, {0, 188, 1660, 568}, {0, 188, 1660, 868}};

TEST(PipelineLayout, NoTwoMatricesOverlap) {
  for (const PipelineShape& s : shapes())
    for (const Rect area : kCanvases)
      for (const float zoom : {1.f, 1.7f, 6.f}) {
        const auto boxes = layout_pipeline(s, area, zoom).boxes;
        for (std::size_t i = 0; i < boxes.size(); ++i)
          for (std::size_t j = i + 1; j < boxes.size(); ++j)
            ASSERT_FALSE(boxes[i].cells().intersects(boxes[j].cells()))
                << name(boxes[i]) << " and " << name(boxes[j]) << ": " << described(s, area) << " at zoom "
                << zoom;
      }
}

/// Where the Lab promises that nothing has to be scrolled. An open drawer leaves room for three lanes, not
/// for four, nor for biases below the weights.
bool promised(const PipelineShape& s, Rect area) {
  return area.h >= 560 || (area.h >= 380 && !s.combined && !s.biases);
}

TEST(PipelineLayout, UpToSixtyFourTokensAndDimensionsAllOfItIsOnTheCanvas) {
  int outside = 0;
  for (const PipelineShape& s : shapes())
    for (const Rect area : kCanvases)
      if (promised(s, area))
        for (const StageBox& b : layout_pipeline(s, area, 1).boxes) {
          const Rect r = b.cells();
          if (b.stage == Stage::w_o && b.rows > 64)
            continue;  // one row a head and value: taller than a screen
          const bool inside =
              r.x >= area.x && r.y >= area.y && r.right() <= area.right() && r.bottom() <= area.bottom();
          if (!inside && ++outside <= 20)
            ADD_FAILURE() << name(b) << " at " << r.x << "," << r.y << " to " << r.right() << ","
                          << r.bottom() << ": " << described(s, area);
        }
  EXPECT_EQ(outside, 0);
}

TEST(PipelineLayout, ARealModelsHeadFitsTheWidthOfTheScreenWithSharedPixels) {
  for (const bool normalised : {false, true}) {
    PipelineShape s{.n = 12, .d_model = 768, .d_k = 64, .d_v = 64};
    s.combined = s.w_o = s.residual = s.biases = s.norm = s.rotated = true;
    s.normalised = normalised;
    for (const Rect area : kCanvases) {
      const PipelineLayout layout = layout_pipeline(s, area, 1), zoomed = layout_pipeline(s, area, 8);
      for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
        const Rect cells = layout.boxes[i].cells();
        if (!normalised) {
          EXPECT_LE(cells.right(), area.right()) << name(layout.boxes[i]);
        }
        EXPECT_GE(cells.w, 38) << name(layout.boxes[i]);
        EXPECT_GT(zoomed.boxes[i].cell_w, layout.boxes[i].cell_w);
        for (std::size_t j = i + 1; j < layout.boxes.size(); ++j)
          EXPECT_FALSE(cells.intersects(layout.boxes[j].cells())) << name(layout.boxes[i]) << ", " << name(layout.boxes[j]);
      }
    }
  }
}

TEST(PipelineLayout, CellsAreWholePixelsAndZoomEnlargesThem) {
  for (const PipelineShape& s : shapes()) {
    const auto plain = layout_pipeline(s, kCanvases[0], 1).boxes,
               zoomed = layout_pipeline(s, kCanvases[0], 3).boxes;
    ASSERT_EQ(plain.size(), zoomed.size());
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_EQ(plain[i].cell_w, std::round(plain[i].cell_w));
      EXPECT_EQ(plain[i].origin.x, std::round(plain[i].origin.x));
      EXPECT_EQ(zoomed[i].cell_w, std::round(zoomed[i].cell_w));
      EXPECT_GT(zoomed[i].cell_w, plain[i].cell_w);
      EXPECT_GT(zoomed[i].cell_h, plain[i].cell_h);
    }
  }
}

}  // namespace
}  // namespace qkv::workspaces
