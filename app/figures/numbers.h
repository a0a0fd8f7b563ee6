#pragma once
#include <string>

#include "core/matrix.h"

namespace qkv::figures {

/// A value as the screen writes it: a true minus sign, no negative zero, "NaN", "∞", "−∞"; from 1e5 on "1.2e6".
std::string number(float value, int decimals);
/// The value with as many decimals (at most max_decimals) as `characters` allow; a leading zero is dropped before it
/// loses a decimal (".5"); "" when even the integer part is too long.
std::string number_within(float value, int max_decimals, int characters);
/// Code points of a UTF-8 text: columns in the mono font.
int columns_of(const std::string& text);
/// Largest finite |value|, rounded up to 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten; 1 for all zeros.
float symmetric_limit(const Matrix& m);
float rounded_up(float value);

}  // namespace qkv::figures
