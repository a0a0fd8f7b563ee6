#include <benchmark/benchmark.h>

#include <random>

#include "core/attention/attention.h"
#include "core/attention/provenance.h"
#include "core/attention/readouts.h"
#include "core/memory.h"

// From an edit to a complete trace, and the hover that follows. Arguments: tokens, d_model, heads; d_k =
// d_model/heads.
namespace qkv::attention {
namespace {

Matrix random_matrix(int rows, int columns, float deviation, std::mt19937& bits) {
  std::normal_distribution<float> normal(0, deviation);
  return Matrix::NullaryExpr(rows, columns, [&] { return normal(bits); });
}

Inputs inputs_of(const benchmark::State& state) {
  const auto n = static_cast<int>(state.range(0));
  const auto d_model = static_cast<int>(state.range(1));
  const auto heads = static_cast<int>(state.range(2));
  const int d_k = d_model / heads;
  const float deviation = 1.0f / std::sqrt(static_cast<float>(d_model));
  std::mt19937 bits(1);
  Inputs inputs;
  inputs.embedding = random_matrix(n, d_model, 1, bits);
  inputs.options.mask.kind = MaskKind::causal;
  LayerInputs& layer = inputs.layers.emplace_back();
  for (int h = 0; h < heads; ++h) {
    HeadInputs& head = layer.heads.emplace_back();
    head.w_q = random_matrix(d_model, d_k, deviation, bits);
    head.w_k = random_matrix(d_model, d_k, deviation, bits);
    head.w_v = random_matrix(d_model, d_k, deviation, bits);
  }
  layer.w_o = random_matrix(d_model, d_model, deviation, bits);
  return inputs;
}

/// The inputs are copied each time, as an edit does.
void attend(benchmark::State& state) {
  const Inputs inputs = inputs_of(state);
  for (auto _ : state) benchmark::DoNotOptimize(attention::attend(inputs));
}
BENCHMARK(attend)
    ->Args({4, 8, 1})
    ->Args({16, 64, 4})
    ->Args({64, 64, 4})
    ->Args({128, 128, 8})
    ->Args({512, 128, 8})
    ->UseRealTime();

void hover(benchmark::State& state) {
  const Trace trace = attention::attend(inputs_of(state));
  const Cell cell{Stage::x, 0, 0, trace.n() / 2, 0};
  const Cell result{Stage::layer_output, 0, 0, trace.n() / 2, 0};
  for (auto _ : state) {
    benchmark::DoNotOptimize(consumers_of(trace, cell));
    benchmark::DoNotOptimize(operands_of(trace, result));
    benchmark::DoNotOptimize(explain(trace, result));
  }
}
BENCHMARK(hover)->Args({4, 8, 1})->Args({16, 64, 4})->Args({128, 128, 8})->Args({512, 128, 8})->UseRealTime();

void read_out(benchmark::State& state) {
  const Trace trace = attention::attend(inputs_of(state));
  const HeadTrace& head = trace.layers[0].heads[0];
  for (auto _ : state) benchmark::DoNotOptimize(readouts(head.weights, head.scaled));
}
BENCHMARK(read_out)->Args({16, 64, 4})->Args({512, 128, 8})->UseRealTime();

}  // namespace
}  // namespace qkv::attention

int main(int argc, char** argv) {
  qkv::keep_freed_memory();  // as the program does
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
