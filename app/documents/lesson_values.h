#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/prose/prose.h"

namespace qkv::documents {

/// Tells of every live number of a text, those in formulas included: the expression and its line; `broken` of every formula that
/// cannot be set: why, and its line.
void visit_values(const prose::Text& text, const std::function<void(const std::string&, int line)>& value,
                  const std::function<void(const std::string&, int line)>& broken);

/// "q[sat,*] temperature" cut at blanks that are not between brackets or quotes.
std::vector<std::string> split_places(std::string_view text);

}  // namespace qkv::documents
