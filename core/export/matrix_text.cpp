#include "core/export/matrix_text.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "core/export/literals.h"

namespace qkv::exports {
namespace {

std::string number(float value, Notation notation) {
  if (notation == Notation::latex) return latex_number(value);
  if (notation == Notation::numpy && !std::isfinite(value))
    return (value < 0 ? "-np." : "np.") + std::string(std::isnan(value) ? "nan" : "inf");
  return exact_text(value);
}

}  // namespace

std::string matrix_text(const attention::Trace& trace, const attention::Cell& cell, Notation notation) {
  const attention::Shape shape = attention::shape_of(trace, cell.stage, cell.layer, cell.head);
  const bool numpy = notation == Notation::numpy, latex = notation == Notation::latex;
  std::string out = numpy ? "np.array([" : latex ? "\\begin{bmatrix}\n" : "";
  for (int i = 0; i < shape.rows; ++i) {
    if (numpy) out += i ? ",\n          [" : "[";
    for (int j = 0; j < shape.columns; ++j) {
      if (j) out += latex ? " & " : numpy ? ", " : ",";
      out += number(attention::value(trace, {cell.stage, cell.layer, cell.head, i, j}), notation);
    }
    out += numpy ? "]" : latex ? " \\\\\n" : "\n";
  }
  return out + (numpy ? "], dtype=np.float32)" : latex ? "\\end{bmatrix}" : "");
}

std::string matrix_npy(const attention::Trace& trace, const attention::Cell& cell) {
  static_assert(std::endian::native == std::endian::little, "the header says '<f4'");
  const attention::Shape shape = attention::shape_of(trace, cell.stage, cell.layer, cell.head);
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(shape.rows) + ", " +
                       std::to_string(shape.columns) + "), }";
  constexpr std::size_t kBefore = 10, kAlignment = 64;  // the numbers begin at a multiple of 64 bytes
  while ((kBefore + header.size() + 1) % kAlignment != 0) header += ' ';
  header += '\n';
  std::string out = "\x93NUMPY";
  out += '\x01';
  out += '\0';
  out += static_cast<char>(header.size() & 0xff);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  for (int i = 0; i < shape.rows; ++i) {
    for (int j = 0; j < shape.columns; ++j) {
      const float value = attention::value(trace, {cell.stage, cell.layer, cell.head, i, j});
      out.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  }
  return out;
}

}  // namespace qkv::exports
