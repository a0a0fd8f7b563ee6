#pragma once
#include "app/workspaces/explain/story.h"
#include "app/workspaces/lab/symbols.h"

namespace qkv::workspaces {

/// Names and words as the experiment has them. Refers to it.
class ExperimentNames : public Names {
 public:
  explicit ExperimentNames(const experiment::Experiment& e) : e_(e) {}
  std::string token(int position) const override { return token_label(e_, position); }
  std::string row(const Cell& c) const override { return row_name(e_, c); }
  std::string column(const Cell& c) const override { return column_name(e_, c); }
  std::string words(const attention::Explanation& why) const override { return words_of(e_, why); }
  std::string question(const attention::Explanation& why) const override { return question_of(e_, why); }
  std::string note(const Cell& c) const override { return explanation_of(e_, c); }

 private:
  const experiment::Experiment& e_;
};

}  // namespace qkv::workspaces
