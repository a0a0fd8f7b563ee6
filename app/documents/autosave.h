#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/documents/worker.h"
#include "core/experiment/experiment.h"

namespace qkv::documents {

/// An open file that is locked while its owner lives; the system releases it however the owner ends.
class FileLock {
 public:
  FileLock() = default;
  /// Creates the file. Not held when another process (or lock) has it or it cannot be made.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  bool held() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// Work that a program left behind when it was killed.
struct LostWork {
  experiment::Experiment experiment;
  std::filesystem::path path;  ///< the file it was opened from or saved to; empty: none
  std::filesystem::path file;  ///< where it was kept
  FileLock lock;               ///< so that no other program offers it at the same time
};

/// Keeps unsaved work in a folder, so that a kill at any moment loses at most the last edit: one file a
/// program, autosave-ID.json, locked through autosave-ID.lock. A clean end removes both;
/// one by an exception does not.
class Autosave {
 public:
  /// An empty folder name: nothing is kept. Creates the folder.
  explicit Autosave(std::filesystem::path folder);
  ~Autosave();
  Autosave(const Autosave&) = delete;
  Autosave& operator=(const Autosave&) = delete;

  /// Writes it on a worker, soon; of several waiting only the latest is written. `path`: the document's own
  /// file.
  void keep(std::shared_ptr<const experiment::Experiment> experiment, std::filesystem::path path);
  /// There is nothing to lose any more: removes the file.
  void discard();
  /// Why the last one could not be written (a full disk); empty when it was. Each failure is told once.
  std::string take_error();

  /// What programs that are gone left here, newest first, claimed for this one. Damaged files are left alone.
  std::vector<LostWork> find_lost();
  /// Removes it for good: the user declined, or it is open again and was given to keep() (which is waited
  /// for).
  void forget(const LostWork& lost);
  /// Blocks until everything given to keep() is written.
  void wait() { worker_.wait(); }

 private:
  void report(std::string error);

  std::filesystem::path folder_, file_;
  FileLock lock_;
  std::mutex mutex_;
  std::string error_;
  Worker worker_;  ///< last: its jobs use all of the above
};

}  // namespace qkv::documents
