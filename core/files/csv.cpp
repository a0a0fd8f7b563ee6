#include <algorithm>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/parse.h"
#include "core/files/wording.h"

namespace qkv::files {
namespace {

struct Row {
  std::size_t line = 0;  ///< counted from 1
  std::vector<std::string> cells;
  char separator = ' ';
  std::vector<float> numbers;  ///< of the cells that are numbers
  std::string section;         ///< not empty: the line is "# NAME"
  bool is_names() const { return numbers.empty(); }
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r";
  const auto begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

/// Tab, semicolon or comma, whichever comes first in that order; without one, spaces (as numpy.savetxt
/// writes).
char separator_of(std::string_view line) {
  for (const char separator : {'\t', ';', ','})
    if (line.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

/// RFC 4180: "…" holds separators, "" is a quotation mark. Empty cells at the end are dropped (spreadsheets
/// pad).
std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted_now = false, was_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted_now) {
      const bool doubled = c == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (doubled) ++i;
      if (c == '"' && !doubled) {
        quoted_now = false;
      } else {
        cells.back() += c;
      }
    } else if (c == '"' && trimmed(cells.back()).empty()) {
      cells.back().clear();
      quoted_now = was_quoted = true;
    } else if (c == separator) {
      if (separator == ' ' && cells.back().empty()) continue;
      if (!was_quoted) cells.back() = trimmed(cells.back());
      was_quoted = false;
      cells.emplace_back();
    } else if (!was_quoted || trimmed({&c, 1}).size() == 1) {
      cells.back() += c;
    }
  }
  if (!was_quoted) cells.back() = trimmed(cells.back());
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  return cells;
}

/// A number in English notation, or with a decimal comma where commas do not separate; nan, inf and -inf.
std::optional<float> number(std::string cell, char separator) {
  if (separator != ',') std::replace(cell.begin(), cell.end(), ',', '.');
  if (cell.starts_with('+') && !cell.starts_with("+-")) cell.erase(0, 1);
  const char* end = cell.data() + cell.size();
  float single = 0;
  const auto first = std::from_chars(cell.data(), end, single);
  if (first.ptr != end || cell.empty()) return std::nullopt;
  if (first.ec == std::errc()) return single;
  double wide = 0;  // beyond float32: 1e39 is inf and 1e-60 is 0, as numpy converts them
  const auto second = std::from_chars(cell.data(), end, wide);
  if (second.ec != std::errc()) return std::nullopt;
  return static_cast<float>(wide);
}

/// "# W_Q" names a section; any other line that begins with '#' is a comment.
std::optional<std::string> section_name(std::string_view line) {
  std::string_view name = trimmed(line.substr(1));
  while (!name.empty() && (name.back() == ',' || name.back() == ';'))
    name = trimmed(name.substr(0, name.size() - 1));
  if (name.empty() || name.find_first_of(" \t,;") != std::string_view::npos) return std::nullopt;
  return std::string(name);
}

std::vector<Row> rows_of(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<Row> rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view content = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    Row row;
    row.line = line;
    if (content.starts_with('#')) {
      const auto name = section_name(content);
      if (!name) continue;
      row.section = *name;
    } else {
      row.separator = separator_of(content);
      row.cells = split(content, row.separator);
      if (row.cells.empty()) continue;
      for (const std::string& cell : row.cells)
        if (const auto value = number(cell, row.separator)) row.numbers.push_back(*value);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

/// "# NAME", or a name alone above a row of several cells: they could not stand below it in one table.
bool names_section(const std::vector<Row>& rows, std::size_t at) {
  const bool alone = rows[at].cells.size() == 1 && rows[at].is_names();
  return !rows[at].section.empty() || (alone && at + 1 < rows.size() && rows[at + 1].cells.size() > 1);
}

bool holds_texts(std::string name) {
  for (char& c : name) c = static_cast<char>(c | 0x20);  // ASCII lower case
  return name == "tokens";
}

class SectionReader {
 public:
  SectionReader(const std::string& file, TensorFile& out) : file_(file), out_(out) {}

  /// The rows below one name: numbers, perhaps under a row of names; or texts only.
  void read(const std::string& name, const std::vector<Row>& rows, std::size_t begin, std::size_t end) {
    if (begin == end) return;  // a comment of one word
    if (out_.tensors.contains(name) || out_.texts.contains(name))
      throw Error(file_ + ": line " + std::to_string(rows[begin].line) + ": there are two matrices named " +
                  in_quotes(name));
    const auto first = rows.begin() + static_cast<std::ptrdiff_t>(begin),
               last = rows.begin() + static_cast<std::ptrdiff_t>(end);
    if (holds_texts(name) || std::all_of(first, last, [](const Row& row) { return row.is_names(); })) {
      for (auto row = first; row != last; ++row)
        out_.texts[name].insert(out_.texts[name].end(), row->cells.begin(), row->cells.end());
      return;
    }
    if (first->is_names()) out_.texts[name] = rows[begin++].cells;
    Tensor& tensor = out_.tensors[name];
    const std::size_t columns = rows[begin].cells.size();
    if (out_.texts.contains(name) && out_.texts[name].size() != columns)
      throw Error(file_ + ": line " + std::to_string(rows[begin].line) + ": has " + std::to_string(columns) +
                  " numbers under " + std::to_string(out_.texts[name].size()) + " names");
    for (std::size_t i = begin; i < end; ++i) {
      check(rows[i], columns);
      tensor.values.insert(tensor.values.end(), rows[i].numbers.begin(), rows[i].numbers.end());
    }
    tensor.shape = {static_cast<std::int64_t>(end - begin), static_cast<std::int64_t>(columns)};
  }

 private:
  void check(const Row& row, std::size_t columns) const {
    const std::string where = file_ + ": line " + std::to_string(row.line) + ": ";
    for (const std::string& cell : row.cells)
      if (!number(cell, row.separator))
        throw Error(where + in_quotes(cell) + " is not a number; another matrix begins with a line '# NAME'");
    if (row.cells.size() != columns)
      throw Error(where + "has " + std::to_string(row.cells.size()) + " numbers, expected " +
                  std::to_string(columns) + " as in the row above");
  }

  const std::string& file_;
  TensorFile& out_;
};

}  // namespace

TensorFile parse_csv(std::string_view text, const std::string& file, const std::string& matrix) {
  if (!is_utf8(text)) throw Error(file + ": is not text in UTF-8; export it again as CSV UTF-8");
  const std::vector<Row> rows = rows_of(text);
  TensorFile out;
  SectionReader reader(file, out);
  std::string name = matrix;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!names_section(rows, i)) continue;
    reader.read(name, rows, begin, i);
    name = rows[i].section.empty() ? rows[i].cells[0] : rows[i].section;
    begin = i + 1;
  }
  reader.read(name, rows, begin, rows.size());
  if (out.tensors.empty() && out.texts.empty()) throw Error(file + ": has no numbers");
  return out;
}

TensorFile read_csv(const std::filesystem::path& path) {
  constexpr std::uintmax_t kLargest = 64 << 20;
  return advised("correct it there or export the table again",
                 [&] { return parse_csv(read_file(path, kLargest), shown(path), path.stem().string()); });
}

}  // namespace qkv::files
