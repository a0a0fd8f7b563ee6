#include <charconv>

#include "core/experiment/experiment.h"

namespace qkv::experiment {
namespace {

// Takes a whole number without sign or leading zeros off the front of `text`.
bool take_number(std::string_view& text, int& number) {
  if (text.empty() || text[0] == '-' ||
      (text[0] == '0' && text.size() > 1 && text[1] >= '0' && text[1] <= '9'))
    return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text[0] != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string format_cell(const Cell& cell) {
  std::string text;
  if (cell.layer != 0 || cell.head != 0)
    text = std::to_string(cell.layer) + "." + std::to_string(cell.head) + ":";
  text += attention::name_of(cell.stage);
  text += '[';
  text += cell.row < 0 ? "*" : std::to_string(cell.row);
  return text + "," + std::to_string(cell.column) + "]";
}

bool parse_cell(std::string_view text, Cell& cell) {
  Cell parsed;
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    if (!take_number(text, parsed.layer) || !take(text, '.') || !take_number(text, parsed.head) ||
        !take(text, ':'))
      return false;
  }
  const auto bracket = text.find('[');
  if (bracket == std::string_view::npos || !attention::stage_from_name(text.substr(0, bracket), parsed.stage))
    return false;
  text.remove_prefix(bracket + 1);
  if (take(text, '*'))
    parsed.row = -1;
  else if (!take_number(text, parsed.row))
    return false;
  if (!take(text, ',') || !take_number(text, parsed.column) || text != "]") return false;
  cell = parsed;
  return true;
}

}  // namespace qkv::experiment
