#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/documents/lab_document.h"
#include "app/documents/learn_session.h"
#include "app/documents/model_session.h"
#include "app/documents/talk.h"

namespace qkv::documents {

/// A talk being given: where it is, and what its step shows, live. Steps that show one experiment share it, so a number
/// dragged in one is as changed in the next, and still is when the talk comes back to it.
class TalkSession {
 public:
  /// Goes to `step`. Throws Error when that step cannot be shown (a missing file).
  TalkSession(Talk talk, std::filesystem::path assets, std::filesystem::path own_lessons, int step = 0);

  const Talk& talk() const { return talk_; }
  /// The talk with the numbers as they were changed while it was given, and with the experiments that lie beside it inside: what
  /// is saved, to be replayed anywhere. Throws Error when one of them cannot be read any more.
  Talk as_given() const;
  /// What a talk file cannot hold: models beside the talk and lessons of one's own, in words ("the model 'mine'").
  std::vector<std::string> to_take_along() const;
  int index() const { return index_; }
  int count() const { return static_cast<int>(talk_.steps.size()); }
  const TalkStep& step() const { return talk_.steps[static_cast<std::size_t>(index_)]; }
  /// Throws Error; stays where it is then.
  void go_to(int step);

  /// What the step shows: one of the three is not null, or none (text alone).
  LabDocument* document() { return step().stage ? document_ : nullptr; }
  LearnSession* lessons() { return step().lesson ? lessons_.get() : nullptr; }
  ModelSession* model() { return step().model ? model_.get() : nullptr; }
  /// Whether model() is the one of the step, with its text: it is opened by a worker.
  bool model_is_ready() const { return model_ && first_text_ && !wanted_text_; }
  /// Throws Error when the model, once open, has no such head or token as the step shows, or could not be opened.
  void check_model() const;
  /// With the talk's file and the line of its step, where there is a file.
  std::string placed(const TalkStep& step, const std::string& says) const;
  /// Of a stage step: the tokens it is told for.
  int query() const { return query_; }
  int key() const { return key_; }
  void set_query(int token) { query_ = token; }
  void set_key(int token) { key_ = token; }

  bool poll();
  bool busy() const;
  /// Throws Error as check_model() does.
  void wait();

 private:
  void show_stage(const StageStep& step);
  LabDocument& document_of(const StageStep& step);
  void show_lesson(const LessonReference& step);
  void show_model(const ModelStep& step);
  void type_text();

  Talk talk_;
  std::filesystem::path assets_, own_lessons_;
  int index_ = -1;
  std::map<std::string, std::unique_ptr<LabDocument>> documents_;  ///< by name and settings
  LabDocument* document_ = nullptr;                                ///< of the last stage step
  std::unique_ptr<LearnSession> lessons_;
  std::unique_ptr<ModelSession> model_;
  std::optional<std::string> first_text_, wanted_text_;  ///< what the open model began with; what is to be typed once it is open
  int query_ = 0, key_ = 0;
};

}  // namespace qkv::documents
