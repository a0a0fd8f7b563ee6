#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/dtype.h"
#include "core/files/wording.h"
#include "core/model/capture_arrays.h"
#include "core/model/capture_checks.h"
#include "core/model/capture_metadata.h"

namespace qkv::model {
namespace {

using files::in_quotes;
using Shape = std::vector<std::int64_t>;

constexpr std::size_t kMaxLayers = 10'000;

/// "blocks.3.pattern", or what TransformerLens calls it, as layer and part.
struct Name {
  std::size_t layer = 0;
  std::string part;
  bool lens = false;  ///< TransformerLens: a batch axis, and positions before heads
};

/// The number of a name that has another word, or no number that counts layers, in its place.
constexpr std::size_t kNoLayer = std::numeric_limits<std::size_t>::max();

std::optional<Name> parse_name(const std::string& text) {
  constexpr std::string_view kBlocks = "blocks.", kHook = "attn.hook_";
  const std::size_t dot = text.starts_with(kBlocks) ? text.find('.', kBlocks.size()) : text.npos;
  if (dot == text.npos) return {};
  Name name;
  name.part = text.substr(dot + 1);
  name.lens = name.part.starts_with(kHook);
  if (name.lens) name.part.erase(0, kHook.size());
  static const std::set<std::string> kOurs = {"pattern", "scores", "q", "k", "v", "z"};
  static const std::set<std::string> kLens = {"pattern", "q", "k", "v", "z", "rot_q", "rot_k"};
  if (!(name.lens ? kLens : kOurs).contains(name.part)) return {};
  const char *const begin = text.data() + kBlocks.size(), *const end = text.data() + dot;
  const auto number = std::from_chars(begin, end, name.layer);
  const bool plain = number.ec == std::errc() && number.ptr == end && (*begin != '0' || end - begin == 1);
  if (!plain) name.layer = kNoLayer;  // "blocks.00." too: it would be the same layer twice
  return name;
}

/// One part of one layer: its shape as [heads, rows, columns] and how it lies.
struct Part {
  std::string name;
  const ArraySource* source = nullptr;
  std::int64_t heads = 0, rows = 0, columns = 0;
  bool positions_first = false;  ///< [rows, heads, columns]
};

using LayerParts = std::map<std::string, Part>;

Part part_of(const ArrayFile& file, const std::string& name, const ArraySource& source, bool lens,
             bool square) {
  Shape shape = source.shape;
  if (lens && shape.size() == 4) {
    if (shape[0] != 1)
      throw Error(file.name + ": tensor " + in_quotes(name) + " holds a batch of " +
                  std::to_string(shape[0]) + " texts, expected one; save one text at a time");
    shape.erase(shape.begin());
  }
  if (shape.size() != 3)
    throw Error(file.name + ": tensor " + in_quotes(name) + " has the shape " +
                files::shape_text(source.shape) + ", expected three axes: heads, tokens and " +
                (square ? "tokens" : "width"));
  Part part{name, &source, shape[0], shape[1], shape[2], lens && !square};
  if (part.positions_first) std::swap(part.heads, part.rows);
  for (const std::int64_t axis : shape)
    if (axis < 1 || axis > files::kMaxElements)
      throw Error(file.name + ": tensor " + in_quotes(name) + " has the shape " +
                  files::shape_text(source.shape) + ", in which an axis is " +
                  (axis < 1 ? "empty" : "too long"));
  return part;
}

std::vector<LayerParts> layers_of(const ArrayFile& file) {
  std::map<std::size_t, LayerParts> found;
  for (const auto& [text, source] : file.arrays) {
    const auto name = parse_name(text);
    if (!name) continue;
    if (name->layer == kNoLayer)
      throw Error(file.name + ": tensor " + in_quotes(text) +
                  " is of no layer: its name must have a whole number there, such as blocks.0." + name->part);
    if (name->layer >= kMaxLayers)
      throw Error(file.name + ": tensor " + in_quotes(text) + " is of a layer beyond the " +
                  std::to_string(kMaxLayers) + " that can be opened");
    const bool square = name->part == "pattern" || name->part == "scores";
    // What attention received is after rotary positions, which TransformerLens keeps apart.
    const std::string part = name->part.starts_with("rot_") ? name->part.substr(4) : name->part;
    const bool better = name->part.starts_with("rot_") || !name->lens || !found[name->layer].contains(part);
    if (better) found[name->layer][part] = part_of(file, text, source, name->lens, square);
  }
  std::vector<LayerParts> out;
  for (auto& [layer, parts] : found) {
    if (layer != out.size())
      throw Error(file.name + ": has tensors of layer " + std::to_string(layer) + " but none of layer " +
                  std::to_string(out.size()) + "; every layer from 0 on must be there");
    out.push_back(std::move(parts));
  }
  return out;
}

/// Plain arrays of attention: one of [L, H, n, n], or one a layer, in order of the numbers in their names.
std::vector<LayerParts> layers_of_plain_arrays(const ArrayFile& file, std::vector<ArraySource>& owned) {
  std::vector<std::pair<std::string, const ArraySource*>> order;
  for (const auto& [name, source] : file.arrays)
    if (name != "token_ids" && name != "hidden" && name != "logits") order.emplace_back(name, &source);
  const auto number_in = [](const std::string& name) {
    const auto last = name.find_last_of("0123456789");
    if (last == std::string::npos) return 0L;
    auto first = last;
    while (first > 0 && name[first - 1] >= '0' && name[first - 1] <= '9' && last - first < 8) --first;
    return std::stol(name.substr(first, last - first + 1));
  };
  std::ranges::stable_sort(order, {}, [&](const auto& each) { return number_in(each.first); });
  owned.reserve(kMaxLayers);  // parts point into it
  std::vector<std::pair<std::string, const ArraySource*>> layers;
  for (const auto& [name, source] : order) {
    Shape shape = source->shape;
    if (shape.size() == 5 && shape[1] == 1) shape.erase(shape.begin() + 1);
    if (shape.size() == 2) shape.insert(shape.begin(), 1);
    if (shape.size() == 3) shape.insert(shape.begin(), 1);
    if (shape.size() != 4 || shape[0] < 1 || shape[0] > static_cast<std::int64_t>(kMaxLayers - owned.size()))
      throw Error(file.name + ": array " + in_quotes(name) + " has the shape " +
                  files::shape_text(source->shape) +
                  ", expected attention as [layers, heads, n, n], [heads, n, n] or [n, n]");
    const std::int64_t size = std::max<std::int64_t>(files::element_count({shape[1], shape[2], shape[3]}), 0);
    for (std::int64_t l = 0; l < shape[0]; ++l) {
      owned.push_back(
          {{shape[1], shape[2], shape[3]}, [source = source, size, l, whole = shape[0]](float* out) {
             if (whole == 1) return source->read(out);
             std::vector<float> all(static_cast<std::size_t>(size * whole));
             source->read(all.data());
             std::copy_n(all.data() + l * size, size, out);
           }});
      layers.emplace_back(name, &owned.back());
    }
  }
  std::vector<LayerParts> out;
  for (const auto& [name, source] : layers)
    out.push_back({{"pattern", part_of(file, name, *source, false, true)}});
  return out;
}

/// Sizes that every part must share.
struct Sizes {
  std::int64_t heads = 0, kv_heads = 0, queries = 0, keys = 0, width = 0, value_width = 0;
};

class Agreement {
 public:
  explicit Agreement(const ArrayFile& file) : file_(file) {}
  void expect(std::int64_t& known, std::int64_t found, const Part& part, const char* what) const {
    if (known == 0) known = found;
    if (known != found)
      throw Error(file_.name + ": tensor " + in_quotes(part.name) + " has " + std::to_string(found) + " " +
                  what + ", but other tensors have " + std::to_string(known));
  }

 private:
  const ArrayFile& file_;
};

Sizes sizes_of(const ArrayFile& file, const std::vector<LayerParts>& layers) {
  Sizes s;
  const Agreement all(file);
  for (const LayerParts& layer : layers)
    for (const auto& [kind, part] : layer) {
      const bool square = kind == "pattern" || kind == "scores", of_keys = kind == "k" || kind == "v";
      all.expect(of_keys ? s.kv_heads : s.heads, part.heads, part, of_keys ? "key-value heads" : "heads");
      all.expect(of_keys ? s.keys : s.queries, part.rows, part, of_keys ? "keys" : "queries");
      if (square) all.expect(s.keys, part.columns, part, "keys");
      if (kind == "q" || kind == "k") all.expect(s.width, part.columns, part, "dimensions a head");
      if (kind == "v" || kind == "z") all.expect(s.value_width, part.columns, part, "dimensions a value");
    }
  if (s.heads == 0) s.heads = s.kv_heads;
  if (s.kv_heads == 0) s.kv_heads = s.heads;
  if (s.queries == 0) s.queries = s.keys;
  if (s.keys == 0) s.keys = s.queries;
  if (s.heads % s.kv_heads != 0)
    throw Error(file.name + ": has " + std::to_string(s.heads) + " heads, which " +
                std::to_string(s.kv_heads) + " key-value heads do not divide");
  return s;
}

/// [n, H·d] from a part.
Matrix side_by_side(const Part& part) {
  Matrix out(part.rows, part.heads * part.columns);
  if (part.positions_first || part.heads == 1) {
    part.source->read(out.data());
    return out;
  }
  Matrix stacked(part.heads * part.rows, part.columns);
  part.source->read(stacked.data());
  for (std::int64_t h = 0; h < part.heads; ++h)
    out.middleCols(h * part.columns, part.columns) = stacked.middleRows(h * part.rows, part.rows);
  return out;
}

std::vector<Matrix> each_head(const Part& part) {
  Matrix stacked(part.heads * part.rows, part.columns);
  part.source->read(stacked.data());
  std::vector<Matrix> out;
  for (std::int64_t h = 0; h < part.heads; ++h) out.push_back(stacked.middleRows(h * part.rows, part.rows));
  return out;
}

LayerCapture layer_of(const LayerParts& parts, bool with_values) {
  LayerCapture out;
  const auto read = [&](const char* kind, Matrix& to) {
    const auto found = parts.find(kind);
    if (found != parts.end()) to = side_by_side(found->second);
  };
  read("q", out.q);
  read("k", out.k);
  if (with_values) read("v", out.v);
  if (with_values) read("z", out.z);
  if (parts.contains("pattern")) out.pattern = each_head(parts.at("pattern"));
  if (parts.contains("scores")) out.scores = each_head(parts.at("scores"));
  return out;
}

void read_tokens(Capture& capture, const ArrayFile& file, const Sizes& sizes) {
  const auto ids = file.arrays.find("token_ids");
  if (ids != file.arrays.end()) {
    if (ids->second.shape != Shape{sizes.queries})
      throw Error(file.name + ": tensor 'token_ids' has the shape " + files::shape_text(ids->second.shape) +
                  ", expected [" + std::to_string(sizes.queries) + "], one for each query");
    std::vector<float> values(static_cast<std::size_t>(sizes.queries));
    ids->second.read(values.data());
    for (const float value : values) {
      if (!(value >= 0 && value < 2147483648.f) || value != std::floor(value))
        throw Error(file.name + ": tensor 'token_ids' holds what is no token id");
      capture.token_ids.push_back(static_cast<int>(value));
    }
  }
  const auto named = [&](std::int64_t count, bool by_id) {
    std::vector<std::string> out;
    for (std::int64_t i = 0; i < count; ++i)
      out.push_back(by_id ? std::to_string(capture.token_ids[static_cast<std::size_t>(i)])
                          : "t" + std::to_string(i));
    return out;
  };
  const auto given = text_list(file, "tokens", sizes.queries);
  const auto texts = file.texts.find("tokens");
  if (given)
    capture.tokens = *given;
  else if (texts != file.texts.end() && std::ssize(texts->second) == sizes.queries)
    capture.tokens = texts->second;
  else
    capture.tokens = named(sizes.queries, !capture.token_ids.empty());
  const auto keys = text_list(file, "key_tokens", sizes.keys);
  capture.key_tokens = keys ? *keys : sizes.keys == sizes.queries ? capture.tokens : named(sizes.keys, false);
}

void read_outputs(Capture& capture, const ArrayFile& file, const Sizes& sizes) {
  const auto hidden = file.arrays.find("hidden");
  if (hidden != file.arrays.end()) {
    const Shape& shape = hidden->second.shape;
    const auto expected = std::ssize(capture.layers) + 1;
    if (shape.size() != 3 || shape[0] != expected || shape[1] != sizes.queries || shape[2] < 1)
      throw Error(file.name + ": tensor 'hidden' has the shape " + files::shape_text(shape) + ", expected [" +
                  std::to_string(expected) + ", " + std::to_string(sizes.queries) + ", width]");
    capture.hidden = each_head({"hidden", &hidden->second, shape[0], shape[1], shape[2]});
  }
  const auto logits = file.arrays.find("logits");
  if (logits == file.arrays.end()) return;
  Shape shape = logits->second.shape;
  if (shape.size() == 3 && shape[0] == 1) shape.erase(shape.begin());
  if (shape.size() != 2 || shape[0] != sizes.queries || shape[1] < 1)
    throw Error(file.name + ": tensor 'logits' has the shape " + files::shape_text(logits->second.shape) +
                ", expected [" + std::to_string(sizes.queries) + ", vocabulary]");
  capture.logits.resize(shape[0], shape[1]);
  logits->second.read(capture.logits.data());
}

void read_scoring(Capture& capture, const ArrayFile& file, const Sizes& sizes) {
  const std::size_t layers = capture.layers.size();
  const auto scales = layer_numbers(file, "scale", layers), causal = layer_numbers(file, "causal", layers);
  const auto windows = layer_numbers(file, "window", layers),
             softcaps = layer_numbers(file, "softcap", layers);
  const double usual = sizes.width > 0 ? 1 / std::sqrt(static_cast<double>(sizes.width)) : 1;
  for (std::size_t l = 0; l < layers; ++l) {
    LayerCapture& layer = capture.layers[l];
    const double scale = scales ? (*scales)[l] : usual, softcap = softcaps ? (*softcaps)[l] : 0,
                 window = windows ? (*windows)[l] : 0;
    constexpr double kLeast = std::numeric_limits<float>::min(), kMost = std::numeric_limits<float>::max();
    const auto refuse = [&](const char* key, double value, const char* expected) {
      char found[32];
      std::snprintf(found, sizeof found, "%g", value);
      throw Error(file.name + ": metadata '" + key + "' of layer " + std::to_string(l) + " is " + found +
                  ", but must be " + expected + "; correct it where the file was made");
    };
    if (!(scale >= kLeast && scale <= kMost)) refuse("scale", scale, "a float32 greater than 0");
    if (softcap != 0 && !(softcap >= kLeast && softcap <= kMost))
      refuse("softcap", softcap, "0 (none) or a float32 greater than 0");
    if (window < 0 || window > std::numeric_limits<int>::max() || window != std::floor(window))
      refuse("window", window, "0 (none) or a whole number of tokens");
    layer.scoring.scale = static_cast<float>(scale);
    layer.scoring.softcap = static_cast<float>(softcap);
    layer.scoring.causal = causal && (*causal)[l] != 0;
    layer.scoring.window = static_cast<int>(window);
    if (!causal || !windows) infer_mask(layer, !causal, !windows);
  }
}

}  // namespace

bool has_capture_names(const ArrayFile& file) {
  return std::ranges::any_of(file.arrays,
                             [](const auto& each) { return parse_name(each.first).has_value(); });
}

bool has_pattern_shapes(const ArrayFile& file) {
  return !file.arrays.empty() && std::ranges::all_of(file.arrays, [](const auto& each) {
    const Shape& shape = each.second.shape;
    return shape.size() >= 3 && shape.size() <= 5 && shape[shape.size() - 1] == shape[shape.size() - 2];
  });
}

namespace {

Capture read_whole(const ArrayFile& file) {
  std::vector<ArraySource> owned;
  std::vector<LayerParts> layers = layers_of(file);
  if (layers.empty() && file.metadata.contains("attn_capture"))
    throw Error(file.name +
                ": holds no tensor of attention; expected names such as blocks.0.pattern or blocks.0.q");
  if (layers.empty()) layers = layers_of_plain_arrays(file, owned);
  if (layers.empty()) throw Error(file.name + ": holds no attention");
  const auto version = file.metadata.find("attn_capture");
  if (version != file.metadata.end() && version->second != "1")
    throw Error(file.name + ": is a capture file of version " + in_quotes(version->second) +
                ", and this program reads version 1 only");
  const Sizes sizes = sizes_of(file, layers);
  const std::int64_t width = sizes.width ? sizes.width : sizes.value_width;
  if (sizes.heads * std::max(width, std::int64_t{1}) > std::numeric_limits<int>::max())
    throw Error(file.name + ": has more heads and dimensions than can be opened");
  Capture capture;
  capture.heads = static_cast<int>(sizes.heads);
  capture.kv_heads = static_cast<int>(sizes.kv_heads);
  capture.head_dim = static_cast<int>(width);
  const auto text = [&](const char* key) {
    const auto found = file.metadata.find(key);
    return found == file.metadata.end() ? std::string() : found->second;
  };
  capture.model = text("model");
  capture.producer = text("producer");
  const bool with_values = sizes.value_width == 0 || sizes.value_width == width;
  if (!with_values)
    capture.notes.push_back("Values are " + std::to_string(sizes.value_width) + " wide and queries " +
                            std::to_string(sizes.width) + ", so v and z are left out.");
  for (LayerParts& layer : layers) {
    const auto q = layer.find("q"), k = layer.find("k");
    if ((q == layer.end()) != (k == layer.end()) && !layer.contains("pattern") && !layer.contains("scores"))
      throw Error(file.name + ": tensor " + in_quotes((q == layer.end() ? k : q)->second.name) +
                  " is there without its " + (q == layer.end() ? "q" : "k") +
                  ", so neither scores nor pattern can be known");
    capture.layers.push_back(layer_of(layer, with_values));
  }
  read_tokens(capture, file, sizes);
  read_scoring(capture, file, sizes);
  read_outputs(capture, file, sizes);
  check_and_complete(capture);
  return capture;
}

}  // namespace

Capture capture_of(const ArrayFile& file) {
  return files::advised("save the capture again with the program that made it",
                        [&] { return read_whole(file); });
}

}  // namespace qkv::model
