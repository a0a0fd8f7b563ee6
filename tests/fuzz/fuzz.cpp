#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/targets.h"

/// libFuzzer's entry, compiled once for each target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& target : qkv::fuzz::targets())
    if (target.name == QKV_FUZZ_TARGET) {
      target.run({reinterpret_cast<const char*>(data), size});
      return 0;
    }
  std::abort();  // no such target
}
