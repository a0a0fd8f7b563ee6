#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/documents/lab_document.h"
#include "app/documents/learn_session.h"
#include "app/documents/model_session.h"
#include "app/documents/talk.h"

namespace qkv::documents {

/// A talk being given: where it is, and what its step shows, live. Steps that show one experiment share it, so a number
/// dragged in one is as changed in the next.
class TalkSession {
 public:
  /// Goes to `step`. Throws Error when that step cannot be shown (a missing file).
  TalkSession(Talk talk, std::filesystem::path assets, std::filesystem::path own_lessons, int step = 0);

  const Talk& talk() const { return talk_; }
  int index() const { return index_; }
  int count() const { return static_cast<int>(talk_.steps.size()); }
  const TalkStep& step() const { return talk_.steps[static_cast<std::size_t>(index_)]; }
  /// Throws Error; stays where it is then.
  void go_to(int step);

  /// What the step shows: one of the three is not null, or none (text alone).
  LabDocument* document() { return step().stage ? document_.get() : nullptr; }
  LearnSession* lessons() { return step().lesson ? lessons_.get() : nullptr; }
  ModelSession* model() { return step().model ? model_.get() : nullptr; }
  /// Of a stage step: the tokens it is told for.
  int query() const { return query_; }
  int key() const { return key_; }
  void set_query(int token) { query_ = token; }
  void set_key(int token) { key_ = token; }

  bool poll();
  bool busy() const;
  void wait();

 private:
  void show_stage(const StageStep& step);
  void show_lesson(const LessonReference& step);
  void show_model(const ModelStep& step);

  Talk talk_;
  std::filesystem::path assets_, own_lessons_;
  int index_ = -1;
  std::string shown_experiment_;  ///< name and settings of document_
  std::unique_ptr<LabDocument> document_;
  std::unique_ptr<LearnSession> lessons_;
  std::unique_ptr<ModelSession> model_;
  int query_ = 0, key_ = 0;
};

}  // namespace qkv::documents
