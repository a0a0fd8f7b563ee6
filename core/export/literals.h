#pragma once
#include <string>
#include <string_view>

// Numbers and texts as other languages write them.
namespace qkv::exports {

/// The shortest text that reads back as the same float32: "0.1", "nan", "-inf".
std::string exact_text(float value);
/// A Python literal that becomes the same float32, bit for bit (of NaN its being one), whether it is read as a
/// double first or not: "0.1", "-0.0", "nan", "-inf".
std::string python_number(float value);
/// A Python string literal in double quotes; bytes that are not UTF-8 become U+FFFD.
std::string python_string(std::string_view text);
/// One line of a comment: without control characters and broken UTF-8.
std::string python_comment(std::string_view text);

/// "0.25", "\infty", "\mathrm{NaN}": for LaTeX's mathematics.
std::string latex_number(float value);
/// Text for LaTeX outside mathematics: every character that LaTeX reads as a command is escaped.
std::string latex_text(std::string_view text);
/// Text for Markdown: every character that could begin markup is escaped, and it stays on one line.
std::string markdown_text(std::string_view text);

}  // namespace qkv::exports
