#pragma once
#include "app/controls/ui.h"
#include "app/workspaces/model/model.h"

namespace qkv::workspaces {

/// What the parts of the Model workspace share while one frame is built.
struct ModelScene {
  controls::Ui& ui;
  documents::ModelSession& session;
  ModelView& view;
  std::shared_ptr<const documents::ModelRun> run;            ///< never null
  std::shared_ptr<const documents::Overview> overview;       ///< or null
  const HeadPicture& picture;                                ///< of the head that is shown
  int query = 0, key = 0;                                    ///< what leads, as row and column of the picture

  controls::Painter& p() const { return ui.p; }
  const drawing::Theme& theme() const { return ui.p.theme(); }
  const model::LayerCapture& layer() const { return run->capture->layers[static_cast<std::size_t>(view.layer)]; }
  bool is_ablated(HeadId head) const { return session.is_ablated(head); }
  /// Row and column of the picture as tokens; in a picture of words there is no one token.
  std::optional<int> query_token() const { return view.words ? std::nullopt : std::optional(query); }
  std::optional<int> key_token() const { return view.words ? std::nullopt : std::optional(key); }
};

/// The window has room for the heads and the rail.
inline constexpr float kLeastForBoth = 1000;

// The parts, each in the file of its name.
void prompt_bar(controls::Ui& ui, documents::ModelSession& session, ModelView& view, drawing::Rect area);
void heads_panel(ModelScene& s, drawing::Rect area);   ///< every head at a glance, a ranking, the mean by layer
/// One more row where intact and ablated are chosen between and the others are full.
float head_header_height(const ModelScene& s, float width);
void head_header(ModelScene& s, drawing::Rect area);   ///< which head, and how it is drawn
void head_picture(ModelScene& s, drawing::Rect area);  ///< map, lines or text
float tokens_height(ModelScene& s, float width);       ///< that the panel of this width would like
void tokens_panel(ModelScene& s, drawing::Rect area);  ///< attention from the query, token by token
/// Why the leading weight is what it is; a figure has no buttons.
void model_drawer(ModelScene& s, drawing::Rect area, bool figure = false);
void model_rail(ModelScene& s, drawing::Rect area);    ///< top keys, q·k, metrics, ablation and predictions

/// Chooses the head that is shown.
void choose_head(ModelView& view, HeadId head);
/// A click on a query and a key: holds them, or lets go of what is held.
void hold(ModelView& view, const HeadPicture& picture, std::optional<int> query, std::optional<int> key);
/// A token as it is written on screen: spaces and line ends visible.
std::string shown_token(const std::string& readable);

}  // namespace qkv::workspaces
