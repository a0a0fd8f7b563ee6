#pragma once
#include <cstdint>
#include <string>

namespace qkv::model {

/// Bytes that can still be had: the least of what the system, the control group and the process's own limits
/// leave.
std::uint64_t available_memory();
/// "3.4 GB", "12 MB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace qkv::model
