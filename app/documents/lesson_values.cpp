#include "app/documents/lesson_values.h"

#include "app/prose/formula.h"
#include "core/error.h"

namespace qkv::documents {
namespace {

using Tell = std::function<void(const std::string&, int)>;

void visit_formula(const prose::FormulaNode& node, int line, const Tell& value) {
  if (node.kind == prose::FormulaNode::Kind::value) value(node.text, line);
  for (const prose::FormulaNode& part : node.parts) visit_formula(part, line, value);
}

void visit_spans(const std::vector<prose::Span>& spans, int line, const Tell& value, const Tell& broken) {
  for (const prose::Span& span : spans) {
    if (span.kind == prose::Span::Kind::value) value(span.text, line);
    if (span.kind != prose::Span::Kind::formula) continue;
    prose::FormulaNode formula;
    try {
      formula = prose::parse_formula(span.text);
    } catch (const Error& error) {
      broken(error.what(), line);
      continue;
    }
    visit_formula(formula, line, value);
  }
}

}  // namespace

void visit_values(const prose::Text& text, const Tell& value, const Tell& broken) {
  for (const prose::Block& block : text) {
    visit_spans(block.spans, block.line, value, broken);
    for (const auto& row : block.rows)
      for (const auto& cell : row) visit_spans(cell, block.line, value, broken);
  }
}

std::vector<std::string> split_places(std::string_view text) {
  std::vector<std::string> words;
  bool begins = true, in_brackets = false, is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted && (c == '[' || c == ']')) in_brackets = c == '[';
    if ((c == ' ' || c == '\t' || c == '\n') && !in_brackets && !is_quoted) {
      begins = true;
      continue;
    }
    if (begins) words.emplace_back();
    begins = false;
    words.back() += c;
  }
  return words;
}

}  // namespace qkv::documents
