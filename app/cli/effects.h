#pragma once
#include "app/cli/commands.h"

namespace qkv::cli {

/// What a picture is of, as far as the options of `qkvlab render` differ in effect.
enum Shown : unsigned {
  kExperiment = 1,
  kModel = 2,
  kCapture = 4,
  kLesson = 8,
  kTalk = 16,              ///< written by hand, or a lesson's
  kTalkOfExperiment = 32,  ///< made of an experiment
};

/// Throws Error naming the first option that is given and would change nothing of what is shown.
void refuse_without_effect(const RenderOptions& options, Shown shown);

}  // namespace qkv::cli
