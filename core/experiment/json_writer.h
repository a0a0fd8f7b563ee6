#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "core/matrix.h"

namespace qkv::experiment {

/// Shortest text that reads back as the same float32; what JSON has no number for as "NaN", "Infinity",
/// "-Infinity".
std::string json_number(float value);
/// Quoted and escaped; bytes that are not UTF-8 become U+FFFD.
std::string json_text(std::string_view text);

/// Writes JSON for people: a member a line, lists of scalars on one line, matrices with a row a line and
/// their columns aligned.
class JsonWriter {
 public:
  void open(char bracket);
  void close(char bracket);
  void key(std::string_view name);  ///< the next value belongs to it
  void item();                      ///< the next value is an element of the open list
  void value(std::string_view text) { text_ += json_text(text); }
  void value(const char* text) { value(std::string_view(text)); }
  void value(float number) { text_ += json_number(number); }
  void value(bool truth) { text_ += truth ? "true" : "false"; }
  void value(std::integral auto number) { text_ += std::to_string(number); }
  void value(const std::vector<std::string>& texts);
  void value(const std::vector<float>& numbers);
  void value(const std::vector<int>& numbers);
  void value(const Matrix& matrix);

  template <class T>
  void member(std::string_view name, const T& v) {
    key(name);
    value(v);
  }
  std::string take() { return std::move(text_) + "\n"; }

 private:
  void break_line();

  std::string text_;
  int depth_ = 0;
  bool first_ = true;  // nothing yet in the innermost bracket
};

}  // namespace qkv::experiment
