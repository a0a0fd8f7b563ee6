#pragma once
#include <filesystem>
#include <stop_token>

namespace qkv::documents {

/// Whether ffmpeg is installed: nothing depends on it but videos.
bool has_ffmpeg();
/// How to get it, one sentence.
inline constexpr const char* kNoFfmpeg =
    "Videos are made by ffmpeg, which is not installed: install it (Debian, Ubuntu: sudo apt install ffmpeg), or export "
    "numbered PNGs, which need nothing.";

/// Makes a video of folder/0001.png, folder/0002.png, …; the extension of `out` says its kind. Less than one frame a second is a
/// slide show. Run without a shell.
/// Throws Error: ffmpeg is missing, fails (its last line is said) or was stopped; what was at `out` stays then.
void make_video(const std::filesystem::path& folder, const std::filesystem::path& out, double frames_per_second,
                const std::stop_token& stop);

}  // namespace qkv::documents
