#pragma once
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "app/drawing/painter.h"
#include "core/matrix.h"

// Plausible data for the figures of the Model workspace.
namespace qkv::figures {

/// n labels: words, and from three on also a very long one, Japanese, Arabic, an emoji and a blank.
inline std::vector<std::string> labels(int n) {
  const std::vector<std::string> words{"⟨bos⟩",   "The",
                                       "dog",     "日本語のトークン",
                                       "chased",  "العربية",
                                       "the",     "👩‍👩‍👧",
                                       "ball",    "anextraordinarilylongtokenwithoutanyspaceinit",
                                       "because", "it",
                                       "↵",       "was",
                                       "."};
  std::vector<std::string> out;
  for (int i = 0; i < n; ++i) out.push_back(words[static_cast<std::size_t>(i) % words.size()]);
  return out;
}

/// Causal rows that sum to 1, the weight falling with distance.
inline Matrix pattern(int n) {
  Matrix m = Matrix::Zero(n, n);
  for (int i = 0; i < n; ++i) {
    float sum = 0;
    for (int j = 0; j <= i; ++j)
      sum += m(i, j) = 1 / (1 + static_cast<float>((i - j) * (i - j) + (i * 7 + j * 3) % 5));
    m.row(i) /= sum;
  }
  return m;
}

/// One drawing made with the built-in theme.
struct Sheet {
  drawing::TextEngine text;
  drawing::Drawing out;
  drawing::Painter p;
  explicit Sheet(drawing::Rect bounds, bool dark = true)
      : out{.bounds = bounds, .commands = {}, .regions = {}}, p(out, text, drawing::built_in_theme(dark)) {}
};

/// How many commands of a kind.
template <typename Kind>
int count(const drawing::Drawing& d) {
  int n = 0;
  for (const auto& c : d.commands) n += std::holds_alternative<Kind>(c);
  return n;
}

}  // namespace qkv::figures
