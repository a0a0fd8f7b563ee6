#pragma once
#include <string>
#include <string_view>
#include <vector>

// Written text as data: what a lesson says, before anybody draws it. Markdown by md4c; formulas are kept as TeX.
namespace qkv::prose {

/// A stretch of a line in one style.
struct Span {
  enum class Kind : unsigned char { text, strong, emphasis, code, formula, value };
  Kind kind = Kind::text;
  std::string text;  ///< "\n" in it breaks the line; formula: TeX, its {{…}} included; value: the expression between {{ and }}, to be shown live
};

struct Block {
  enum class Kind : unsigned char { paragraph, heading, item, code, formula, table };
  Kind kind = Kind::paragraph;
  std::vector<Span> spans;                            ///< paragraph, heading, item; a formula block has one
  int level = 0;                                      ///< heading: 1 to 6; item: depth, from 0; others: the number of lists they stand in
  int number = 0;                                     ///< item: of an ordered list, from 1; 0: a bullet
  std::string info, code;                             ///< fenced code: the word behind the fence, and its lines
  std::vector<std::vector<std::vector<Span>>> rows;   ///< table: rows of cells of spans, the first is the heading
  int line = 1;                                       ///< in the source, from 1: for error messages
};

using Text = std::vector<Block>;

/// The blocks of a Markdown text (CommonMark with tables, $…$ and $$…$$). `first_line` is the number of its first line.
/// Raw HTML and images are refused. Throws Error ("FILE:LINE: …") naming `file`.
Text parse(std::string_view markdown, const std::string& file, int first_line = 1);

/// The text alone, one line a block: for tests, a spelling check and screen readers.
std::string plain(const Text& text);

}  // namespace qkv::prose
