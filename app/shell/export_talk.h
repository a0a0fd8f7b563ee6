#pragma once
#include <functional>
#include <stop_token>

#include "app/drawing/text_engine.h"
#include "app/shell/render.h"

namespace qkv::shell {

class App;

/// Whether the request is of every step of a talk: a .pdf, a video, or a name with a number in it (%02d).
bool is_whole_talk(const RenderRequest& request);

/// Every step of the talk that `app` presents: a page each of a .pdf, a file each where `out` has a number, or a video in which
/// a step stands request.seconds_a_step, first with what it hides. `write_frame` writes what is shown into a file. Progress is
/// 0 … 1. Throws Error: no ffmpeg, a folder that cannot be written, stopped (then no file is left).
void write_talk(App& app, drawing::TextEngine& text, const RenderRequest& request,
                const std::function<void(const std::filesystem::path&)>& write_frame, const std::function<void(double)>& progress,
                const std::stop_token& stop);

}  // namespace qkv::shell
