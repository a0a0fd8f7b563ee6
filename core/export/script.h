#pragma once
#include <string>

#include "core/experiment/experiment.h"

namespace qkv::exports {

enum class Language { numpy, pytorch };

/// More numbers than this make a script nobody reads, and Python slow to start.
inline constexpr long long kMaxScriptNumbers = 250'000;

/// A self-contained Python script that computes every stage of the trace again, with the same numbers: one
/// function a stage, each parameter written so that it reads back as the same float32. Run, it prints every
/// stage; imported, its run() returns them as {(name, layer, head): matrix}. The trace is the experiment's own.
/// Throws Error when it would hold more than kMaxScriptNumbers.
std::string script(const experiment::Experiment& experiment, const attention::Trace& trace, Language language);

/// How many numbers the script would hold.
long long script_numbers(const attention::Trace& trace);

}  // namespace qkv::exports
