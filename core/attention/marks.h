#pragma once
#include <vector>

#include "core/attention/provenance.h"

// Sets of cells of one matrix, as lineage spreads them. Plain byte loops: they are walked on every hover,
// over n² cells.
namespace qkv::attention {

/// True: marked. [0, 0] stands for a matrix of which nothing is marked.
using Marks = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

bool any_in_row(const Marks& marks, Eigen::Index row);
bool any_in(const Marks& marks);

Marks either(const Marks& a, const Marks& b);
Marks both(const Marks& a, const Marks& b);

/// [rows, columns] whose row i is marked where row i of `marks` has any mark.
Marks marked_rows(const Marks& marks, Eigen::Index columns);
/// [rows, columns] whose column j is marked where column j of `marks` has any mark.
Marks marked_columns(const Marks& marks, Eigen::Index rows);
/// Rectangles that cover the marks without overlap: runs of a row, grown down while the next row has the same
/// run. Stage, layer and head are those of `matrix`.
void append_spans(const Marks& marks, const Span& matrix, std::vector<Span>& spans);

}  // namespace qkv::attention
