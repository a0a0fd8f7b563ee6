#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/files/capture_format.h"
#include "core/files/wording.h"
#include "core/model/capture_file.h"

namespace qkv::model {
namespace {

using files::TensorSource;

/// Elements [first, first + count) of a [layers' heads, n_q, n_k] tensor whose tiles are made on demand.
template <typename MakeTile>
void fill_tiles(float* out, std::int64_t first, std::int64_t count, std::int64_t n_q, std::int64_t n_k,
                MakeTile make_tile) {
  while (count > 0) {
    const std::int64_t head = first / (n_q * n_k), row = first / n_k % n_q, column = first % n_k;
    std::int64_t rows = 1, columns = std::min(n_k - column, count);
    if (column == 0 && count >= n_k) rows = std::min(n_q - row, count / n_k);
    const Matrix tile =
        make_tile(static_cast<int>(head), Tile{static_cast<int>(row), static_cast<int>(column),
                                               static_cast<int>(rows), static_cast<int>(columns)});
    out = std::copy_n(tile.data(), tile.size(), out);
    first += tile.size();
    count -= tile.size();
  }
}

/// A [n, H·d] matrix as the [H, n, d] tensor of the file.
TensorSource of_heads(std::string name, const Matrix& matrix, int heads) {
  const std::int64_t n = matrix.rows(), d = matrix.cols() / heads;
  return {std::move(name),
          "F32",
          {heads, n, d},
          [&matrix, n, d](void* out, std::int64_t first, std::int64_t count) {
            auto* to = static_cast<float*>(out);
            for (std::int64_t i = first; i < first + count; ++i)
              *to++ = matrix(i / d % n, i / (n * d) * d + i % d);
          }};
}

/// Everything that watches over a long write.
struct Watch {
  const std::function<void(double, const std::string&)>& progress;
  std::stop_token stop;
  std::string file;
  int layers = 0;

  void at(int layer) const {
    if (stop.stop_requested()) throw Error(file + ": writing was cancelled");
    if (progress)
      progress(static_cast<double>(layer) / layers,
               "writing layer " + std::to_string(layer + 1) + " of " + std::to_string(layers));
  }
};

void add_layer(std::vector<TensorSource>& tensors, const Capture& capture, int layer,
               const std::set<std::string>& parts, const Watch& watch) {
  const auto at = static_cast<std::size_t>(layer);
  const LayerCapture& of = capture.layers[at];
  const std::int64_t n_q = capture.n_queries(), n_k = capture.n_keys();
  using MakeTile = Matrix (*)(const Capture&, int, int, Tile);
  const auto add_tiles = [&](const std::string& part, bool there, MakeTile make) {
    if (!there || !parts.contains(part)) return;
    tensors.push_back(
        {files::capture_tensor(at, part),
         "F32",
         {capture.heads, n_q, n_k},
         [&capture, &watch, layer, n_q, n_k, make](void* out, std::int64_t first, std::int64_t count) {
           watch.at(layer);
           fill_tiles(static_cast<float*>(out), first, count, n_q, n_k,
                      [&](int head, Tile tile) { return make(capture, layer, head, tile); });
         }});
  };
  add_tiles("pattern", has_pattern(capture, layer), pattern_tile);
  add_tiles("scores", has_scores(capture, layer), scores_tile);
  const auto add = [&](const std::string& part, const Matrix& matrix, int heads) {
    if (matrix.size() > 0 && parts.contains(part))
      tensors.push_back(of_heads(files::capture_tensor(at, part), matrix, heads));
  };
  add("q", of.q, capture.heads);
  add("k", of.k, capture.kv_heads);
  add("v", of.v, capture.kv_heads);
  add("z", of.z, capture.heads);
}

void add_hidden(std::vector<TensorSource>& tensors, const Capture& capture) {
  const std::int64_t size = capture.hidden.front().size();
  tensors.push_back(
      {"hidden",
       "F32",
       {std::ssize(capture.hidden), capture.hidden.front().rows(), capture.hidden.front().cols()},
       [&capture, size](void* out, std::int64_t first, std::int64_t count) {
         auto* to = static_cast<float*>(out);
         while (count > 0) {
           const Matrix& hidden = capture.hidden[static_cast<std::size_t>(first / size)];
           const std::int64_t now = std::min(count, size - first % size);
           to = std::copy_n(hidden.data() + first % size, now, to);
           first += now;
           count -= now;
         }
       }});
}

/// One value where all layers agree, else a list.
template <typename Value>
std::string of_layers(const std::vector<Value>& values, std::string (*text)(Value)) {
  const bool same = std::ranges::all_of(values, [&](Value each) { return each == values.front(); });
  std::string list;
  for (const Value each : values) list += (list.empty() ? "[" : ", ") + text(each);
  return same ? text(values.front()) : list + "]";
}

std::map<std::string, std::string> metadata_of(const Capture& capture) {
  std::map<std::string, std::string> out = {{"attn_capture", "1"},
                                            {"tokens", files::json_list(capture.tokens)},
                                            {"model", capture.model},
                                            {"producer", capture.producer}};
  if (capture.key_tokens != capture.tokens) out["key_tokens"] = files::json_list(capture.key_tokens);
  std::vector<float> scales, softcaps;
  std::vector<int> windows, causal;
  for (const LayerCapture& layer : capture.layers) {
    scales.push_back(layer.scoring.scale);
    softcaps.push_back(layer.scoring.softcap);
    windows.push_back(layer.scoring.window);
    causal.push_back(layer.scoring.causal ? 1 : 0);
  }
  out["scale"] = files::json_list(scales);
  const auto any = [](const auto& values) {
    return std::ranges::any_of(values, [](auto v) { return v != 0; });
  };
  out["causal"] = of_layers<int>(causal, [](int v) -> std::string { return v ? "true" : "false"; });
  if (any(windows)) out["window"] = of_layers<int>(windows, [](int v) { return std::to_string(v); });
  if (any(softcaps))
    out["softcap"] = of_layers<float>(softcaps, [](float v) {
      const std::string list = files::json_list(std::vector<float>{v});
      return list.substr(1, list.size() - 2);
    });
  return out;
}

}  // namespace

void write_capture(const Capture& capture, const std::filesystem::path& path,
                   const std::set<std::string>& parts,
                   const std::function<void(double, const std::string&)>& progress, std::stop_token stop) {
  files::check_capture_parts(parts);
  const auto& wanted = parts.empty() ? files::capture_parts() : parts;
  const Watch watch{progress, stop, files::shown(path), static_cast<int>(capture.layers.size())};
  std::vector<TensorSource> tensors;
  for (int layer = 0; layer < watch.layers; ++layer) add_layer(tensors, capture, layer, wanted, watch);
  if (!capture.hidden.empty() && wanted.contains("hidden")) add_hidden(tensors, capture);
  if (capture.logits.size() > 0 && wanted.contains("logits"))
    tensors.push_back({"logits",
                       "F32",
                       {capture.logits.rows(), capture.logits.cols()},
                       [&](void* out, std::int64_t first, std::int64_t count) {
                         std::copy_n(capture.logits.data() + first, count, static_cast<float*>(out));
                       }});
  if (tensors.empty())
    throw Error(watch.file + ": nothing to write: " + capture.model +
                " has none of the parts asked for (a model without a head has no logits); ask for others");
  if (!capture.token_ids.empty())
    tensors.push_back({"token_ids",
                       "I64",
                       {std::ssize(capture.token_ids)},
                       [&](void* out, std::int64_t first, std::int64_t count) {
                         std::copy_n(capture.token_ids.begin() + first, count,
                                     static_cast<std::int64_t*>(out));
                       }});
  files::write_safetensors(path, tensors, metadata_of(capture));
}

}  // namespace qkv::model
