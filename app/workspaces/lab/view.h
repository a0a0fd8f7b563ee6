#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/workspaces/explain/story.h"
#include "app/workspaces/lab/layout.h"
#include "core/attention/provenance.h"
#include "core/experiment/experiment.h"

namespace qkv::workspaces {

/// A matrix as it is shown: values (or their difference from the start) with map and range.
struct StageLook {
  std::shared_ptr<const Matrix> values;
  bool sequential = false;
  float limit = 1;  ///< colours span −limit…limit, or 0…limit when sequential
  std::shared_ptr<const std::vector<std::uint8_t>> masked;
};

/// What a cell is made of and what it feeds.
struct Lineage {
  Cell cell;
  std::vector<attention::Span> operands, consumers;
};

/// Looks of every stage of one trace, made when first asked for and kept while trace and mode stay.
class LookCache {
 public:
  void follow(std::shared_ptr<const attention::Trace> trace, std::shared_ptr<const attention::Trace> start, bool difference);
  const StageLook& look(Stage stage, int layer, int head);
  /// The row lens: row `query` of the weights times each row of V.
  const StageLook& lens(int layer, int head, int query);
  /// The first number of the input that is NaN or infinite.
  const std::optional<Cell>& offender() const { return offender_; }
  /// Kept for the cell asked for last: at 512 tokens it takes milliseconds.
  const Lineage& lineage(const Cell& cell);

 private:
  std::vector<Stage> sharing_here(Stage stage, int layer, int head) const;
  float shared_limit(Stage stage, int layer, int head);
  std::shared_ptr<const attention::Trace> trace_, start_;
  bool difference_ = false;
  std::map<Cell, StageLook> looks_;
  std::map<Cell, StageLook> lenses_;
  std::optional<Lineage> lineage_;
  std::optional<Cell> offender_;
};

/// Where the numbers of the shown experiment come from, for all who say it.
struct Sources {
  std::vector<int> random_rows;  ///< rows of X to be marked, ascending
  std::string words;             ///< "hand-set weights"
  std::shared_ptr<const experiment::Experiment> of;
  void follow(const std::shared_ptr<const experiment::Experiment>& experiment);
  bool is_random(int row) const;
};

/// What is shown of the document, never what is computed.
struct LabView : StoryState {
  int layer = 0, head = 0;
  std::optional<Cell> selected;
  std::optional<Cell> hovered;
  int query = 0, key = 0;       ///< tokens the row lens, the strip and the read-outs follow
  bool names_query = true, names_key = true;  ///< they are told of, so that they wear their colours
  bool drawer = true;
  std::optional<bool> rail;     ///< unset: shown where the window is wide enough
  bool rail_shown = true;       ///< in the last frame
  float rail_scroll = 0;
  bool difference = false;      ///< show every stage as its difference from the start
  bool numbers = true;
  float zoom = 1;
  Point pan;
  Point pan_start;
  bool space_held = false;
  Point menu_at;                ///< where the cell's context menu was asked for
  std::optional<Cell> pressed_cell;
  float pressed_value = 0;
  bool dragging_value = false;  ///< this frame's event moved pressed_cell
  bool shows_event = false;     ///< the last frame shows what its event changed: no other has to follow
  bool editing_sentence = false;
  int dragged_token = -1;
  std::string notice;           ///< one line in the status bar: what the last action did
  Sources sources;
  LookCache looks;
};

/// Selects a cell: the drawer explains it, query and key follow.
void select(LabView& view, const attention::Trace& trace, const Cell& cell);
/// Brings layer, head, selection and chain back inside a trace whose shape changed.
void keep_inside(LabView& view, const attention::Trace& trace);

}  // namespace qkv::workspaces
