#include "app/figures/token_label.h"

#include <algorithm>

#include "app/drawing/visible_text.h"

namespace qkv::figures {

std::string visible_token(std::string_view text) {
  if (text.empty()) return "∅";
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  const auto spaces = [](std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += "␣";
    return out;
  };
  if (first == std::string_view::npos) return spaces(text.size());
  return spaces(std::max<std::size_t>(first, 1) - 1) + drawing::visible_text(text.substr(first, last + 1 - first)) + spaces(text.size() - 1 - last);
}

}  // namespace qkv::figures
