#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::files {

/// How one number is stored.
enum class Kind : unsigned char { boolean, unsigned_integer, signed_integer, ieee, bfloat };

struct Dtype {
  Kind kind{};
  int bytes = 0;  ///< of one element: 1, 2, 4 or 8
  bool big_endian = false;
};

/// Every reader refuses a file of more elements, or more bytes, than this: 2 GiB as float32.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 29;
inline constexpr std::uintmax_t kMaxBytes = std::uintmax_t{1} << 31;

/// Converts bytes.size() / dtype.bytes elements to float32, nearest even; exact from F16, BF16 and F32.
std::vector<float> decode(const Dtype& dtype, std::string_view bytes);
/// The same into bytes.size() / dtype.bytes floats at `out`.
void decode_into(const Dtype& dtype, std::string_view bytes, float* out);

/// The product of the axes (1 without axes), or −1 when one is negative or the product overflows.
std::int64_t element_count(const std::vector<std::int64_t>& shape);

}  // namespace qkv::files
