#include "app/documents/lab_document.h"

#include <gtest/gtest.h>

#include <fstream>

#include "app/documents/autosave.h"
#include "core/error.h"
#include "core/experiment/json.h"
#include "core/experiment/operations.h"
#include "tests/app/support/temp_folder.h"

namespace qkv::documents {
namespace {

namespace fs = std::filesystem;
using attention::Cell;
using attention::Stage;
using experiment::Experiment;

constexpr Cell kCell{Stage::w_q, 0, 0, 1, 2};

Experiment with(const LabDocument& document, float value) {
  return experiment::with_value(document.experiment(), kCell, value);
}

/// Too large to be evaluated within a frame.
Experiment large() {
  Experiment e = experiment::default_experiment();
  e.tokens.assign(256, experiment::Token{"word"});
  e = experiment::with_d_model(std::move(e), 256);
  e = experiment::with_d_k(std::move(e), 256);
  return e;
}

TEST(LabDocument, EveryChangeIsEvaluatedAtOnce) {
  LabDocument document(experiment::default_experiment());
  document.apply(with(document, 3.5f), "change w_q");
  EXPECT_FALSE(document.busy());
  EXPECT_EQ(attention::value(*document.trace(), kCell), 3.5f);
  EXPECT_EQ(&document.traced_experiment(), &document.experiment());
}

TEST(LabDocument, ATraceIsNeverChanged) {
  LabDocument document(experiment::default_experiment());
  const auto before = document.trace();
  const float old = attention::value(*before, kCell);
  document.apply(with(document, old + 1), "change");
  EXPECT_EQ(attention::value(*before, kCell), old);
}

TEST(LabDocument, UndoAndRedoRecompute) {
  LabDocument document(experiment::default_experiment());
  const float old = attention::value(*document.trace(), kCell);
  for (int i = 1; i <= 10; ++i)
    document.apply(with(document, 10.f + static_cast<float>(i)), "drag w_q", "drag");
  document.end_gesture();
  EXPECT_EQ(document.undo_name(), "drag w_q");
  document.undo();
  EXPECT_EQ(attention::value(*document.trace(), kCell), old);
  EXPECT_EQ(document.redo_name(), "drag w_q");
  document.redo();
  EXPECT_EQ(attention::value(*document.trace(), kCell), 20.f);
}

TEST(LabDocument, TheStartTraceHasNoEdits) {
  LabDocument document(experiment::default_experiment());
  const float old = attention::value(*document.trace(), kCell);
  document.apply(with(document, old + 1), "change");
  ASSERT_TRUE(document.start_trace());
  EXPECT_EQ(attention::value(*document.start_trace(), kCell), old);
  document.apply(with(document, old + 2), "change");
  EXPECT_EQ(attention::value(*document.start_trace(), kCell), old);
  document.drop_start_trace();
  document.apply(document.experiment(), "anything");
  ASSERT_TRUE(document.start_trace()) << "made anew when asked for again";
  EXPECT_EQ(attention::value(*document.start_trace(), kCell), old);
  EXPECT_EQ(attention::value(*document.trace(), kCell), old + 2);
}

TEST(LabDocument, UnsavedFollowsSaveUndoAndRedo) {
  const testing::TempFolder folder;
  LabDocument document(experiment::default_experiment());
  EXPECT_FALSE(document.unsaved());
  document.apply(with(document, 1.25f), "change");
  EXPECT_TRUE(document.unsaved());
  document.save_as(folder.path() / "a.json");
  EXPECT_FALSE(document.unsaved());
  EXPECT_EQ(document.path(), folder.path() / "a.json");
  document.undo();
  EXPECT_TRUE(document.unsaved());
  document.redo();
  EXPECT_FALSE(document.unsaved());
  EXPECT_EQ(experiment::to_json(experiment::load(folder.path() / "a.json")),
            experiment::to_json(document.experiment()));
}

TEST(LabDocument, AFailedSaveChangesNothing) {
  const testing::TempFolder folder;
  LabDocument document(experiment::default_experiment());
  document.apply(with(document, 1.25f), "change");
  EXPECT_THROW(document.save_as(folder.path() / "missing" / "a.json"), Error);
  EXPECT_TRUE(document.unsaved());
  EXPECT_TRUE(document.path().empty());
}

TEST(LabDocument, ReplaceStartsAnew) {
  LabDocument document(experiment::default_experiment());
  document.apply(with(document, 1), "change");
  Experiment other = experiment::default_experiment();
  other.title = "other";
  document.replace(other, "/x/other.json");
  EXPECT_FALSE(document.can_undo());
  EXPECT_FALSE(document.unsaved());
  EXPECT_EQ(document.path(), "/x/other.json");
  EXPECT_EQ(document.traced_experiment().title, "other");
  document.replace(other, {}, true);
  EXPECT_TRUE(document.unsaved());
}

TEST(LabDocument, ALargeOneIsEvaluatedOnTheWorkerWhileTheLastTraceStays) {
  LabDocument document(experiment::default_experiment());
  const auto before = document.trace();
  document.apply(large(), "grow");
  EXPECT_TRUE(document.busy());
  EXPECT_EQ(document.trace(), before);
  EXPECT_EQ(document.traced_experiment().tokens.size(), 4u);
  document.wait();
  EXPECT_FALSE(document.busy());
  EXPECT_EQ(document.trace()->n(), 256);
  EXPECT_EQ(&document.traced_experiment(), &document.experiment());
  EXPECT_GT(document.last_compute_seconds(), 0);
}

TEST(LabDocument, OfManyLargeChangesTheLastOneWins) {
  LabDocument document(large());
  for (int i = 1; i <= 20; ++i) document.apply(with(document, static_cast<float>(i)), "drag", "drag");
  document.wait();
  EXPECT_EQ(attention::value(*document.trace(), kCell), 20.f);
}

TEST(LabDocument, AResultOfAClosedDocumentIsDropped) {
  LabDocument document(experiment::default_experiment());
  document.apply(large(), "grow");
  document.replace(experiment::default_experiment(), {});
  document.wait();
  EXPECT_EQ(document.trace()->n(), 4);
  EXPECT_EQ(&document.traced_experiment(), &document.experiment());
}

TEST(LabDocument, DestructionWhileBusyIsClean) {
  LabDocument document(experiment::default_experiment());
  document.apply(large(), "grow");
}

TEST(LabDocument, EveryEditIsKeptUntilItIsSaved) {
  const testing::TempFolder folder;
  Autosave autosave(folder.path() / "state");
  const auto kept = [&] {
    autosave.wait();
    for (const auto& entry : fs::directory_iterator(folder.path() / "state")) {
      if (entry.path().extension() == ".json") return true;
    }
    return false;
  };
  LabDocument document(experiment::default_experiment(), &autosave);
  EXPECT_FALSE(kept());
  document.apply(with(document, 4), "change");
  EXPECT_TRUE(kept());
  document.undo();
  EXPECT_FALSE(kept());
  document.redo();
  EXPECT_TRUE(kept());
  document.save_as(folder.path() / "a.json");
  EXPECT_FALSE(kept());
}

}  // namespace
}  // namespace qkv::documents
