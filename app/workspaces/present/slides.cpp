#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "app/figures/numbers.h"
#include "app/workspaces/present/slide.h"
#include "app/workspaces/present/terms.h"
#include "core/error.h"

// One slide a stage: what stands in its rows and how its formula goes.
namespace qkv::workspaces {

using attention::Explanation;
using attention::HeadTrace;
using drawing::Map;
using figures::symmetric_limit;
using Role = FormulaNode::Role;

namespace {

const HeadTrace& head_of(const SlideSubject& s) {
  return s.trace.layers.at(static_cast<std::size_t>(s.layer)).heads.at(static_cast<std::size_t>(s.head));
}
Cell cell_of(const SlideSubject& s, Stage stage, int row, int column) {
  return {stage, s.layer, attention::is_per_head(stage) ? s.head : 0, row, column};
}
Stage q_of(const SlideSubject& s) { return attention::scored_q(head_of(s)); }
Stage k_of(const SlideSubject& s) { return attention::scored_k(head_of(s)); }
const Matrix& matrix(const SlideSubject& s, Stage stage) {
  const Matrix* m = attention::matrix_of(s.trace, stage, s.layer, attention::is_per_head(stage) ? s.head : 0);
  if (!m || m->size() == 0) throw Error("This experiment has no " + std::string(attention::name_of(stage)) + " to show: choose another stage.");
  return *m;
}

/// Sorts before everything else when it is no number: that is what the room must see.
float rank(float value) { return std::isnan(value) ? std::numeric_limits<float>::infinity() : value; }

/// The `most` weightiest of n places, in order.
std::vector<int> weightiest(int n, int most, const std::vector<int>& always, const auto& weight) {
  std::vector<int> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  if (n <= most) return all;
  const auto kept = [&](int i) { return std::ranges::find(always, i) != always.end(); };
  std::ranges::stable_sort(all, [&](int a, int b) { return kept(a) != kept(b) ? kept(a) : rank(weight(a)) > rank(weight(b)); });
  all.resize(static_cast<std::size_t>(most));
  std::ranges::sort(all);
  return all;
}

std::string counted(int n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

std::string rest_of(int n, const std::vector<int>& shown, const char* what) {
  const int rest = n - static_cast<int>(shown.size());
  return rest == 0 ? "" : "and " + counted(rest, what) + " more";
}

std::string joined(const std::string& one, const std::string& other) { return one.empty() || other.empty() ? one + other : one + "; " + other; }

/// Columns that are not shown; `where` says by which row they were chosen.
std::string columns_left_out(const Matrix& m, const std::vector<int>& shown, const char* where = "") {
  const std::string rest = rest_of(static_cast<int>(m.cols()), shown, "column");
  return rest.empty() ? "" : rest + ", none farther from 0" + where;
}

/// Tokens that are not shown: what the query gives them, and how many it may not see.
std::string tokens_left_out(const SlideSubject& s, const std::vector<int>& shown) {
  const Matrix& weights = head_of(s).weights;
  int rest = 0, masked = 0;
  float together = 0;
  for (int j = 0; j < static_cast<int>(weights.cols()); ++j) {
    if (std::ranges::binary_search(shown, j)) continue;
    const bool enters = attention::enters(head_of(s), s.query, j);
    ++(enters ? rest : masked);
    if (enters) together += weights(s.query, j);
  }
  const std::string more = rest == 0 ? "" : "and " + counted(rest, "token") + " more, " + (rest == 1 ? "its weight " : "their weights ") + figures::telling_number(together, 2) + (rest == 1 ? "" : " together");
  return joined(more, masked == 0 ? "" : counted(masked, "token") + " masked");
}

/// Keys of the subject's query, the weightiest of them.
std::vector<int> keys_shown(const SlideSubject& s) {
  const Matrix& weights = head_of(s).weights;
  return weightiest(static_cast<int>(weights.cols()), s.most_columns, {s.key, s.query}, [&](int j) { return weights(s.query, j); });
}

std::vector<int> tokens_shown(const SlideSubject& s, int most) {
  const Matrix& weights = head_of(s).weights;
  return weightiest(static_cast<int>(weights.cols()), most, {s.query, s.key}, [&](int j) { return weights(s.query, j); });
}

/// Columns of one row, the largest numbers of them.
std::vector<int> columns_shown(const SlideSubject& s, const Matrix& m, int row) {
  return weightiest(static_cast<int>(m.cols()), s.most_columns, {}, [&](int c) { return std::abs(m(row, c)); });
}

void name_tokens(const SlideSubject& s, SlideTable& table, const std::vector<int>& tokens, Role strong) {
  for (const int j : tokens) {
    if (j == s.key) table.strong = static_cast<int>(table.columns.size());
    table.columns.push_back(s.names.token(j));
    table.roles.push_back(j == s.key ? strong : Role::none);
  }
}
void name_columns(const SlideSubject& s, SlideTable& table, Stage stage, const std::vector<int>& columns) {
  for (const int c : columns) table.columns.push_back(s.names.column(cell_of(s, stage, 0, c)));
}

/// One row of a stage, at these columns.
SlideRow row_of(const SlideSubject& s, Stage stage, int row, const std::vector<int>& columns, std::vector<Piece> label) {
  SlideRow out{.id = std::string(attention::name_of(stage)) + "/" + std::to_string(row), .label = std::move(label)};
  const Matrix& m = matrix(s, stage);
  out.limit = stage == Stage::weights ? 1 : symmetric_limit(m);
  out.map = stage == Stage::weights ? Map::sequential : Map::diverging;
  const Matrix& scaled = head_of(s).scaled;
  for (const int c : columns) {
    const bool masked = (stage == Stage::weights || stage == Stage::scaled) && std::isinf(scaled(row, c)) && scaled(row, c) < 0;
    out.cells.push_back({.value = m(row, c), .cell = cell_of(s, stage, row, c), .masked = masked});
  }
  return out;
}

/// A name as a formula's subscript has room for it.
std::string brief(const std::string& name) {
  constexpr int kLetters = 12;
  if (figures::columns_of(name) <= kLetters) return name;
  std::size_t end = 0;
  for (int letters = 0; letters < kLetters; ++end)
    if ((name[end + 1] & 0xC0) != 0x80) ++letters;
  return name.substr(0, end) + "…";
}
std::string brief_token(const SlideSubject& s, int token) { return brief(s.names.token(token)); }

/// With fewer and fewer of its products written out.
std::vector<FormulaNode> sums(const Explanation& why, const FormulaNode& left, Role first) {
  std::vector<FormulaNode> all;
  for (const int most : {5, 4, 3, 2, 1}) all.push_back(sum_of_products(why, left, first, most));
  return all;
}

Explanation why(const SlideSubject& s, Stage stage, int row, int column) {
  return attention::explain(s.trace, cell_of(s, stage, row, column));
}

/// The column of a row that says most.
int loudest(const Matrix& m, int row) {
  int best = 0;
  for (int c = 1; c < static_cast<int>(m.cols()); ++c)
    if (rank(std::abs(m(row, c))) > rank(std::abs(m(row, best)))) best = c;
  return best;
}

Slide embed(const SlideSubject& s) {
  Slide slide{.title = {{"Every token is a row of numbers: "}, {"X", Role::none, true}}};
  const Matrix& x = matrix(s, Stage::x);
  SlideTable table;
  const auto columns = columns_shown(s, x, s.query);
  name_columns(s, table, Stage::x, columns);
  const auto tokens = tokens_shown(s, s.most_rows);
  for (const int i : tokens) {
    SlideRow row = row_of(s, Stage::x, i, columns, {{s.names.token(i), i == s.query ? Role::query : i == s.key ? Role::key : Role::none}});
    table.rows.push_back(std::move(row));
  }
  table.left_out = joined(rest_of(static_cast<int>(x.rows()), tokens, "token"), columns_left_out(x, columns, " in the query's row"));
  slide.tables.push_back(std::move(table));
  return slide;
}

/// q, k or v as products of X with its weights: the row of `token`, and how its loudest number came about.
Slide project(const SlideSubject& s, Stage stage, int token, Role role, std::vector<Piece> title, const char* symbol) {
  Slide slide{.title = std::move(title)};
  const Matrix& m = matrix(s, stage);
  const auto columns = columns_shown(s, m, token);
  if (attention::matrix_of(s.trace, Stage::x, s.layer, 0) && s.trace.inputs.embedding.cols() > 0) {
    const Matrix& x = matrix(s, Stage::x);
    SlideTable read;
    const auto dimensions = columns_shown(s, x, token);
    name_columns(s, read, Stage::x, dimensions);
    read.rows.push_back(row_of(s, Stage::x, token, dimensions, {{"x ", Role::none, true}, {s.names.token(token), role}}));
    slide.tables.push_back(std::move(read));
  }
  SlideTable made;
  name_columns(s, made, stage, columns);
  SlideRow row = row_of(s, stage, token, columns, {{std::string(symbol) + " ", role, true}, {s.names.token(token), role}});
  row.look = SlideRow::Look::large;
  row.answer = true;
  const int best = loudest(m, token);
  made.strong = static_cast<int>(std::ranges::find(columns, best) - columns.begin());
  made.rows.push_back(std::move(row));
  made.left_out = columns_left_out(m, columns);
  slide.tables.push_back(std::move(made));
  slide.formulas = sums(why(s, stage, token, best), entry(symbol, role, brief_token(s, token), brief(s.names.column(cell_of(s, stage, token, best)))), role);
  slide.formula_is_answer = true;
  return slide;
}

Slide scores(const SlideSubject& s) {
  const std::string query = s.names.token(s.query), key = s.names.token(s.key);
  Slide slide{.title = {{"The "}, {"query", Role::query}, {" of "}, {query, Role::query}, {" meets every "}, {"key", Role::key}, {": a dot product"}}};
  const Explanation score = why(s, Stage::scores, s.query, s.key);
  const Matrix& q = matrix(s, q_of(s));
  if (score.operation == attention::Operation::dot && !score.terms.empty()) {
    const auto columns = weightiest(static_cast<int>(q.cols()), s.most_columns, {}, [&](int c) { return std::abs(score.terms[static_cast<std::size_t>(c)].value); });
    SlideTable products;
    name_columns(s, products, q_of(s), columns);
    products.rows.push_back(row_of(s, q_of(s), s.query, columns, {{"q ", Role::query, true}, {query, Role::query}}));
    products.rows.push_back(row_of(s, k_of(s), s.key, columns, {{"k ", Role::key, true}, {key, Role::key}}));
    SlideRow product{.id = "products", .label = {{"q·k", Role::none, true}}, .look = SlideRow::Look::plain, .linked = true};
    for (const int c : columns) product.cells.push_back({.value = score.terms[static_cast<std::size_t>(c)].value});
    product.end = "Σ " + figures::number(score.value, 2);
    product.answer = true;
    products.rows.push_back(std::move(product));
    const int rest = static_cast<int>(q.cols()) - static_cast<int>(columns.size());
    float together = 0;
    for (int c = 0; c < static_cast<int>(q.cols()); ++c)
      if (!std::ranges::binary_search(columns, c)) together += score.terms[static_cast<std::size_t>(c)].value;
    if (rest > 0) products.left_out = "and " + counted(rest, "product") + " more, " + figures::telling_number(together, 2) + (rest == 1 ? "" : " together");
    slide.tables.push_back(std::move(products));
  }
  SlideTable met;
  const auto keys = keys_shown(s);
  name_tokens(s, met, keys, Role::key);
  SlideRow row = row_of(s, Stage::scores, s.query, keys, {{"score "}, {"s", Role::none, true}});
  row.answer = true;
  met.rows.push_back(std::move(row));
  met.left_out = tokens_left_out(s, keys);
  slide.tables.push_back(std::move(met));
  slide.formulas = sums(score, pair("s", Role::none, brief(query), brief(key)), Role::none);
  slide.formula_is_answer = true;
  return slide;
}

Slide scaled(const SlideSubject& s) {
  Slide slide{.title = {{"Divided by √dₖ, scores keep their size whatever dₖ is"}}};
  if (!s.trace.inputs.options.scale) slide.title = {{"Scaling is off: the scores stay as they are"}};
  SlideTable table;
  const auto keys = keys_shown(s);
  name_tokens(s, table, keys, Role::key);
  table.rows.push_back(row_of(s, Stage::scores, s.query, keys, {{"score "}, {"s", Role::none, true}}));
  SlideRow row = row_of(s, Stage::scaled, s.query, keys, {{"scaled "}, {"s", Role::none, true}});
  row.look = SlideRow::Look::large;
  row.answer = row.linked = true;
  table.rows.push_back(std::move(row));
  table.left_out = tokens_left_out(s, keys);
  slide.tables.push_back(std::move(table));
  slide.formulas = {scale_formula(why(s, Stage::scaled, s.query, s.key), static_cast<int>(matrix(s, q_of(s)).cols()), s.trace.inputs.options,
                                  pair("s", Role::none, brief_token(s, s.query), brief_token(s, s.key)))};
  slide.formula_is_answer = true;
  return slide;
}

Slide weights(const SlideSubject& s) {
  const std::string query = s.names.token(s.query);
  Slide slide{.title = {{"Softmax", Role::weight}, {" turns the scores of "}, {query, Role::query}, {" into weights that sum to 1"}}};
  const Explanation because = why(s, Stage::weights, s.query, s.key);
  if (because.operation == attention::Operation::fully_masked) slide.title = {{query, Role::query}, {" may attend to nothing: every "}, {"key", Role::key}, {" is masked, so its weights are 0"}};
  SlideTable table;
  const auto keys = keys_shown(s);
  name_tokens(s, table, keys, Role::key);
  table.rows.push_back(row_of(s, Stage::scaled, s.query, keys, {{"score "}, {"s", Role::none, true}}));
  if (because.operation == attention::Operation::softmax) {
    // Small scores are shown as they are; of large ones the maximum is subtracted, as the program itself does.
    const bool shifted = std::abs(because.maximum) > kPlainScore;
    SlideRow powers{.id = "exp", .label = {{"e", Role::none, true}, {shifted ? "s − max" : "s", Role::none, true, true}}, .look = SlideRow::Look::plain, .linked = true};
    for (const int j : keys) {
      const float power = because.terms[static_cast<std::size_t>(j)].value * (shifted ? 1.f : std::exp(because.maximum));
      powers.cells.push_back({.value = power, .blank = table.rows.front().cells[powers.cells.size()].masked});
    }
    table.rows.push_back(std::move(powers));
  }
  SlideRow row = row_of(s, Stage::weights, s.query, keys, {{"weight "}, {"a", Role::weight, true}});
  row.look = SlideRow::Look::large;
  row.answer = row.linked = true;
  row.end = "Σ " + figures::number(head_of(s).weights.row(s.query).sum(), 2);
  table.rows.push_back(std::move(row));
  table.left_out = tokens_left_out(s, keys);
  slide.tables.push_back(std::move(table));
  const FormulaNode weight = pair("a", Role::weight, brief(query), brief_token(s, s.key));
  slide.formulas = {softmax_formula(because, keys, weight, s.key), softmax_formula(because, {}, weight, s.key)};
  slide.formula_is_answer = true;
  return slide;
}

/// The value row of each key, with the weight it is to be taken at.
Slide values(const SlideSubject& s) {
  Slide slide{.title = {{"Every token offers a "}, {"value", Role::value}, {": what it passes on when attended to"}}};
  const Matrix& v = matrix(s, Stage::v);
  SlideTable table;
  const auto columns = columns_shown(s, v, s.key);
  name_columns(s, table, Stage::v, columns);
  const auto tokens = tokens_shown(s, s.most_rows);
  for (const int j : tokens)
    table.rows.push_back(row_of(s, Stage::v, j, columns, {{"v ", Role::value, true}, {s.names.token(j), j == s.key ? Role::key : Role::none}}));
  table.left_out = joined(tokens_left_out(s, tokens), columns_left_out(v, columns, " in the key's row"));
  slide.tables.push_back(std::move(table));
  return slide;
}

Slide output(const SlideSubject& s) {
  const std::string query = s.names.token(s.query);
  Slide slide{.title = {{"The "}, {"output", Role::value}, {" of "}, {query, Role::query}, {" is a blend of value rows, by its "}, {"weights", Role::weight}}};
  const Matrix &v = matrix(s, Stage::v), &out = matrix(s, Stage::output), &a = matrix(s, Stage::weights);
  SlideTable table;
  const auto columns = columns_shown(s, out, s.query);
  name_columns(s, table, Stage::output, columns);
  const float limit = symmetric_limit(v);
  auto tokens = tokens_shown(s, s.most_rows);
  std::erase_if(tokens, [&](int j) { return !attention::enters(head_of(s), s.query, j); });  // no terms of the sum
  for (const int j : tokens) {
    SlideRow row{.id = "v/" + std::to_string(j), .label = {{figures::listed_weight(a(s.query, j), 2), Role::weight}, {" × "}, {"v ", Role::value, true}, {s.names.token(j)}}, .limit = limit};
    for (const int c : columns) {
      // Keys that are masked are missing among the terms, so the one of this key is found by the value it takes.
      const Explanation sum = why(s, Stage::output, s.query, c);
      const auto term = std::ranges::find_if(sum.terms, [&](const attention::Term& t) {
        return std::ranges::any_of(t.factors, [&](const attention::Operand& f) { return f.is_cell && f.cell.stage == Stage::v && f.cell.row == j; });
      });
      row.cells.push_back({.value = term == sum.terms.end() ? 0.f : term->value, .blank = term == sum.terms.end()});
    }
    table.rows.push_back(std::move(row));
  }
  SlideRow total = row_of(s, Stage::output, s.query, columns, {{"output "}, {query, Role::query}});
  total.look = SlideRow::Look::large;
  total.answer = true;
  total.limit = limit;
  const int best = loudest(out, s.query);
  table.strong = static_cast<int>(std::ranges::find(columns, best) - columns.begin());
  table.rows.push_back(std::move(total));
  table.left_out = joined(tokens_left_out(s, tokens), columns_left_out(out, columns));
  slide.tables.push_back(std::move(table));
  slide.formulas = sums(why(s, Stage::output, s.query, best), entry("o", Role::value, brief(query), brief(s.names.column(cell_of(s, Stage::output, s.query, best)))), Role::weight);
  slide.formula_is_answer = true;
  return slide;
}

}  // namespace

Slide slide_of(const SlideSubject& s, Stage stage) {
  const std::string query = s.names.token(s.query), key = s.names.token(s.key);
  switch (stage) {
    case Stage::x: return embed(s);
    case Stage::q: return project(s, Stage::q, s.query, Role::query, {{"The "}, {"query", Role::query}, {" of "}, {query, Role::query}, {": what it looks for"}}, "q");
    case Stage::k: return project(s, Stage::k, s.key, Role::key, {{"The "}, {"key", Role::key}, {" of "}, {key, Role::key}, {": what it offers"}}, "k");
    case Stage::scores: return scores(s);
    case Stage::scaled: return scaled(s);
    case Stage::weights: return weights(s);
    case Stage::v: return values(s);
    case Stage::output: return output(s);
    default: throw Error("There is no slide of " + std::string(attention::name_of(stage)) + ": x, q, k, scores, scaled, weights, v and output have one.");
  }
}

}  // namespace qkv::workspaces
