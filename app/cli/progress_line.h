#pragma once
#include <unistd.h>

#include <iostream>
#include <string>

namespace qkv::cli {

/// One line on standard error that is written over and over, when that is a terminal.
class ProgressLine {
 public:
  void show(double fraction, const std::string& what) {
    const int percent = static_cast<int>(fraction * 100);
    if (!is_terminal_ || (percent == percent_ && what == what_)) return;
    percent_ = percent;
    what_ = what;
    std::cerr << "\r\033[K" << what << " (" << percent << " %)" << std::flush;
  }
  ~ProgressLine() {
    if (percent_ >= 0) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  bool is_terminal_ = ::isatty(STDERR_FILENO) == 1;
  int percent_ = -1;
  std::string what_;
};

}  // namespace qkv::cli
