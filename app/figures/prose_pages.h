#pragma once
#include <vector>

#include "app/figures/prose_column.h"

namespace qkv::figures {

/// A text as pages of at most `height`, as draw_prose() sets it: broken between blocks where that is possible, else within one, between
/// words, lines of code or rows of a table (whose heading is repeated). Every word is on one of them. A formula or a row that is
/// higher than a page has a page of its own.
std::vector<prose::Text> prose_pages(drawing::Painter& p, float width, const prose::Text& text, const ProseStyle& style, float height);

}  // namespace qkv::figures
