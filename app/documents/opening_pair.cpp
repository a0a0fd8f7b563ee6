#include "app/documents/opening_pair.h"

#include <string_view>

namespace qkv::documents {
namespace {

bool is_special(std::string_view token) {
  return token.size() > 2 && ((token.front() == '[' && token.back() == ']') || (token.front() == '<' && token.back() == '>'));
}

}  // namespace

std::pair<int, int> opening_pair(const experiment::Experiment& e, const attention::Trace& trace, int layer, int head) {
  const int n = trace.n();
  std::pair<int, int> pair{n - 1, 0};
  const auto special = [&](int token) { return static_cast<std::size_t>(token) < e.tokens.size() && is_special(e.tokens[static_cast<std::size_t>(token)].text); };
  if (!special(n - 1) && !special(0)) return pair;
  const Matrix& weights = trace.layers.at(static_cast<std::size_t>(layer)).heads.at(static_cast<std::size_t>(head)).weights;
  float most = 0;
  for (int i = 0; i < static_cast<int>(weights.rows()); ++i)
    for (int j = 0; j < static_cast<int>(weights.cols()); ++j)
      if (!special(i) && !special(j) && weights(i, j) > most) {
        most = weights(i, j);
        pair = {i, j};
      }
  return pair;
}

}  // namespace qkv::documents
