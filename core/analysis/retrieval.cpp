#include "core/analysis/retrieval.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/attention/product.h"
#include "core/attention/softmax.h"
#include "core/error.h"

namespace qkv::analysis {
namespace {

std::string shape(const Matrix& m) { return std::to_string(m.rows()) + "×" + std::to_string(m.cols()); }

void check(const Catalogue& c, const Vector& query, float temperature) {
  if (c.keys.rows() == 0) throw Error("A lookup needs a table with at least one record.");
  if (c.values.rows() != c.keys.rows() || query.size() != c.keys.cols())
    throw Error("The keys are " + shape(c.keys) + ", the values " + shape(c.values) + " and the query has " +
                std::to_string(query.size()) +
                " numbers: there must be a value a key, and a number an attribute.");
  if (!(temperature >= 0) || !std::isfinite(temperature)) throw Error("A temperature is 0 or more.");
}

}  // namespace

Catalogue library_catalogue() {
  Catalogue c;
  c.title = "A library catalogue";
  c.records = {"Birds of the north", "A fox's year",   "Maps of the sky",
               "The last rocket",    "Bread and salt", "Soup for bears"};
  c.attributes = {"animals", "space", "cooking", "for children"};
  c.contents = {"facts", "story", "pictures"};
  c.keys.resize(6, 4);
  c.keys << 3, 0, 0, 0,  //
      2, 0, 0, 2,        //
      0, 3, 0, 0,        //
      0, 2, 0, 1,        //
      0, 0, 3, 0,        //
      1, 0, 2, 3;
  c.values.resize(6, 3);
  c.values << 0.9f, 0.0f, 0.6f,  //
      0.3f, 0.8f, 0.7f,          //
      0.8f, 0.1f, 0.9f,          //
      0.2f, 1.0f, 0.1f,          //
      0.9f, 0.2f, 0.4f,          //
      0.4f, 0.6f, 1.0f;
  return c;
}

Vector query_for(const Catalogue& catalogue, int attribute) {
  Vector query = Vector::Zero(static_cast<Eigen::Index>(catalogue.attributes.size()));
  if (attribute >= 0 && attribute < query.size()) query[attribute] = 1;
  return query;
}

Retrieval look_up(const Catalogue& c, const Vector& query, float temperature) {
  check(c, query, temperature);
  Retrieval r;
  r.temperature = temperature;
  r.query = query;
  r.scores = attention::multiply_transposed(r.query, c.keys);
  Eigen::Index best = 0;
  const float most = r.scores.row(0).maxCoeff(&best);
  r.best = static_cast<int>(best);
  r.equals = static_cast<int>((r.scores.array() == most).count());
  // (score − best) ÷ temperature: its limit at 0 is 0 for the best and −∞ for the others.
  Matrix scaled = r.scores.array() - most;
  for (float& s : scaled.reshaped()) s = s == 0 ? 0 : s / temperature;
  attention::softmax_rows(scaled, r.weights);
  r.blend = attention::multiply(r.weights, c.values);
  r.found = c.values.row(best);
  r.distance = (r.blend - r.found).norm();
  return r;
}

}  // namespace qkv::analysis
