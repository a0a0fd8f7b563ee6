#pragma once
#include <string>
#include <vector>

#include "core/matrix.h"

// A table of records looked up by a query: one record found by the best key (hard), or a blend of all by
// softmax (attention with one query).
namespace qkv::analysis {

struct Catalogue {
  std::string title;                    ///< "A library catalogue"
  std::vector<std::string> records;     ///< [n] names
  std::vector<std::string> attributes;  ///< [a] what keys say: "animals", "space", …
  std::vector<std::string> contents;    ///< [c] what values hold: "facts", "story", …
  Matrix keys;                          ///< [n, a]
  Matrix values;                        ///< [n, c]
};
/// Six books, set by hand: what the catalogue card says (key), and what the book holds (value). For every
/// attribute one book is the best.
Catalogue library_catalogue();
/// A query for it: an attribute wanted, 1, and the others, 0.
Vector query_for(const Catalogue& catalogue, int attribute);

struct Retrieval {
  float temperature = 1;
  Matrix query;        ///< [1, a]
  Matrix scores;       ///< [1, n] query·key
  Matrix weights;      ///< [1, n] softmax(scores ÷ temperature)
  Matrix blend;        ///< [1, c] weights·values
  int best = 0;        ///< the record that a hard lookup returns: the largest score, the first of equals
  int equals = 1;      ///< how many records have that score
  Matrix found;        ///< [1, c] its values
  float distance = 0;  ///< ‖blend − found‖: 0 when the blend is the hard answer
};
/// temperature ≥ 0; 0 is the limit: the best records share the weight. Throws Error when shapes disagree, the
/// table is empty, or the temperature is negative or not finite.
Retrieval look_up(const Catalogue& catalogue, const Vector& query, float temperature);

}  // namespace qkv::analysis
