#include "app/drawing/visible_text.h"

#include <glib.h>

#include <algorithm>
#include <cstdio>

namespace qkv::drawing {
namespace {

/// Joiners belong to letters and emoji, as do the tags of flags.
bool joins(gunichar c) { return c == 0x200C || c == 0x200D || (c >= 0xE0020 && c <= 0xE007F); }

bool is_unseen(gunichar c) {
  switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR: return true;
    case G_UNICODE_FORMAT: return !joins(c);
    default: return false;
  }
}

}  // namespace

std::string visible_text(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; })) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const gunichar c = g_utf8_get_char_validated(text.data() + i, static_cast<gssize>(text.size() - i));
    if (c == static_cast<gunichar>(-1) || c == static_cast<gunichar>(-2) || c == 0) {
      out += c == 0 || text[i] == 0 ? "⟨00⟩" : "\uFFFD";
      ++i;
      continue;
    }
    const auto length = static_cast<std::size_t>(g_unichar_to_utf8(c, nullptr));
    if (c == '\n') {
      out += "↵";
    } else if (c == '\r') {
      out += "␍";
    } else if (c == '\t') {
      out += "⇥";
    } else if (is_unseen(c)) {
      char code[16];
      std::snprintf(code, sizeof code, "%02X", static_cast<unsigned>(c));
      out += std::string("⟨") + code + "⟩";
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

}  // namespace qkv::drawing
