#pragma once
#include <string>
#include <vector>

#include "app/workspaces/model/scene.h"

namespace qkv::workspaces {

/// The column of the rail being laid out from the top down.
struct RailColumn {
  ModelScene& s;
  float x, w, y;

  const drawing::Theme& t() const { return s.theme(); }
  controls::Painter& p() const { return s.p(); }
  void heading(const std::vector<drawing::Run>& runs, const std::string& aside = {});
  void rule();
  void note(const std::string& text);
  /// A name at the left, a number at the right.
  void fact(const std::string& name, const std::string& value, const std::string& hint, bool strong = false);
};

/// What the model expects after (or at) the query token, with and without the ablations.
void predictions_table(RailColumn& c);

}  // namespace qkv::workspaces
