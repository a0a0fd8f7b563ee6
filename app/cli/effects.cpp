#include "app/cli/effects.h"

#include <string>

#include "core/error.h"

namespace qkv::cli {
namespace {

struct Effect {
  const char* option;
  bool (*is_given)(const RenderOptions&);
  unsigned on;  ///< what it changes, of Shown
  const char* purpose;
};

constexpr Effect kEffects[] = {
    {"--sweep", [](const RenderOptions& o) { return o.sweep.has_value(); }, kExperiment, "moves a parameter of an experiment"},
    {"--text", [](const RenderOptions& o) { return o.request.text.has_value(); }, kExperiment | kModel | kTalkOfExperiment,
     "is what an experiment or a model folder reads"},
    {"--head", [](const RenderOptions& o) { return o.request.head_given; }, kExperiment | kModel | kCapture | kTalkOfExperiment,
     "chooses a head of an experiment, a model or a capture"},
    {"--select", [](const RenderOptions& o) { return o.request.select.has_value(); }, kExperiment | kModel | kCapture | kTalkOfExperiment,
     "chooses a cell of an experiment, a model or a capture"},
};

const char* words_for(Shown shown) {
  switch (shown) {
    case kExperiment: return "an experiment";
    case kModel: return "a model";
    case kCapture: return "a capture";
    case kLesson: return "a lesson";
    case kTalk: return "a talk, whose steps say what they show";
    case kTalkOfExperiment: return "a talk";
  }
  return "";
}

}  // namespace

void refuse_without_effect(const RenderOptions& options, Shown shown) {
  for (const Effect& effect : kEffects)
    if (effect.is_given(options) && (effect.on & shown) == 0)
      throw Error(std::string(effect.option) + " " + effect.purpose + ", and this is " + words_for(shown) + ": leave it out.");
  if (options.sweep) return;
  if (options.frames) throw Error("--frames is how many pictures a --sweep makes, and there is no --sweep: leave it out.");
  if (options.frames_per_second) throw Error("--fps is how fast the video of a --sweep goes, and there is no --sweep: leave it out.");
}

}  // namespace qkv::cli
