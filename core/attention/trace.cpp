#include <string>

#include "core/attention/attention.h"
#include "core/error.h"

namespace qkv::attention {
namespace {

const HeadInputs& head_inputs(const Trace& trace, int layer, int head) {
  return trace.inputs.layers[layer].heads[head];
}

/// Whether layer and head exist, for this stage.
bool exists(const Trace& trace, Stage stage, int layer, int head) {
  const int layers = static_cast<int>(trace.layers.size());
  if (stage == Stage::x && layer == layers) return head == 0;
  if (layer < 0 || layer >= (is_per_layer(stage) ? layers : 1)) return false;
  return head >= 0 && head < (is_per_head(stage) ? static_cast<int>(trace.layers[layer].heads.size()) : 1);
}

const Vector* vector_of(const Trace& trace, Stage stage, int layer, int head) {
  if (!exists(trace, stage, layer, head)) return nullptr;
  switch (stage) {
    case Stage::norm_gain:
      return &trace.inputs.norm.gain;
    case Stage::norm_bias:
      return &trace.inputs.norm.bias;
    case Stage::q_norm_gain:
      return &head_inputs(trace, layer, head).q_norm.gain;
    case Stage::q_norm_bias:
      return &head_inputs(trace, layer, head).q_norm.bias;
    case Stage::k_norm_gain:
      return &head_inputs(trace, layer, head).k_norm.gain;
    case Stage::k_norm_bias:
      return &head_inputs(trace, layer, head).k_norm.bias;
    case Stage::b_q:
      return &head_inputs(trace, layer, head).b_q;
    case Stage::b_k:
      return &head_inputs(trace, layer, head).b_k;
    case Stage::b_v:
      return &head_inputs(trace, layer, head).b_v;
    case Stage::b_o:
      return &trace.inputs.layers[layer].b_o;
    default:
      return nullptr;
  }
}

const Matrix* find_shared(const Trace& trace, Stage stage, int layer) {
  switch (stage) {
    case Stage::embedding:
      return &trace.inputs.embedding;
    case Stage::positions:
      return &trace.positions;
    case Stage::x:
      return layer == static_cast<int>(trace.layers.size()) ? &trace.residual : &trace.layers[layer].x;
    case Stage::score_bias:
      return &trace.inputs.options.score_bias;
    case Stage::w_o:
      return &trace.inputs.layers[layer].w_o;
    case Stage::layer_output:
      return &trace.layers[layer].layer_output;
    default:
      return nullptr;
  }
}

const Matrix* find_of_head(const HeadInputs& given, const HeadTrace& head, Stage stage) {
  switch (stage) {
    case Stage::w_q:
      return &given.w_q;
    case Stage::w_k:
      return &given.w_k;
    case Stage::w_v:
      return &given.w_v;
    case Stage::q:
      return &head.q;
    case Stage::k:
      return &head.k;
    case Stage::v:
      return &head.v;
    case Stage::q_normalised:
      return &head.q_normalised;
    case Stage::k_normalised:
      return &head.k_normalised;
    case Stage::q_rotated:
      return &head.q_rotated;
    case Stage::k_rotated:
      return &head.k_rotated;
    case Stage::scores:
      return &head.scores;
    case Stage::scaled:
      return &head.scaled;
    case Stage::weights:
      return &head.weights;
    case Stage::output:
      return &head.output;
    default:
      return nullptr;
  }
}

std::string text_of(const Cell& cell) {
  return std::string(name_of(cell.stage)) + "[" + std::to_string(cell.row) + ", " +
         std::to_string(cell.column) + "] of layer " + std::to_string(cell.layer) + ", head " +
         std::to_string(cell.head);
}

}  // namespace

float* leaf(Inputs& inputs, const Cell& cell) {
  const auto in = [&](auto& numbers) { return &numbers(cell.row, cell.column); };
  switch (cell.stage) {
    case Stage::embedding:
      return in(inputs.embedding);
    case Stage::norm_gain:
      return in(inputs.norm.gain);
    case Stage::norm_bias:
      return in(inputs.norm.bias);
    case Stage::score_bias:
      return in(inputs.options.score_bias);
    default:
      break;
  }
  if (!is_leaf(cell.stage) || cell.stage == Stage::positions) return nullptr;
  LayerInputs& layer = inputs.layers[cell.layer];
  HeadInputs& head = layer.heads[cell.head];
  switch (cell.stage) {
    case Stage::w_q:
      return in(head.w_q);
    case Stage::w_k:
      return in(head.w_k);
    case Stage::w_v:
      return in(head.w_v);
    case Stage::b_q:
      return in(head.b_q);
    case Stage::b_k:
      return in(head.b_k);
    case Stage::b_v:
      return in(head.b_v);
    case Stage::q_norm_gain:
      return in(head.q_norm.gain);
    case Stage::q_norm_bias:
      return in(head.q_norm.bias);
    case Stage::k_norm_gain:
      return in(head.k_norm.gain);
    case Stage::k_norm_bias:
      return in(head.k_norm.bias);
    case Stage::w_o:
      return in(layer.w_o);
    default:
      return in(layer.b_o);
  }
}

const Matrix* matrix_of(const Trace& trace, Stage stage, int layer, int head) {
  if (!exists(trace, stage, layer, head)) return nullptr;
  const Matrix* found = is_per_head(stage) ? find_of_head(head_inputs(trace, layer, head),
                                                          trace.layers[layer].heads[head], stage)
                                           : find_shared(trace, stage, layer);
  return found && found->size() > 0 ? found : nullptr;
}

Shape shape_of(const Trace& trace, Stage stage, int layer, int head) {
  if (const Matrix* m = matrix_of(trace, stage, layer, head)) {
    return {static_cast<int>(m->rows()), static_cast<int>(m->cols())};
  }
  const Vector* v = vector_of(trace, stage, layer, head);
  return v && v->size() > 0 ? Shape{1, static_cast<int>(v->size())} : Shape{};
}

float value(const Trace& trace, const Cell& cell) {
  const Shape shape = shape_of(trace, cell.stage, cell.layer, cell.head);
  if (cell.row < 0 || cell.row >= shape.rows || cell.column < 0 || cell.column >= shape.columns) {
    throw Error("There is no " + text_of(cell) + ": " +
                (shape == Shape{}
                     ? "this trace has no such matrix."
                     : "it is [" + std::to_string(shape.rows) + ", " + std::to_string(shape.columns) + "]."));
  }
  if (const Matrix* m = matrix_of(trace, cell.stage, cell.layer, cell.head))
    return (*m)(cell.row, cell.column);
  return (*vector_of(trace, cell.stage, cell.layer, cell.head))(cell.column);
}

}  // namespace qkv::attention
