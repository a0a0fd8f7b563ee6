#pragma once
#include <string>
#include <vector>

#include "tests/app/shell/driver.h"

// Identity of screen and computation: a number printed in a cell is the number in core.
namespace qkv::shell {

/// "weights[2,1] prints 0.31, core says 0.42": for every number printed in a cell of the pipeline that is not
/// the experiment's, evaluated afresh (minus the start's where differences are shown). To be called without a
/// popup or a tooltip over the pipeline.
std::vector<std::string> numbers_unlike_core(Driver& d);
/// Texts that are cut, other than by the edges of what is scrolled: the rail, the token strip.
std::vector<std::string> texts_cut(Driver& d);
/// How many numbers are printed in cells.
int numbers_printed(Driver& d);
/// The value in the notation, and with the decimals, of a printed number.
std::string as_printed(float value, const std::string& printed);

}  // namespace qkv::shell
