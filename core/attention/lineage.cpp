#include <algorithm>

#include "core/attention/mask.h"
#include "core/attention/positions.h"
#include "core/attention/provenance.h"

namespace qkv::attention {
namespace {

/// Which cells of one matrix are reached; empty while none is.
using Marks = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Marks on every matrix of a trace, spread from one cell up to its operands or down to its consumers. Both
/// directions state the same rules, so that each is the transpose of the other.
class Lineage {
 public:
  Lineage(const Trace& trace, const Cell& start)
      : trace_(trace), start_(start), allowed_(allowed_keys(trace.inputs.options.mask, trace.n())) {
    value(trace, start);  // throws outside the trace
    marks_.resize((trace.layers.size() + 1) * kHeads * kStageCount);
    at(start.stage, start.layer, start.head)(start.row, start.column) = true;
  }

  void spread_up() {
    for (int layer = static_cast<int>(trace_.layers.size()); layer >= 0; --layer) {
      if (layer < static_cast<int>(trace_.layers.size())) {
        layer_output_up(layer);
        for (int head = 0; head < heads(layer); ++head) head_up(layer, head);
      }
      x_up(layer);
    }
  }

  void spread_down() {
    for (int layer = 0; layer <= static_cast<int>(trace_.layers.size()); ++layer) {
      if (shape_of(trace_, Stage::x, layer, 0) != Shape{}) x_down(layer);
      if (layer == static_cast<int>(trace_.layers.size())) break;
      for (int head = 0; head < heads(layer); ++head) head_down(layer, head);
      layer_output_down(layer);
    }
  }

  /// All marks but the start, as rectangles.
  std::vector<Span> spans() const;

 private:
  static constexpr int kHeads = 16;

  int heads(int layer) const { return static_cast<int>(trace_.layers[layer].heads.size()); }
  const HeadTrace& head_trace(int layer, int head) const { return trace_.layers[layer].heads[head]; }
  std::size_t index(Stage stage, int layer, int head) const {
    return (static_cast<std::size_t>(layer) * kHeads + head) * kStageCount + static_cast<std::size_t>(stage);
  }
  bool any(Stage stage, int layer, int head) const { return marks_[index(stage, layer, head)].size() > 0; }
  /// The marks of a matrix, made when first asked for; an absent matrix has none, [0, 0].
  Marks& at(Stage stage, int layer, int head) {
    Marks& marks = marks_[index(stage, layer, head)];
    if (marks.size() == 0) {
      const Shape shape = shape_of(trace_, stage, layer, head);
      marks = Marks::Constant(shape.rows, shape.columns, false);
    }
    return marks;
  }
  /// The marks of a matrix less the cells fixed by hand, which have no operands.
  Marks computed(Stage stage, int layer, int head) {
    Marks marks = at(stage, layer, head);
    forget_overridden(stage, layer, head, marks);
    return marks;
  }
  void forget_overridden(Stage stage, int layer, int head, Marks& marks) const {
    const auto& overrides = trace_.inputs.overrides;
    for (auto it = overrides.lower_bound({stage, layer, head, 0, 0}); it != overrides.end(); ++it) {
      const Cell& cell = it->first;
      if (cell.stage != stage || cell.layer != layer || cell.head != head) break;
      if (cell.row < marks.rows() && cell.column >= 0 && cell.column < marks.cols())
        marks(cell.row, cell.column) = false;
    }
  }
  /// Adds what a rule reached, less the cells fixed by hand.
  void reach(Stage stage, int layer, int head, Marks reached) {
    forget_overridden(stage, layer, head, reached);
    if (reached.any()) at(stage, layer, head) = at(stage, layer, head) || reached;
  }
  void add(Stage stage, int layer, int head, const Marks& reached) {
    if (reached.any()) at(stage, layer, head) = at(stage, layer, head) || reached;
  }

  void x_up(int layer);
  void x_down(int layer);
  void head_up(int layer, int head);
  void head_down(int layer, int head);
  void projection_up(Stage to, Stage weight, Stage bias, int layer, int head);
  void projection_down(Stage to, Stage weight, Stage bias, int layer, int head);
  void layer_output_up(int layer);
  void layer_output_down(int layer);
  bool is_given(Stage stage, int layer, int head) const;

  const Trace& trace_;
  Cell start_;
  AllowedKeys allowed_;
  std::vector<Marks> marks_;
};

/// The marks of rotated columns and their partners, both ways: rotation pairs columns.
Marks with_partners(const Marks& marks) {
  Marks both = marks;
  const int d_k = static_cast<int>(marks.cols());
  for (int c = 0; c < d_k; ++c)
    both.col(rope_partner(c, d_k)) = both.col(rope_partner(c, d_k)) || marks.col(c);
  return both;
}

Marks rows_with_any(const Marks& marks, Eigen::Index columns) {
  return marks.rowwise().any().replicate(1, columns);
}
Marks columns_with_any(const Marks& marks, Eigen::Index rows) {
  return marks.colwise().any().replicate(rows, 1);
}

void Lineage::x_up(int layer) {
  if (!any(Stage::x, layer, 0)) return;
  const Marks x = computed(Stage::x, layer, 0);
  if (layer > 0) {
    add(Stage::x, layer - 1, 0, x);
    add(Stage::layer_output, layer - 1, 0, x);
  } else {
    add(Stage::embedding, 0, 0, x);
    if (trace_.positions.size() > 0) add(Stage::positions, 0, 0, x);
  }
}

void Lineage::x_down(int layer) {
  if (layer > 0) {
    reach(Stage::x, layer, 0, at(Stage::x, layer - 1, 0) || at(Stage::layer_output, layer - 1, 0));
  } else {
    Marks reached = at(Stage::embedding, 0, 0);
    if (trace_.positions.size() > 0) reached = reached || at(Stage::positions, 0, 0);
    reach(Stage::x, 0, 0, std::move(reached));
  }
}

bool Lineage::is_given(Stage stage, int layer, int head) const {
  const HeadInputs& given = trace_.inputs.layers[layer].heads[head];
  return (stage == Stage::q ? given.q : stage == Stage::k ? given.k : given.v).size() > 0;
}

void Lineage::projection_up(Stage to, Stage weight, Stage bias, int layer, int head) {
  if (!any(to, layer, head) || is_given(to, layer, head)) return;
  const Marks marks = computed(to, layer, head);
  const Shape w = shape_of(trace_, weight, layer, head);
  add(Stage::x, layer, 0, rows_with_any(marks, w.rows));
  add(weight, layer, head, columns_with_any(marks, w.rows));
  if (shape_of(trace_, bias, layer, head) != Shape{}) add(bias, layer, head, columns_with_any(marks, 1));
}

void Lineage::projection_down(Stage to, Stage weight, Stage bias, int layer, int head) {
  if (is_given(to, layer, head)) return;
  const Shape shape = shape_of(trace_, to, layer, head);
  Marks reached = Marks::Constant(shape.rows, shape.columns, false);
  if (any(Stage::x, layer, 0)) reached = reached || rows_with_any(at(Stage::x, layer, 0), shape.columns);
  if (any(weight, layer, head)) reached = reached || columns_with_any(at(weight, layer, head), shape.rows);
  if (any(bias, layer, head)) reached = reached || columns_with_any(at(bias, layer, head), shape.rows);
  reach(to, layer, head, std::move(reached));
}

void Lineage::head_up(int layer, int head) {
  const HeadTrace& trace = head_trace(layer, head);
  const int n = trace_.n();
  const bool rotated = trace.q_rotated.size() > 0;
  const auto d_k = trace.q.cols();
  if (any(Stage::output, layer, head)) {
    const Marks output = computed(Stage::output, layer, head);
    Marks weights = Marks::Constant(n, n, false);
    Marks v = Marks::Constant(n, output.cols(), false);
    for (int i = 0; i < n; ++i) {
      if (!output.row(i).any()) continue;
      for (int j = 0; j < n; ++j) {
        if (!enters(trace, i, j)) continue;
        weights(i, j) = true;
        v.row(j) = v.row(j) || output.row(i);
      }
    }
    add(Stage::weights, layer, head, weights);
    add(Stage::v, layer, head, v);
  }
  if (any(Stage::weights, layer, head)) {
    add(Stage::scaled, layer, head, rows_with_any(computed(Stage::weights, layer, head), n));
  }
  if (any(Stage::scaled, layer, head)) {
    Marks scaled = computed(Stage::scaled, layer, head);
    if (allowed_.size() > 0) scaled = scaled && allowed_;
    add(Stage::scores, layer, head, scaled);
    if (trace_.inputs.options.score_bias.size() > 0) add(Stage::score_bias, 0, 0, scaled);
  }
  if (any(Stage::scores, layer, head)) {
    const Marks scores = computed(Stage::scores, layer, head);
    add(rotated ? Stage::q_rotated : Stage::q, layer, head, rows_with_any(scores, d_k));
    add(rotated ? Stage::k_rotated : Stage::k, layer, head, rows_with_any(scores.transpose(), d_k));
  }
  if (any(Stage::q_rotated, layer, head)) {
    add(Stage::q, layer, head, with_partners(computed(Stage::q_rotated, layer, head)));
  }
  if (any(Stage::k_rotated, layer, head)) {
    add(Stage::k, layer, head, with_partners(computed(Stage::k_rotated, layer, head)));
  }
  projection_up(Stage::q, Stage::w_q, Stage::b_q, layer, head);
  projection_up(Stage::k, Stage::w_k, Stage::b_k, layer, head);
  projection_up(Stage::v, Stage::w_v, Stage::b_v, layer, head);
}

void Lineage::head_down(int layer, int head) {
  const HeadTrace& trace = head_trace(layer, head);
  const int n = trace_.n();
  projection_down(Stage::q, Stage::w_q, Stage::b_q, layer, head);
  projection_down(Stage::k, Stage::w_k, Stage::b_k, layer, head);
  projection_down(Stage::v, Stage::w_v, Stage::b_v, layer, head);
  const bool rotated = trace.q_rotated.size() > 0;
  if (rotated && any(Stage::q, layer, head)) {
    reach(Stage::q_rotated, layer, head, with_partners(at(Stage::q, layer, head)));
  }
  if (rotated && any(Stage::k, layer, head)) {
    reach(Stage::k_rotated, layer, head, with_partners(at(Stage::k, layer, head)));
  }
  const Stage q = rotated ? Stage::q_rotated : Stage::q;
  const Stage k = rotated ? Stage::k_rotated : Stage::k;
  Marks scores = Marks::Constant(n, n, false);
  if (any(q, layer, head)) scores = scores || rows_with_any(at(q, layer, head), n);
  if (any(k, layer, head)) scores = scores || Marks(rows_with_any(at(k, layer, head), n).transpose());
  reach(Stage::scores, layer, head, std::move(scores));

  Marks scaled = Marks::Constant(n, n, false);
  if (any(Stage::scores, layer, head)) scaled = scaled || at(Stage::scores, layer, head);
  if (any(Stage::score_bias, 0, 0)) scaled = scaled || at(Stage::score_bias, 0, 0);
  if (allowed_.size() > 0) scaled = scaled && allowed_;
  reach(Stage::scaled, layer, head, std::move(scaled));
  if (any(Stage::scaled, layer, head)) {
    reach(Stage::weights, layer, head, rows_with_any(at(Stage::scaled, layer, head), n));
  }
  if (!any(Stage::weights, layer, head) && !any(Stage::v, layer, head)) return;
  const Marks& weights = at(Stage::weights, layer, head);
  const Marks& v = at(Stage::v, layer, head);
  Marks output = Marks::Constant(n, v.cols(), false);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      if (!enters(trace, i, j)) continue;
      if (weights(i, j)) output.row(i) = true;
      output.row(i) = output.row(i) || v.row(j);
    }
  }
  reach(Stage::output, layer, head, std::move(output));
}

void Lineage::layer_output_up(int layer) {
  if (!any(Stage::layer_output, layer, 0)) return;
  const Marks marks = computed(Stage::layer_output, layer, 0);
  const auto d_v = head_trace(layer, 0).output.cols();
  const bool mixes = trace_.inputs.layers[layer].w_o.size() > 0;
  for (int head = 0; head < heads(layer); ++head) {
    add(Stage::output, layer, head,
        mixes ? rows_with_any(marks, d_v) : Marks(marks.middleCols(head * d_v, d_v)));
  }
  if (!mixes) return;
  add(Stage::w_o, layer, 0, columns_with_any(marks, d_v * heads(layer)));
  if (trace_.inputs.layers[layer].b_o.size() > 0) add(Stage::b_o, layer, 0, columns_with_any(marks, 1));
}

void Lineage::layer_output_down(int layer) {
  const Shape shape = shape_of(trace_, Stage::layer_output, layer, 0);
  const auto d_v = head_trace(layer, 0).output.cols();
  const bool mixes = trace_.inputs.layers[layer].w_o.size() > 0;
  Marks reached = Marks::Constant(shape.rows, shape.columns, false);
  for (int head = 0; head < heads(layer); ++head) {
    if (!any(Stage::output, layer, head)) continue;
    const Marks& output = at(Stage::output, layer, head);
    if (mixes) {
      reached = reached || rows_with_any(output, shape.columns);
    } else {
      reached.middleCols(head * d_v, d_v) = output;
    }
  }
  if (any(Stage::w_o, layer, 0)) reached = reached || columns_with_any(at(Stage::w_o, layer, 0), shape.rows);
  if (any(Stage::b_o, layer, 0)) reached = reached || columns_with_any(at(Stage::b_o, layer, 0), shape.rows);
  reach(Stage::layer_output, layer, 0, std::move(reached));
}

/// Rectangles that cover the marks: runs of a row, grown downwards while the next row has the same run.
void append_spans(const Marks& marks, Span base, std::vector<Span>& spans) {
  const std::size_t begin = spans.size();
  for (int row = 0; row < marks.rows(); ++row) {
    for (int column = 0; column < marks.cols(); ++column) {
      if (!marks(row, column)) continue;
      const int first = column;
      while (column < marks.cols() && marks(row, column)) ++column;
      const auto above = std::find_if(spans.begin() + begin, spans.end(), [&](const Span& s) {
        return s.row + s.rows == row && s.column == first && s.columns == column - first;
      });
      if (above != spans.end()) {
        ++above->rows;
      } else {
        base.row = row;
        base.column = first;
        base.rows = 1;
        base.columns = column - first;
        spans.push_back(base);
      }
    }
  }
}

std::vector<Span> Lineage::spans() const {
  std::vector<Span> spans;
  for (int stage = 0; stage < kStageCount; ++stage) {
    for (int layer = 0; layer <= static_cast<int>(trace_.layers.size()); ++layer) {
      for (int head = 0; head < kHeads; ++head) {
        Span base{static_cast<Stage>(stage), layer, head};
        const Marks& marks = marks_[index(base.stage, layer, head)];
        if (marks.size() == 0) continue;
        if (base.stage != start_.stage || layer != start_.layer || head != start_.head) {
          append_spans(marks, base, spans);
        }
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
