#include "core/experiment/json_writer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace qkv::experiment {
namespace {

// Wider matrices are read by programs: alignment would only make them larger.
constexpr Eigen::Index kMaxAlignedColumns = 64;

template <class Items, class Write>
std::string one_line(const Items& items, Write write) {
  std::string line = "[";
  for (const auto& item : items) {
    if (line.size() > 1) line += ", ";
    line += write(item);
  }
  return line + "]";
}

}  // namespace

std::string json_number(float value) {
  if (std::isnan(value)) return "\"NaN\"";
  if (std::isinf(value)) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  if (value == 0 && std::signbit(value)) return "-0.0";  // "-0" would be read as the integer 0
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void JsonWriter::break_line() {
  text_ += '\n';
  text_.append(static_cast<std::size_t>(2 * depth_), ' ');
}

void JsonWriter::item() {
  if (!first_) text_ += ',';
  break_line();
  first_ = false;
}

void JsonWriter::open(char bracket) {
  text_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) break_line();
  text_ += bracket;
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  item();
  text_ += json_text(name) + ": ";
}

void JsonWriter::value(const std::vector<std::string>& texts) {
  text_ += one_line(texts, [](const std::string& text) { return json_text(text); });
}

void JsonWriter::value(const std::vector<float>& numbers) { text_ += one_line(numbers, json_number); }

void JsonWriter::value(const std::vector<int>& numbers) {
  text_ += one_line(numbers, [](int number) { return std::to_string(number); });
}

void JsonWriter::value(const Matrix& matrix) {
  std::vector<std::size_t> widths(static_cast<std::size_t>(matrix.cols()), 0);
  if (matrix.cols() <= kMaxAlignedColumns)
    for (Eigen::Index r = 0; r < matrix.rows(); ++r)
      for (Eigen::Index c = 0; c < matrix.cols(); ++c)
        widths[static_cast<std::size_t>(c)] =
            std::max(widths[static_cast<std::size_t>(c)], json_number(matrix(r, c)).size());
  open('[');
  for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
    item();
    for (Eigen::Index c = 0; c < matrix.cols(); ++c) {
      const std::string number = json_number(matrix(r, c));
      const std::size_t width = widths[static_cast<std::size_t>(c)];
      text_ += c == 0 ? "[" : ", ";
      text_.append(width > number.size() ? width - number.size() : 0, ' ');
      text_ += number;
    }
    text_ += "]";
  }
  close(']');
}

}  // namespace qkv::experiment
