#pragma once
#include <cstddef>

namespace qkv {

/// Counts what the present thread allocates with malloc and operator new while this exists: bytes as the allocator
/// rounds them. Seen is what our own objects ask for, Eigen's matrices among it, for the linker leads their calls here
/// (core/CMakeLists.txt lists which); the stack, other threads and the insides of shared libraries are not. May be nested.
class MemoryMeter {
 public:
  MemoryMeter();
  ~MemoryMeter();  ///< on the thread that made it, the last made first
  MemoryMeter(const MemoryMeter&) = delete;
  MemoryMeter& operator=(const MemoryMeter&) = delete;

  /// Allocated and not yet freed; below zero where more was freed that is older than the meter.
  std::ptrdiff_t now() const { return now_; }
  std::ptrdiff_t peak() const { return peak_; }  ///< the most that now() ever was; at least 0

  // For the allocation functions.
  static bool any();                        ///< on this thread
  static void count(std::ptrdiff_t bytes);  ///< to every meter of this thread

 private:
  MemoryMeter* outer_;
  std::ptrdiff_t now_ = 0, peak_ = 0;
};

}  // namespace qkv
