#pragma once
#include <span>
#include <string>
#include <vector>

#include "app/drawing/painter.h"
#include "app/figures/weight_scale.h"

// A text as its tokens, wrapped over lines and shaded by what one query attends to.
namespace qkv::figures {

enum class TokenStyle : unsigned char {
  chips,  ///< framed, with room for a number under each
  flow,   ///< running text, large: what the Text view shows
};

/// Where every token stands, from the corner of the text; keep it while tokens, style and width are the same.
struct TokenTextLayout {
  TokenStyle style = TokenStyle::chips;
  float width = 0, height = 0;  ///< px of the whole text
  bool right_to_left = false;   ///< most of the text is: lines begin at the right
  std::vector<drawing::Rect> boxes{};
  std::vector<std::string> shown{};  ///< visible_token(), cut with an ellipsis where it is wider than a line
};

/// `tokens` as read: a leading space parts a token from the one before, a line end in it ends the line
/// (flow).
TokenTextLayout token_text_layout(drawing::TextEngine& text, std::span<const std::string> tokens, float width,
                                  TokenStyle style = TokenStyle::chips);

struct TokenText {
  std::span<const float> values{};  ///< [n]: shades the tokens; NaN: masked, dim. Empty: none is shaded
  std::span<const float> places{};  ///< [n] from rank_places(), for Scale::row_rank; else empty
  WeightScale scale{};
  bool numbers = true;  ///< under each chip
  int selected_query = -1, selected_key = -1, hovered = -1;
  bool first_excluded = false;  ///< hatched
};

/// Draws the lines that fit, from the one at `scroll` px on (rounded to whole lines; see scroll_most()).
/// Regions: "tokens" (for the wheel) and "token/I" of each token in view.
void token_text(drawing::Painter& p, drawing::Rect area, const TokenTextLayout& layout, const TokenText& text,
                float scroll = 0);

float scroll_most(const TokenTextLayout& layout, drawing::Rect area);
/// The least scroll that shows the token.
float scroll_to(const TokenTextLayout& layout, drawing::Rect area, float scroll, int token);
/// −1: none.
int token_at(const TokenTextLayout& layout, drawing::Rect area, float scroll, drawing::Point p);

}  // namespace qkv::figures
