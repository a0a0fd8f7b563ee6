#pragma once
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace qkv {

/// Tells the allocator to keep freed memory for reuse: a trace is replaced on every edit, and fetching its pages from
/// the system anew would take longer than computing it. Call once, first thing in main().
inline void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
#endif
}

}  // namespace qkv
