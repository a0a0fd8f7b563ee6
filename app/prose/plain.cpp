#include "app/prose/prose.h"

namespace qkv::prose {
namespace {

std::string plain(const std::vector<Span>& spans) {
  std::string all;
  for (const Span& span : spans) {
    const bool is_code = span.kind == Span::Kind::code, is_formula = span.kind == Span::Kind::formula;
    const bool is_value = span.kind == Span::Kind::value;
    all += is_code ? "`" : is_formula ? "$" : is_value ? "{{" : "";
    all += span.text;
    all += is_code ? "`" : is_formula ? "$" : is_value ? "}}" : "";
  }
  return all;
}

}  // namespace

std::string plain(const Text& text) {
  std::string all;
  for (const Block& block : text) {
    if (block.kind == Block::Kind::table) {
      for (const auto& row : block.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) all += (i > 0 ? " | " : "") + plain(row[i]);
        all += "\n";
      }
    } else if (block.kind == Block::Kind::code) {
      all += block.code;
    } else {
      all += plain(block.spans) + "\n";
    }
  }
  return all;
}

}  // namespace qkv::prose
