#pragma once
#include <string>

#include "app/drawing/painter.h"
#include "core/analysis/retrieval.h"

namespace qkv::figures {

/// The catalogue as a table: what each record's key says, its score and weight for the query, what it holds;
/// the query above, the hard answer and the blended one below.
struct Records {
  std::string id = "records";
  const analysis::Catalogue* catalogue = nullptr;  ///< not null
  const analysis::Retrieval* found = nullptr;      ///< not null
  bool hard = true;                                ///< the hard answer is shown beside the blended one
  int hovered = -1;                                ///< record
};
/// Regions: "ID/query" (1 × a), "ID/keys" (n × a), "ID/values" (n × c), "ID/record/N". Wants
/// records_height(); with less the rows are lower.
void records(drawing::Painter& p, drawing::Rect area, const Records& table);
float records_height(int records);

}  // namespace qkv::figures
