#pragma once
#include "app/documents/learn_studies.h"
#include "app/workspaces/learn/scene.h"

// What stands beside the text in place of the Lab's matrices; each in the file of its name.
namespace qkv::workspaces {

void scaling_figure(LearnScene& s, Rect area);
void cost_figure(LearnScene& s, Rect area);
void lookup_figure(LearnScene& s, Rect area);
void arrows_figure(LearnScene& s, Rect area);
void stack_figure(LearnScene& s, Rect area);
void code_figure(LearnScene& s, Rect area);
void summary_figure(LearnScene& s, Rect area);
void check_figure(LearnScene& s, Rect area);

/// d_k of the step's experiment, one undo step while it is dragged.
void set_d_k(LearnScene& s, int d_k);

}  // namespace qkv::workspaces
