#include "app/workspaces/explain/story.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/figures/numbers.h"
#include "core/experiment/place_names.h"

namespace qkv::workspaces {

using attention::Explanation;
using attention::Operand;
using attention::Operation;
using attention::Term;
using figures::number;

std::string Names::question(const Explanation& why) const {
  return (why.operation == Operation::given ? "What is " : "Why ") + figures::telling_number(why.value, 2) +
         "?";
}

std::string Names::cell(const Cell& c) const {
  const std::string of = row(c);
  return plain_symbol(c.stage) + "[" + (of.empty() ? "" : of + ", ") + column(c) + "]";
}

TokenNames::TokenNames(const std::vector<std::string>& tokens) : tokens_(experiment::told_apart(tokens)) {}

std::string TokenNames::token(int position) const {
  if (position < 0 || position >= static_cast<int>(tokens_.size())) return std::to_string(position);
  const std::string& text = tokens_[static_cast<std::size_t>(position)];
  return text.empty() ? "∅" : text;
}

std::string TokenNames::row(const Cell& c) const {
  if (is_row(c.stage)) return "";
  return rows_are_tokens(c.stage) ? token(c.row) : std::to_string(c.row);
}

std::string TokenNames::column(const Cell& c) const {
  return is_square(c.stage) || c.stage == Stage::score_bias ? token(c.column) : std::to_string(c.column);
}

namespace {

/// What leads on: NaN and infinities before any number, as all else drowns in them.
float size_of(float value) {
  return std::isfinite(value) ? std::fabs(value) : std::numeric_limits<float>::infinity();
}

/// The cell of a term that made it what it is: one that is not finite, else the first; null when none is a
/// cell.
const Operand* leading(const Term& term) {
  const Operand* first = nullptr;
  for (const Operand& o : term.factors) {
    if (!o.is_cell) continue;
    if (!std::isfinite(o.value)) return &o;
    if (!first) first = &o;
  }
  return first;
}

}  // namespace

std::vector<Cell> chain_from(const attention::Trace& trace, const Cell& cell) {
  std::vector<Cell> chain{cell};
  for (int guard = 0; guard < 64; ++guard) {
    const Cell& at = chain.back();
    const Explanation why = attention::explain(trace, at);
    if (why.operation == Operation::given || why.operation == Operation::overridden) break;
    const Operand* next = nullptr;
    if (why.operation == Operation::softmax) {
      next = &why.terms[static_cast<std::size_t>(at.column)].factors.front();
      if (std::isnan(why.value) && std::isfinite(next->value))  // another key's score has made it so
        for (const Term& t : why.terms)
          if (std::isnan(t.factors.front().value)) {
            next = &t.factors.front();
            break;
          }
    } else {
      float most = -1;
      for (const Term& t : why.terms) {
        const Operand* o = leading(t);
        if (!o || !(size_of(t.value) > most)) continue;
        most = size_of(t.value);
        next = o;
      }
    }
    if (next == nullptr || !next->is_cell || attention::is_leaf(next->cell.stage)) break;
    chain.push_back(next->cell);
  }
  return chain;
}

void tell(StoryState& state, const attention::Trace& trace, const Cell& cell) {
  state.chain = chain_from(trace, cell);
  state.first_level = 0;
}

void descend(Story& story, int level, const Cell& operand) {
  auto& chain = story.state.chain;
  chain.resize(static_cast<std::size_t>(level) + 1);
  for (const Cell& c : chain_from(story.trace, operand)) chain.push_back(c);
}

namespace {

bool is_operand(const Explanation& why, const Cell& cell) {
  for (const Term& t : why.terms)
    for (const Operand& o : t.factors)
      if (o.is_cell && o.cell == cell) return true;
  return false;
}

bool is_inside(const attention::Trace& trace, const Cell& c) {
  const attention::Shape s = attention::shape_of(trace, c.stage, c.layer, c.head);
  return c.row >= 0 && c.column >= 0 && c.row < s.rows && c.column < s.columns;
}

}  // namespace

void keep_inside(StoryState& state, const attention::Trace& trace) {
  auto& chain = state.chain;
  chain.erase(
      std::find_if_not(chain.begin(), chain.end(), [&](const Cell& c) { return is_inside(trace, c); }),
      chain.end());
  if (state.chain_of == &trace) return;
  state.chain_of = &trace;
  // Positions or masks may have come between two levels: from there on the chain is made anew.
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Explanation why = attention::explain(trace, chain[i]);
    if (i + 1 < chain.size() && is_operand(why, chain[i + 1])) continue;
    const auto rest = chain_from(trace, chain[i]);
    chain.resize(i);
    chain.insert(chain.end(), rest.begin(), rest.end());
    break;
  }
}

std::string chain_as_text(const Story& story) {
  std::string out;
  for (const Cell& c : story.state.chain) {
    const Explanation why = attention::explain(story.trace, c);
    out += story.names.cell(c) + " = ";
    if (why.operation == Operation::softmax) {
      out += "exp(" +
             number(attention::value(story.trace, {Stage::scaled, c.layer, c.head, c.row, c.column}), 4) +
             " − " + number(why.maximum, 4) + ") / " + number(why.sum, 4);
    } else {
      bool first = true;
      for (const Term& t : why.terms) {
        out += first ? "" : " + ";
        const bool capped = first && why.operation == Operation::cap;
        if (capped) out += number(why.softcap, 4) + " × tanh(";
        for (std::size_t i = 0; i < t.factors.size(); ++i)
          out += (i ? " × " : "") + number(t.factors[i].value, 4);
        if (capped) out += " / " + number(why.softcap, 4) + ")";
        first = false;
      }
    }
    out += (why.terms.empty() ? "" : " = ") + figures::telling_number(why.value, 4) + "   (" +
           story.names.words(why) + ")\n";
  }
  return out;
}

}  // namespace qkv::workspaces
