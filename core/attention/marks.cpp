#include "core/attention/marks.h"

#include <algorithm>
#include <cstring>

namespace qkv::attention {

bool any_in_row(const Marks& marks, Eigen::Index row) {
  return std::memchr(marks.data() + row * marks.cols(), true, marks.cols()) != nullptr;
}

bool any_in(const Marks& marks) {
  return marks.size() > 0 && std::memchr(marks.data(), true, marks.size()) != nullptr;
}

// Both sides are read whatever they hold: && and || would keep these loops from being vectorised.
Marks either(const Marks& a, const Marks& b) {
  Marks result(a.rows(), a.cols());
  for (Eigen::Index i = 0; i < a.size(); ++i) result.data()[i] = (int{a.data()[i]} | int{b.data()[i]}) != 0;
  return result;
}

Marks both(const Marks& a, const Marks& b) {
  Marks result(a.rows(), a.cols());
  for (Eigen::Index i = 0; i < a.size(); ++i) result.data()[i] = (int{a.data()[i]} & int{b.data()[i]}) != 0;
  return result;
}

Marks marked_rows(const Marks& marks, Eigen::Index columns) {
  Marks result(marks.rows(), columns);
  for (Eigen::Index i = 0; i < marks.rows(); ++i) result.row(i).setConstant(any_in_row(marks, i));
  return result;
}

Marks marked_columns(const Marks& marks, Eigen::Index rows) {
  Marks result = Marks::Constant(rows, marks.cols(), false);
  if (rows == 0) return result;
  for (Eigen::Index i = 0; i < marks.rows(); ++i) {
    const bool* const row = marks.data() + i * marks.cols();
    for (Eigen::Index j = 0; j < marks.cols(); ++j) result.data()[j] |= row[j];
  }
  for (Eigen::Index i = 1; i < rows; ++i)
    std::memcpy(result.data() + i * marks.cols(), result.data(), marks.cols());
  return result;
}

void append_spans(const Marks& marks, const Span& matrix, std::vector<Span>& spans) {
  std::vector<Span> growing, grown;  // rectangles that end at the row above, and at this row
  for (int row = 0; row < marks.rows(); ++row) {
    const bool* const begin = marks.data() + row * marks.cols();
    const bool* const end = begin + marks.cols();
    for (const bool* first = std::find(begin, end, true); first != end;) {
      const bool* const last = std::find(first, end, false);
      Span span = matrix;
      span.row = row;
      span.column = static_cast<int>(first - begin);
      span.columns = static_cast<int>(last - first);
      const auto above = std::find_if(growing.begin(), growing.end(), [&](const Span& s) {
        return s.column == span.column && s.columns == span.columns;
      });
      if (above != growing.end()) {
        span.row = above->row;
        span.rows = above->rows + 1;
        growing.erase(above);
      }
      grown.push_back(span);
      first = std::find(last, end, true);
    }
    spans.insert(spans.end(), growing.begin(), growing.end());
    growing.swap(grown);
    grown.clear();
  }
  spans.insert(spans.end(), growing.begin(), growing.end());
}

}  // namespace qkv::attention
