#pragma once

namespace qkv::cli {

/// The command line of the program, as `qkvlab --help` describes it. Returns the exit status: 0 done, 1 the
/// input is at fault (one sentence on standard error), 2 wrong usage.
int run(int argc, const char* const* argv);

}  // namespace qkv::cli
