
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/analysis/head_metrics.h"
#include "core/error.h"
#include "core/files/tensors.h"
#include "core/memory.h"
#include "core/model/model.h"
#include "core/vector_math.h"

// A forward pass with everything captured, on random weights that are written as a model folder first:
//   bench_model FOLDER [llama|gpt2 [TOKENS...]]
// One line of JSON a measurement, times in seconds, the best of several. The memory figure is of a process of
// its own for each shape (name one).
namespace qkv::model {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of one measurement: by the clock, and as the processors' time of all threads, which other programs disturb
/// less.
struct Took {
  double wall = std::numeric_limits<double>::infinity(), busy = std::numeric_limits<double>::infinity();
};

/// The best of repetitions for about `budget` seconds, three at least: other programs only ever add time.
Took best_of(double budget, const std::function<void()>& work) {
  Took best;
  double spent = 0;
  for (int i = 0; i < 3 || (spent < budget && i < 50); ++i) {
    const std::clock_t before = std::clock();
    const double took = seconds(work);
    best.wall = std::min(best.wall, took);
    best.busy = std::min(best.busy, static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC);
    spent += took;
  }
  return best;
}

volatile float never_read;

/// Fused multiply-adds on registers alone, one thread.
void multiply_add(std::int64_t rounds) {
  using vectors::Floats;
  constexpr int kChains = 12;  // latency × throughput of two pipes, with room to spare
  Floats sums[kChains];
  for (Floats& sum : sums) sum = vectors::all(1e-3f);
  Floats factor = vectors::all(0.999f), term = vectors::all(1e-5f);
  for (std::int64_t i = 0; i < rounds; ++i) {
    vectors::unrolled<kChains>([&](auto c) { sums[c] = sums[c] * factor + term; });
  }
  Floats total{};
  for (const Floats& sum : sums) total = total + sum;
  never_read = vectors::sum(total);
}

/// GFLOP/s of all cores together by the clock, and of one core by the time it was busy.
std::pair<double, double> peak() {
  constexpr std::int64_t kRounds = 4'000'000;
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const Took took = best_of(0.6, [&] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < cores; ++t) threads.emplace_back([] { multiply_add(kRounds); });
  });
  const double operations = 2.0 * 12 * vectors::kLanes * kRounds * cores / 1e9;
  return {operations / took.wall, operations / took.busy};
}

struct Shape {
  std::string family;
  int layers, width, heads, kv_heads, mlp, vocabulary, positions;
  int head_dim() const { return width / heads; }
};

const Shape kLlama{"llama", 30, 576, 9, 3, 1536, 49152, 2048};
const Shape kGpt2{"gpt2", 12,   768,   12,
                  12,     3072, 50257, 2048};  // GPT-2 has 1024 positions; more, to measure 2048

using Sizes = std::map<std::string, std::vector<std::int64_t>>;

Sizes tensors_of(const Shape& s) {
  const std::int64_t d = s.width, kv = std::int64_t{s.kv_heads} * s.head_dim(), m = s.mlp;
  Sizes sizes;
  if (s.family == "llama") {
    sizes["model.embed_tokens.weight"] = {s.vocabulary, d};
    sizes["model.norm.weight"] = {d};
    for (int l = 0; l < s.layers; ++l) {
      const std::string at = "model.layers." + std::to_string(l) + ".";
      sizes[at + "input_layernorm.weight"] = sizes[at + "post_attention_layernorm.weight"] = {d};
      sizes[at + "self_attn.q_proj.weight"] = sizes[at + "self_attn.o_proj.weight"] = {d, d};
      sizes[at + "self_attn.k_proj.weight"] = sizes[at + "self_attn.v_proj.weight"] = {kv, d};
      sizes[at + "mlp.gate_proj.weight"] = sizes[at + "mlp.up_proj.weight"] = {m, d};
      sizes[at + "mlp.down_proj.weight"] = {d, m};
    }
    return sizes;
  }
  sizes["transformer.wte.weight"] = {s.vocabulary, d};
  sizes["transformer.wpe.weight"] = {s.positions, d};
  sizes["transformer.ln_f.weight"] = sizes["transformer.ln_f.bias"] = {d};
  for (int l = 0; l < s.layers; ++l) {
    const std::string at = "transformer.h." + std::to_string(l) + ".";
    for (const char* norm : {"ln_1", "ln_2"}) sizes[at + norm + ".weight"] = sizes[at + norm + ".bias"] = {d};
    for (const auto& [name, in, out] : {std::tuple{"attn.c_attn", d, 3 * d},
                                        {"attn.c_proj", d, d},
                                        {"mlp.c_fc", d, m},
                                        {"mlp.c_proj", m, d}}) {
      sizes[at + name + ".weight"] = {in, out};
      sizes[at + name + ".bias"] = {out};
    }
  }
  return sizes;
}

std::int64_t count_of(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

std::string config_of(const Shape& s) {
  const auto field = [](const char* name, int value) {
    return std::string(", \"") + name + "\": " + std::to_string(value);
  };
  if (s.family == "llama")
    return "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"], \"hidden_act\": \"silu\", "
           "\"rms_norm_eps\": 1e-05, \"rope_theta\": 10000.0, \"tie_word_embeddings\": true" +
           field("num_hidden_layers", s.layers) + field("hidden_size", s.width) +
           field("num_attention_heads", s.heads) + field("num_key_value_heads", s.kv_heads) +
           field("intermediate_size", s.mlp) + field("vocab_size", s.vocabulary) +
           field("max_position_embeddings", s.positions) + "}";
  return "{\"model_type\": \"gpt2\", \"architectures\": [\"GPT2LMHeadModel\"], \"activation_function\": "
         "\"gelu_new\", "
         "\"layer_norm_epsilon\": 1e-05" +
         field("n_layer", s.layers) + field("n_embd", s.width) + field("n_head", s.heads) +
         field("vocab_size", s.vocabulary) + field("n_positions", s.positions) + "}";
}

/// Random weights of deviation 0.02 or so: uniform, made from the place, so that none need be held. Norm
/// gains are near 1.
void write_folder(const Shape& shape, const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "model.safetensors")) return;
  std::filesystem::create_directories(folder);
  std::vector<files::TensorSource> sources;
  std::uint64_t seed = 1;
  for (const auto& [name, sizes] : tensors_of(shape)) {
    const bool gain = sizes.size() == 1 && name.ends_with("weight");
    sources.push_back(
        {name, "F32", sizes, [at = ++seed, gain](void* out, std::int64_t first, std::int64_t count) {
           auto* values = static_cast<float*>(out);
           for (std::int64_t i = 0; i < count; ++i) {
             std::uint64_t x = (at << 32) + static_cast<std::uint64_t>(first + i);
             x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
             x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
             x ^= x >> 31;
             const auto unit = static_cast<float>(static_cast<double>(x >> 11) * 0x1p-53);
             values[i] = (gain ? 1.0f : 0.0f) + 0.07f * (unit - 0.5f);
           }
         }});
  }
  files::write_safetensors(folder / "model.safetensors", sources, {{"format", "pt"}});
  std::ofstream(folder / "config.json") << config_of(shape);
}

/// 2·m·n·k of every product; attention over causal pairs.
double operations(const Shape& s, double n) {
  const double d = s.width, kv = static_cast<double>(s.kv_heads) * s.head_dim();
  const double mlp = (s.family == "llama" ? 3.0 : 2.0) * d * s.mlp;
  const double layer = n * (2 * d * d + 2 * d * kv + mlp) + n * (n + 1) / 2 * d * 2;
  return 2 * (s.layers * layer + n * d * s.vocabulary);
}

/// "VmHWM" or "VmRSS" of this process, in bytes.
double memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return 1024 * std::stod(line.substr(field.size() + 1));
  return 0;
}

void measure(const Shape& shape, const std::filesystem::path& folder, const std::vector<int>& lengths) {
  write_folder(shape, folder);
  std::int64_t parameters = 0;
  for (const auto& [name, sizes] : tensors_of(shape)) parameters += count_of(sizes);
  const double weights = 4.0 * static_cast<double>(parameters);

  std::shared_ptr<const Model> model;
  const Took read = best_of(0, [&] {  // what reading the bytes alone takes, the file being in the page cache
    std::ifstream file(folder / "model.safetensors", std::ios::binary);
    std::vector<char> buffer(1 << 22);
    while (file.read(buffer.data(), std::ssize(buffer))) {
    }
  });
  const Took open = best_of(0, [&] {
    model.reset();
    model = Model::open(folder);
  });
  std::printf(
      "{\"shape\": \"%s\", \"parameters\": %lld, \"read_s\": %.4f, \"open_s\": %.4f, \"open_busy_s\": %.4f, "
      "\"weights_bytes\": "
      "%.0f, "
      "\"peak_bytes_open\": %.0f}\n",
      shape.family.c_str(), static_cast<long long>(parameters), read.wall, open.wall, open.busy, weights,
      memory("VmHWM"));
  std::fflush(stdout);
  for (const int n : lengths) {
    Request request;
    for (int i = 0; i < n; ++i) request.token_ids.push_back(i * 7919 % shape.vocabulary);
    Capture capture;
    Matrix pattern;
    const Took pass = best_of(6, [&] {
      capture = {};
      capture = forward(*model, request);
    });
    const Took tile = best_of(0, [&] { pattern = pattern_tile(capture, 0, 0, {0, 0, n, n}); });
    const auto [together, each] = peak();
    const double billions = operations(shape, n) / 1e9;
    std::printf(
        "{\"shape\": \"%s\", \"tokens\": %d, \"forward_s\": %.4f, \"busy_s\": %.4f, \"gflops\": %.1f, "
        "\"peak_gflops\": %.1f, \"of_peak\": %.3f, \"busy_of_peak\": %.3f, \"pattern_s\": %.5f, "
        "\"open_to_pattern_s\": %.4f, \"peak_bytes\": %.0f}\n",
        shape.family.c_str(), n, pass.wall, pass.busy, billions / pass.wall, together,
        billions / pass.wall / together, billions / pass.busy / each, tile.wall,
        open.wall + pass.wall + tile.wall, memory("VmHWM"));
    std::fflush(stdout);
    if (n == 512) {
      const Took metrics = best_of(0, [&] { analysis::head_metrics(capture); });
      std::printf("{\"shape\": \"%s\", \"tokens\": %d, \"head_metrics_s\": %.4f}\n", shape.family.c_str(), n,
                  metrics.wall);
      std::fflush(stdout);
    }
  }
}

}  // namespace
}  // namespace qkv::model

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "bench_model FOLDER [llama|gpt2 [TOKENS...]]: where the model folders go\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::string only = argc > 2 ? argv[2] : "";
  std::vector<int> lengths;
  for (int i = 3; i < argc; ++i) lengths.push_back(std::atoi(argv[i]));
  if (lengths.empty()) lengths = {128, 512, 1024, 2048};
  qkv::keep_freed_memory();  // as the program does
  try {
    for (const auto& shape : {qkv::model::kLlama, qkv::model::kGpt2})
      if (only.empty() || only == shape.family) qkv::model::measure(shape, folder / shape.family, lengths);
  } catch (const qkv::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
