#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "app/prose/prose.h"

// Formulas and live values are taken out of the text before Markdown sees it: their _ * [ | mean something
// else there.
namespace qkv::prose {

/// What was taken out.
struct Held {
  Span span;
  bool is_display = false;  ///< between $$
  std::string source;       ///< as it was written
};

/// A Markdown text in which one private character each stands for what was taken out.
struct HeldText {
  std::string markdown;
  std::vector<Held> held;
  std::vector<std::size_t> line_begins;  ///< in `markdown`
  std::vector<int> line_numbers;         ///< of each in the source

  int line_of(std::size_t offset) const;
  /// What stands at this place of a text; nullptr for an ordinary character. Takes kHeldBytes.
  const Held* at(std::string_view text, std::size_t offset) const;
};

inline constexpr std::size_t kHeldBytes = 4;

/// Throws Error ("FILE:LINE: …") for text that is not UTF-8, for what is not closed and for formulas that
/// cannot be read.
HeldText hold(std::string_view markdown, const std::string& file, int first_line);

}  // namespace qkv::prose
