#pragma once
#include <string>

#include "core/matrix.h"

namespace qkv::figures {

/// A value as the screen writes it: rounded as by hand (1.25 is 1.3), a true minus sign, no negative zero, "NaN", "∞", "−∞";
/// from 1e5 on "1.2e6".
std::string number(float value, int decimals);
/// number() of a value that is asked about: with as many more decimals as it takes not to read 0 or ±1 where it is
/// neither; far below that "1.2e−9".
std::string telling_number(float value, int decimals);
/// number() of a weight or a probability in a list: "1.00" only where it is 1; from 0.99 up to there a decimal more,
/// "0.995", and where that is not enough ">0.999".
std::string weight_number(float value, int decimals);
/// weight_number() where 0 would be untrue of a softmax: a small positive weight is "<0.01".
std::string listed_weight(float value, int decimals);
/// How all numbers of one matrix are written, so that they compare at a glance: the same decimals, ".5" for "0.5" and
/// "0" for "0.0" where that makes room for a decimal.
struct NumberFormat {
  int decimals = 1;
  bool drop_zero = false;
  int characters = 0;  ///< longest text; 0: the numbers do not fit and are left out
  bool of_weights = false;  ///< weights: one above 0.99 and below 1 is ".995" or ">.99", not "1.00"
  /// "" when the value has no room: 1.5 is never written "2".
  std::string operator()(float value) const;
};
/// The format with the most decimals (at most max_decimals) in which every finite value has room in `characters`, or
/// the one that writes the most of them where three characters are too few for some.
NumberFormat format_within(const Matrix& m, int max_decimals, int characters);
/// Code points of a UTF-8 text: columns in the mono font.
int columns_of(const std::string& text);
/// Largest finite |value|, rounded up to 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten; 1 for all zeros.
float symmetric_limit(const Matrix& m);
float rounded_up(float value);

}  // namespace qkv::figures
