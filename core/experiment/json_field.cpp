#include "core/experiment/json_field.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "core/error.h"

namespace qkv::experiment {
namespace {

// The format is eight deep. The count bounds memory: a value takes 16 bytes, and as few as two characters.
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxValues = 16'000'000;
constexpr std::size_t kMaxFileBytes = 120, kMaxPathBytes = 120, kMaxQuoteBytes = 40;

std::string in_quotes(std::string_view text) { return '"' + shortened(text, kMaxQuoteBytes) + '"'; }

std::string count_of(std::size_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string described(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object with " + count_of(json.size(), "key");
    case Json::value_t::array:
      return "a list of " + count_of(json.size(), "value");
    case Json::value_t::string:
      return "the text " + in_quotes(json.get_ref<const std::string&>());
    default:
      return json.dump();
  }
}

std::string place_of(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
  const auto line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", column " +
         std::to_string(before.size() - line_begin + 1);
}

// Called for every event while parsing, so that a hostile text is refused before it has grown large in
// memory.
class ParseGuard {
 public:
  explicit ParseGuard(const std::string& file) : file_(file) {}

  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    if (depth > kMaxDepth) refuse(" is nested deeper than " + std::to_string(kMaxDepth) + " levels");
    if (++count_ > kMaxValues) refuse(" holds more than " + std::to_string(kMaxValues) + " values");
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second)
        refuse(" gives the key " + in_quotes(key) + " twice in one object; keep one of them");
    }
    return true;
  }

 private:
  [[noreturn]] void refuse(const std::string& says) const {
    throw Error(shortened(file_, kMaxFileBytes) + says + ".");
  }

  const std::string& file_;
  std::vector<std::set<std::string>> keys_;
  std::size_t count_ = 0;
};

std::optional<float> number_in(const Json& json) {
  if (json.is_number()) return json.get<float>();
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  if (text == "NaN") return std::numeric_limits<float>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<float>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<float>::infinity();
  return std::nullopt;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& file) {
  ParseGuard guard(file);
  try {
    return Json::parse(text, [&guard](int depth, Json::parse_event_t event, Json& parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const Json::parse_error& error) {
    throw Error(shortened(file, kMaxFileBytes) + " is not whole JSON: it stops making sense at " +
                place_of(text, error.byte) + "; mend it there or restore a copy.");
  } catch (const Json::exception&) {
    throw Error(
        shortened(file, kMaxFileBytes) +
        " holds a number too large for float32; the largest is 3.4028235e38, and \"Infinity\" is a text.");
  }
}

std::string shortened(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

void Field::must_be(std::string_view expected) const {
  refuse("must be " + std::string(expected) + ", but is " + described(*json_));
}

void Field::refuse(std::string_view says) const {
  throw Error(shortened(*file_, kMaxFileBytes) + ": " +
              (path_.empty() ? "the file" : shortened(path_, kMaxPathBytes)) + " " + std::string(says) + ".");
}

void Field::check_keys(std::initializer_list<std::string_view> known) const {
  if (!json_->is_object()) must_be("an object");
  for (const auto& [key, value] : json_->items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    std::string says = "has the unknown key " + in_quotes(key) + "; it may have ";
    std::size_t listed = 0;
    for (const auto name : known) {
      if (listed == 5) break;
      says += (listed++ == 0 ? "" : ", ") + std::string(name);
    }
    if (known.size() > listed) says += " and " + std::to_string(known.size() - listed) + " others";
    refuse(says);
  }
}

Field Field::at(std::string_view key) const {
  const auto found = json_->find(key);
  if (found == json_->end()) refuse("lacks the key \"" + std::string(key) + "\"");
  return {*found, *file_, (path_.empty() ? "" : path_ + ".") + shortened(key, 2 * kMaxQuoteBytes)};
}

Field Field::element(std::size_t index) const {
  return {(*json_)[index], *file_, path_ + "[" + std::to_string(index) + "]"};
}

std::size_t Field::list_size(std::size_t least, std::size_t most) const {
  if (!json_->is_array() || json_->size() < least || json_->size() > most)
    must_be("a list of " + (least == 0 ? "at most " : std::to_string(least) + " to ") + std::to_string(most) +
            " values");
  return json_->size();
}

std::string Field::text(std::size_t max_bytes) const {
  if (!json_->is_string()) must_be("a text");
  const auto& text = json_->get_ref<const std::string&>();
  if (text.size() > max_bytes)
    refuse("must be a text of at most " + std::to_string(max_bytes) + " bytes, but has " +
           std::to_string(text.size()));
  return text;
}

bool Field::boolean() const {
  if (!json_->is_boolean()) must_be("true or false");
  return json_->get<bool>();
}

int Field::integer(int least, int most) const {
  const bool fits = json_->is_number_integer() && *json_ >= least && *json_ <= most;
  if (!fits) must_be("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return json_->get<int>();
}

std::uint64_t Field::seed() const {
  if (!json_->is_number_unsigned()) must_be("a whole number from 0 to 18446744073709551615");
  return json_->get<std::uint64_t>();
}

float Field::number() const {
  const auto number = number_in(*json_);
  if (!number) must_be("a number (or \"NaN\", \"Infinity\", \"-Infinity\")");
  return *number;
}

float Field::positive_number() const {
  if (!json_->is_number() || !(json_->get<float>() > 0)) must_be("a number greater than 0");
  return json_->get<float>();
}

std::vector<std::string> Field::texts(std::size_t max_count, std::size_t max_bytes) const {
  std::vector<std::string> texts(list_size(0, max_count));
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = element(i).text(max_bytes);
  return texts;
}

std::vector<float> Field::numbers(std::size_t max_count) const {
  std::vector<float> numbers(list_size(0, max_count));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = number_in((*json_)[i]);  // without a path each: there may be millions
    numbers[i] = number ? *number : element(i).number();
  }
  return numbers;
}

std::shared_ptr<const Matrix> Field::matrix(std::size_t max_rows, std::size_t max_columns) const {
  const std::size_t rows = list_size(1, max_rows);
  const std::size_t columns = element(0).list_size(1, max_columns);
  auto matrix = std::make_shared<Matrix>();
  for (std::size_t r = 0; r < rows; ++r) {
    const Field row = element(r);
    const auto numbers = row.numbers(max_columns);
    if (numbers.size() != columns)
      row.refuse("must be a list of " + std::to_string(columns) +
                 " numbers like the rows before it, but has " + std::to_string(numbers.size()));
    if (r == 0) matrix->resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    matrix->row(static_cast<Eigen::Index>(r)) =
        Eigen::Map<const Vector>(numbers.data(), static_cast<Eigen::Index>(columns));
  }
  return matrix;
}

}  // namespace qkv::experiment
