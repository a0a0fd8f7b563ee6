#include "app/figures/token_label.h"

namespace qkv::figures {

std::string visible_token(std::string_view text) {
  if (text.empty()) return "∅";
  const bool blank = text.find_first_not_of(' ') == std::string_view::npos;
  if (!blank && text.front() == ' ') text.remove_prefix(1);
  std::string out;
  bool leading = true;
  const std::size_t last = text.find_last_not_of(' ');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      out += "↵";
    } else if (c == '\r') {
      out += "␍";
    } else if (c == '\t') {
      out += "⇥";
    } else if (c < 0x20 || c == 0x7F) {
      constexpr const char* kHex = "0123456789ABCDEF";
      out += std::string("⟨") + kHex[c >> 4] + kHex[c & 15] + "⟩";
    } else if (c == ' ' && (blank || leading || i > last)) {
      out += "␣";
    } else {
      out += text[i];
      leading = false;
    }
  }
  return out;
}

}  // namespace qkv::figures
