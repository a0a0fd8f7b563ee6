#pragma once
#include <functional>
#include <stop_token>

#include "app/shell/render.h"
#include "core/experiment/sweep.h"

namespace qkv::shell {

/// An animation of one slider.
struct SweepRequest {
  RenderRequest picture;  ///< of every frame; `out` is a pattern "frames/%04d.png", or a video (.mp4, .webm, .gif)
  experiment::Experiment start;
  experiment::Sweep sweep;
  int frames_per_second = 12;
};

/// Whether the name says where the number goes: "%04d" or the like, once, in the file's name.
bool is_frame_pattern(const std::filesystem::path& path);
/// The file of frame `number`, from 1.
std::filesystem::path frame_path(const std::filesystem::path& pattern, int number);
bool is_video(const std::filesystem::path& path);

/// Writes the frames, or a video of them. Progress is 0 … 1. Needs no display; for a worker: it shares nothing with the
/// window. Throws Error: a range that cannot be, a folder that is not there, no ffmpeg, stopped (numbered frames written
/// so far are removed).
void write_sweep(const SweepRequest& request, const std::function<void(double)>& progress, const std::stop_token& stop);

}  // namespace qkv::shell
