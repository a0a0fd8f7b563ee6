#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

namespace qkv::shell {

/// Writes 4 bytes a pixel (red, green, blue; the fourth is not kept), top row first, as an opaque PNG without
/// dates: the same pixels give the same file. Throws Error when it cannot be written.
void write_png(const std::filesystem::path& path, std::span<const std::uint8_t> rgba, int width, int height);

}  // namespace qkv::shell
