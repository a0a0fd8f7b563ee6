#include "core/export/literals.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "core/experiment/words.h"

namespace qkv::exports {
namespace {

template <class Number>
std::string shortest(Number value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

double as_double(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string exact_text(float value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return shortest(value);
}

std::string python_number(float value) {
  if (!std::isfinite(value)) return exact_text(value);
  std::string text = shortest(value);
  // Python reads a double and rounds it again: in the rare case that this is another float32, or one beyond
  // the largest, the double itself is written.
  const double read = as_double(text);
  if (static_cast<float>(read) != value || std::fabs(read) > static_cast<double>(std::numeric_limits<float>::max()))
    text = shortest(static_cast<double>(value));
  // -0 would be the integer 0, and long integers overflow where a tensor is made of them.
  const bool is_integer = text.find_first_of(".e") == std::string::npos;
  if (is_integer && (text == "-0" || text.size() > 15)) text += ".0";
  return text;
}

std::string python_string(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : experiment::valid_utf8(text)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      out += "\\x";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string python_comment(std::string_view text) {
  std::string out = experiment::valid_utf8(text);
  for (char& c : out)
    if (is_control(c)) c = ' ';
  return out;
}

std::string latex_number(float value) {
  if (std::isnan(value)) return "\\mathrm{NaN}";
  if (std::isinf(value)) return value > 0 ? "\\infty" : "-\\infty";
  std::string text = shortest(value);
  const auto e = text.find('e');
  if (e == std::string::npos) return text;
  const int exponent = std::stoi(text.substr(e + 1));
  return text.substr(0, e) + " \\cdot 10^{" + std::to_string(exponent) + "}";
}

std::string latex_text(std::string_view text) {
  std::string out;
  for (const char c : experiment::valid_utf8(text)) {
    switch (c) {
      case '\\':
        out += "\\textbackslash{}";
        break;
      case '~':
        out += "\\textasciitilde{}";
        break;
      case '^':
        out += "\\textasciicircum{}";
        break;
      case '<':
        out += "\\textless{}";
        break;
      case '>':
        out += "\\textgreater{}";
        break;
      case '|':
        out += "\\textbar{}";
        break;
      case '"':
        out += "\\textquotedbl{}";
        break;
      case '#':
      case '$':
      case '%':
      case '&':
      case '_':
      case '{':
      case '}':
        out += '\\';
        out += c;
        break;
      default:
        out += is_control(c) ? ' ' : c;
    }
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]()<>#+-.!|$~&";
  std::string out;
  for (const char c : experiment::valid_utf8(text)) {
    if (kMarkup.find(c) != std::string_view::npos) out += '\\';
    out += is_control(c) ? ' ' : c;
  }
  return out;
}

}  // namespace qkv::exports
