#include "core/memory_meter.h"

#include <malloc.h>

#include <algorithm>
#include <new>

namespace qkv {
namespace {

// Has no constructor to wait for: malloc is called before any, and after.
constinit thread_local MemoryMeter* innermost = nullptr;

}  // namespace

MemoryMeter::MemoryMeter() : outer_(innermost) { innermost = this; }
MemoryMeter::~MemoryMeter() { innermost = outer_; }
bool MemoryMeter::any() { return innermost != nullptr; }

void MemoryMeter::count(std::ptrdiff_t bytes) {
  for (MemoryMeter* m = innermost; m; m = m->outer_) {
    m->now_ += bytes;
    m->peak_ = std::max(m->peak_, m->now_);
  }
}

}  // namespace qkv

namespace {

using qkv::MemoryMeter;

std::ptrdiff_t usable(void* p) {
  return MemoryMeter::any() ? static_cast<std::ptrdiff_t>(malloc_usable_size(p)) : 0;
}

void* counted(void* p) {
  if (MemoryMeter::any()) MemoryMeter::count(usable(p));
  return p;
}

void* uncounted(void* p) {
  if (MemoryMeter::any()) MemoryMeter::count(-usable(p));
  return p;
}

}  // namespace

// With --wrap=NAME the linker makes a call of NAME one of __wrap_NAME, and one of __real_NAME one of NAME: the C or C++
// library's, or the sanitizer's where there is one. The names after the C functions are those of operator new and delete.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* p, std::size_t size);
int __real_posix_memalign(void** p, std::size_t alignment, std::size_t size);
void __real_free(void* p);

void* __wrap_malloc(std::size_t size) { return counted(__real_malloc(size)); }
void* __wrap_calloc(std::size_t count, std::size_t size) { return counted(__real_calloc(count, size)); }
void* __wrap_realloc(void* p, std::size_t size) {
  const std::ptrdiff_t before = usable(p);
  void* const q = __real_realloc(p, size);
  if (q || size == 0) MemoryMeter::count(usable(q) - before);
  return q;
}
int __wrap_posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  const int failure = __real_posix_memalign(p, alignment, size);
  if (failure == 0) counted(*p);
  return failure;
}
void __wrap_free(void* p) { __real_free(uncounted(p)); }

void* __real__Znwm(std::size_t size);
void* __real__Znam(std::size_t size);
void* __real__ZnwmRKSt9nothrow_t(std::size_t size, const std::nothrow_t& tag);
void* __real__ZnwmSt11align_val_t(std::size_t size, std::align_val_t alignment);
void __real__ZdlPv(void* p);
void __real__ZdlPvm(void* p, std::size_t size);
void __real__ZdaPv(void* p);
void __real__ZdaPvm(void* p, std::size_t size);
void __real__ZdlPvSt11align_val_t(void* p, std::align_val_t alignment);
void __real__ZdlPvmSt11align_val_t(void* p, std::size_t size, std::align_val_t alignment);

void* __wrap__Znwm(std::size_t size) { return counted(__real__Znwm(size)); }
void* __wrap__Znam(std::size_t size) { return counted(__real__Znam(size)); }
void* __wrap__ZnwmRKSt9nothrow_t(std::size_t size, const std::nothrow_t& tag) {
  return counted(__real__ZnwmRKSt9nothrow_t(size, tag));
}
void* __wrap__ZnwmSt11align_val_t(std::size_t size, std::align_val_t alignment) {
  return counted(__real__ZnwmSt11align_val_t(size, alignment));
}
void __wrap__ZdlPv(void* p) { __real__ZdlPv(uncounted(p)); }
void __wrap__ZdlPvm(void* p, std::size_t size) { __real__ZdlPvm(uncounted(p), size); }
void __wrap__ZdaPv(void* p) { __real__ZdaPv(uncounted(p)); }
void __wrap__ZdaPvm(void* p, std::size_t size) { __real__ZdaPvm(uncounted(p), size); }
void __wrap__ZdlPvSt11align_val_t(void* p, std::align_val_t alignment) {
  __real__ZdlPvSt11align_val_t(uncounted(p), alignment);
}
void __wrap__ZdlPvmSt11align_val_t(void* p, std::size_t size, std::align_val_t alignment) {
  __real__ZdlPvmSt11align_val_t(uncounted(p), size, alignment);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
