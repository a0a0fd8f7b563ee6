#pragma once
#include <chrono>
#include <csignal>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "app/cli/progress_line.h"

namespace qkv::cli {

/// Long work of several files: how far it is on a terminal; Ctrl+C or a kill asks it to stop, so that it removes what it has
/// written so far. One at a time.
class LongWork {
 public:
  explicit LongWork(std::string doing) : doing_(std::move(doing)) {
    interrupted_ = 0;
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
    watcher_ = std::jthread([this](const std::stop_token& done) {
      for (; !done.stop_requested(); std::this_thread::sleep_for(std::chrono::milliseconds(20)))
        if (interrupted_ != 0) stop_.request_stop();
    });
  }
  std::function<void(double)> progress() {
    return [this](double fraction) { line_.show(fraction, doing_); };
  }
  std::stop_token stop() const { return stop_.get_token(); }

 private:
  static void interrupt(int) { interrupted_ = 1; }
  static inline volatile std::sig_atomic_t interrupted_ = 0;

  std::string doing_;
  ProgressLine line_;
  std::stop_source stop_;
  std::jthread watcher_;  ///< last: it uses the others
};

}  // namespace qkv::cli
