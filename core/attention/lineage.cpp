#include <limits>

#include "core/attention/marks.h"
#include "core/attention/mask.h"
#include "core/attention/norm.h"
#include "core/attention/positions.h"
#include "core/attention/provenance.h"

namespace qkv::attention {
namespace {

/// A matrix of the trace.
struct Node {
  Stage stage{};
  int layer = 0, head = 0;
  bool operator==(const Node&) const = default;
};

/// How the cells of one matrix enter those of the next.
enum class Route {
  cell,         ///< cell to the same cell
  allowed,      ///< the same, where the mask allows it
  row,          ///< a row to every cell of the same row
  column,       ///< a column to every cell of the same column
  key,          ///< row j to every cell of column j: k in q·kᵀ
  averaged,     ///< a row to every cell of the same row (of a norm), but to the same cell where 1/σ is given
  partner,      ///< columns to themselves and to the column they turn with (RoPE)
  by_weight,    ///< the weights of a row to its output, for the keys that enter
  by_value,     ///< the values of a key to the output of every query that it enters
  side_by_side  ///< the output of a head to its columns of layer_output
};

struct Link {
  Node from, to;
  Route route{};
};

/// Every link of a trace, in the order of computation.
class Links {
 public:
  explicit Links(const Trace& trace) : trace_(trace) {
    const int layers = static_cast<int>(trace.layers.size());
    const bool has_norm = trace.inputs.norm.kind != NormKind::none;
    add({Stage::embedding}, {Stage::x}, has_norm ? Route::averaged : Route::cell);
    add({Stage::positions}, {Stage::x}, has_norm ? Route::averaged : Route::cell);
    add({Stage::norm_gain}, {Stage::x}, Route::column);
    add({Stage::norm_bias}, {Stage::x}, Route::column);
    for (int layer = 0; layer < layers; ++layer) {
      const Node x{Stage::x, layer}, layer_output{Stage::layer_output, layer}, next{Stage::x, layer + 1};
      const bool mixes = trace.inputs.layers[layer].w_o.size() > 0;
      for (int head = 0; head < static_cast<int>(trace.layers[layer].heads.size()); ++head) {
        add_head(layer, head);
        add({Stage::output, layer, head}, layer_output, mixes ? Route::row : Route::side_by_side);
      }
      add({Stage::w_o, layer}, layer_output, Route::column);
      add({Stage::b_o, layer}, layer_output, Route::column);
      if (has_norm && layer == 0) {
        add({Stage::embedding}, next, Route::cell);
        add({Stage::positions}, next, Route::cell);
      } else {
        add(x, next, Route::cell);
      }
      add(layer_output, next, Route::cell);
    }
  }
  const std::vector<Link>& all() const { return links_; }

 private:
  bool exists(const Node& node) const {
    return shape_of(trace_, node.stage, node.layer, node.head) != Shape{};
  }
  void add(const Node& from, const Node& to, Route route) {
    if (exists(from) && exists(to)) links_.push_back({from, to, route});
  }
  void add_projection(const Node& to, const Matrix& given, Stage weight, Stage bias) {
    if (given.size() > 0) return;
    add({Stage::x, to.layer}, to, Route::row);
    add({weight, to.layer, to.head}, to, Route::column);
    add({bias, to.layer, to.head}, to, Route::column);
  }
  void add_head(int layer, int head) {
    const auto of = [&](Stage stage) { return Node{stage, layer, head}; };
    const HeadInputs& given = trace_.inputs.layers[layer].heads[head];
    add_projection(of(Stage::q), given.q, Stage::w_q, Stage::b_q);
    add_projection(of(Stage::k), given.k, Stage::w_k, Stage::b_k);
    add_projection(of(Stage::v), given.v, Stage::w_v, Stage::b_v);
    add(of(Stage::q), of(Stage::q_normalised), Route::averaged);
    add(of(Stage::q_norm_gain), of(Stage::q_normalised), Route::column);
    add(of(Stage::q_norm_bias), of(Stage::q_normalised), Route::column);
    add(of(Stage::k), of(Stage::k_normalised), Route::averaged);
    add(of(Stage::k_norm_gain), of(Stage::k_normalised), Route::column);
    add(of(Stage::k_norm_bias), of(Stage::k_normalised), Route::column);
    add(of(exists(of(Stage::q_normalised)) ? Stage::q_normalised : Stage::q), of(Stage::q_rotated),
        Route::partner);
    add(of(exists(of(Stage::k_normalised)) ? Stage::k_normalised : Stage::k), of(Stage::k_rotated),
        Route::partner);
    const HeadTrace& trace = trace_.layers[layer].heads[head];
    add(of(scored_q(trace)), of(Stage::scores), Route::row);
    add(of(scored_k(trace)), of(Stage::scores), Route::key);
    add(of(Stage::scores), of(Stage::scaled), Route::allowed);
    add({Stage::score_bias}, of(Stage::scaled), Route::allowed);
    add(of(Stage::scaled), of(Stage::weights), Route::row);
    add(of(Stage::weights), of(Stage::output), Route::by_weight);
    add(of(Stage::v), of(Stage::output), Route::by_value);
  }

  const Trace& trace_;
  std::vector<Link> links_;
};

/// enters() for every query and key.
Marks entering(const HeadTrace& head) {
  constexpr float kMasked = -std::numeric_limits<float>::infinity();
  Marks pairs(head.scaled.rows(), head.scaled.cols());
  for (Eigen::Index i = 0; i < pairs.size(); ++i) {
    pairs.data()[i] =
        static_cast<int>(head.scaled.data()[i] != kMasked) | static_cast<int>(head.weights.data()[i] != 0);
  }
  return pairs;
}

Marks with_partners(const Marks& marks, const Options& options) {
  Marks pairs = marks;
  const int d_k = static_cast<int>(marks.cols());
  const Rotary rotary = rotary_of(options, d_k);
  for (int c = 0; c < d_k; ++c) pairs.col(rotary.partner(c)) = pairs.col(rotary.partner(c)) || marks.col(c);
  return pairs;
}

/// [rows, columns of marks] whose row i is every row j of `marks` for which pairs(i, j), joined.
template <typename Pairs>
Marks joined(Eigen::Index rows, const Pairs& pairs, const Marks& marks) {
  Marks result = Marks::Constant(rows, marks.cols(), false);
  for (Eigen::Index j = 0; j < marks.rows(); ++j) {
    if (!any_in_row(marks, j)) continue;
    for (Eigen::Index i = 0; i < rows; ++i) {
      if (!pairs(i, j)) continue;
      for (Eigen::Index c = 0; c < marks.cols(); ++c) result(i, c) |= marks(j, c);
    }
  }
  return result;
}

/// The marks of a trace, spread from one cell along the links.
class Lineage {
 public:
  Lineage(const Trace& trace, const Cell& start)
      : trace_(trace), links_(trace), allowed_(allowed_keys(trace.inputs.options.mask, trace.n())) {
    value(trace, start);  // throws outside the trace
    start_ = {start.stage, start.layer, start.head};
    marks_.resize((trace.layers.size() + 1) * kHeads * kStageCount);
    marks_of(start_) = empty(start_);
    marks_of(start_)(start.row, start.column) = true;
  }

  void spread_up() {
    for (auto link = links_.all().rbegin(); link != links_.all().rend(); ++link) {
      if (marks_of(link->to).size() > 0)
        mark(link->from, upwards(*link, without_overridden(link->to, marks_of(link->to))));
    }
  }

  void spread_down() {
    for (const Link& link : links_.all()) {
      if (marks_of(link.from).size() > 0) {
        mark(link.to, without_overridden(link.to, downwards(link, marks_of(link.from))));
      }
    }
  }

  /// All marks but the start, as rectangles.
  std::vector<Span> spans() const;

 private:
  static constexpr int kHeads = 16;

  std::size_t index(const Node& node) const {
    return (static_cast<std::size_t>(node.layer) * kHeads + node.head) * kStageCount +
           static_cast<std::size_t>(node.stage);
  }
  /// [0, 0] while nothing is marked.
  Marks& marks_of(const Node& node) { return marks_[index(node)]; }
  Marks empty(const Node& node) const {
    const Shape shape = shape_of(trace_, node.stage, node.layer, node.head);
    return Marks::Constant(shape.rows, shape.columns, false);
  }
  void mark(const Node& node, const Marks& reached) {
    Marks& marks = marks_of(node);
    if (any_in(reached)) marks = marks.size() > 0 ? either(marks, reached) : reached;
  }
  /// A cell fixed by hand has no operands.
  Marks without_overridden(const Node& node, Marks marks) const {
    const auto& overrides = trace_.inputs.overrides;
    for (auto it = overrides.lower_bound({node.stage, node.layer, node.head, 0, 0}); it != overrides.end();
         ++it) {
      const Cell& cell = it->first;
      if (Node{cell.stage, cell.layer, cell.head} != node) break;
      if (cell.row < marks.rows() && cell.column >= 0 && cell.column < marks.cols())
        marks(cell.row, cell.column) = false;
    }
    return marks;
  }
  const HeadTrace& head(const Link& link) const {
    return trace_.layers[link.from.layer].heads[link.from.head];
  }

  /// The whole of each row with a mark, but for rows whose 1/σ is given.
  Marks averaged(const Link& link, const Marks& marks) const {
    const Norm& norm = link.to.stage == Stage::x ? trace_.inputs.norm : norm_of(link.to);
    Marks result = marked_rows(marks, marks.cols());
    for (Eigen::Index i = 0; i < marks.rows(); ++i)
      if (has_given_factor(norm, i)) result.row(i) = marks.row(i);
    return result;
  }
  const Norm& norm_of(const Node& node) const {
    const HeadInputs& inputs = trace_.inputs.layers[node.layer].heads[node.head];
    return node.stage == Stage::q_normalised ? inputs.q_norm : inputs.k_norm;
  }

  Marks downwards(const Link& link, const Marks& from) const;
  Marks upwards(const Link& link, const Marks& to) const;

  const Trace& trace_;
  Links links_;
  AllowedKeys allowed_;  ///< empty when every key is
  Node start_;
  std::vector<Marks> marks_;
};

/// What the marked operands reach. upwards() is its transpose, case by case.
Marks Lineage::downwards(const Link& link, const Marks& from) const {
  const Shape to = shape_of(trace_, link.to.stage, link.to.layer, link.to.head);
  switch (link.route) {
    case Route::cell:
      return from;
    case Route::allowed:
      return allowed_.size() > 0 ? both(from, allowed_) : from;
    case Route::row:
      return marked_rows(from, to.columns);
    case Route::column:
      return marked_columns(from, to.rows);
    case Route::key:
      return marked_columns(from.transpose(), to.rows);
    case Route::averaged:
      return averaged(link, from);
    case Route::partner:
      return with_partners(from, trace_.inputs.options);
    case Route::by_weight:
      return marked_rows(both(from, entering(head(link))), to.columns);
    case Route::by_value:
      return joined(to.rows, entering(head(link)), from);
    case Route::side_by_side:
      break;
  }
  Marks reached = Marks::Constant(to.rows, to.columns, false);
  reached.middleCols(link.from.head * from.cols(), from.cols()) = from;
  return reached;
}

/// The operands of the marked cells.
Marks Lineage::upwards(const Link& link, const Marks& to) const {
  const Shape from = shape_of(trace_, link.from.stage, link.from.layer, link.from.head);
  switch (link.route) {
    case Route::cell:
      return to;
    case Route::allowed:
      return allowed_.size() > 0 ? both(to, allowed_) : to;
    case Route::row:
      return marked_rows(to, from.columns);
    case Route::column:
      return marked_columns(to, from.rows);
    case Route::key:
      return marked_rows(marked_columns(to, 1).transpose(), from.columns);
    case Route::averaged:
      return averaged(link, to);
    case Route::partner:
      return with_partners(to, trace_.inputs.options);
    case Route::by_weight:
      return both(marked_rows(to, from.columns), entering(head(link)));
    case Route::by_value:
      return joined(from.rows, entering(head(link)).transpose(), to);
    case Route::side_by_side:
      break;
  }
  return to.middleCols(link.from.head * from.columns, from.columns);
}

std::vector<Span> Lineage::spans() const {
  std::vector<Span> spans;
  for (int stage = 0; stage < kStageCount; ++stage) {
    for (int layer = 0; layer <= static_cast<int>(trace_.layers.size()); ++layer) {
      for (int head = 0; head < kHeads; ++head) {
        const Node node{static_cast<Stage>(stage), layer, head};
        if (node != start_) append_spans(marks_[index(node)], {node.stage, layer, head}, spans);
      }
    }
  }
  return spans;
}

}  // namespace

std::vector<Span> operands_of(const Trace& trace, const Cell& cell) {
  Lineage lineage(trace, cell);
  lineage.spread_up();
  return lineage.spans();
}

std::vector<Span> consumers_of(const Trace& trace, const Cell& cell) {
  Lineage lineage(trace, cell);
  lineage.spread_down();
  return lineage.spans();
}

}  // namespace qkv::attention
