#include "core/files/dtype.h"

#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <cstring>

namespace qkv::files {
namespace {

template <typename Bits, typename Convert>
void decode_as(const Dtype& dtype, std::string_view bytes, float* out, Convert convert) {
  const std::size_t count = bytes.size() / sizeof(Bits);
  const bool swap = dtype.big_endian == (std::endian::native == std::endian::little);
  if (!swap) {  // a loop of its own, which compilers turn into vector instructions
    for (std::size_t i = 0; i < count; ++i) {
      Bits bits;
      std::memcpy(&bits, bytes.data() + i * sizeof(Bits), sizeof(Bits));
      out[i] = convert(bits);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    char raw[sizeof(Bits)];
    std::memcpy(raw, bytes.data() + i * sizeof(Bits), sizeof(Bits));
    std::reverse(raw, raw + sizeof(Bits));
    Bits bits;
    std::memcpy(&bits, raw, sizeof(Bits));
    out[i] = convert(bits);
  }
}

template <typename Number, typename Bits>
float number(Bits bits) {
  return static_cast<float>(std::bit_cast<Number>(bits));
}

float from_half(std::uint16_t bits) {
  return Eigen::half_impl::half_to_float(Eigen::half_impl::raw_uint16_to_half(bits));
}
float from_bfloat(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

}  // namespace

std::vector<float> decode(const Dtype& dtype, std::string_view bytes) {
  std::vector<float> out(bytes.size() / static_cast<std::size_t>(dtype.bytes));
  decode_into(dtype, bytes, out.data());
  return out;
}

void decode_into(const Dtype& dtype, std::string_view bytes, float* out) {
  const bool with_sign = dtype.kind == Kind::signed_integer;
  const bool ieee = dtype.kind == Kind::ieee;
  switch (dtype.bytes) {
    case 1:
      if (dtype.kind == Kind::boolean)
        return decode_as<std::uint8_t>(dtype, bytes, out, [](std::uint8_t b) { return b ? 1.0f : 0.0f; });
      if (with_sign) return decode_as<std::uint8_t>(dtype, bytes, out, number<std::int8_t, std::uint8_t>);
      return decode_as<std::uint8_t>(dtype, bytes, out, number<std::uint8_t, std::uint8_t>);
    case 2:
      if (ieee) return decode_as<std::uint16_t>(dtype, bytes, out, from_half);
      if (dtype.kind == Kind::bfloat)
        return decode_as<std::uint16_t>(dtype, bytes, out, [](std::uint16_t b) { return from_bfloat(b); });
      if (with_sign) return decode_as<std::uint16_t>(dtype, bytes, out, number<std::int16_t, std::uint16_t>);
      return decode_as<std::uint16_t>(dtype, bytes, out, number<std::uint16_t, std::uint16_t>);
    case 4:
      if (ieee)
        return decode_as<std::uint32_t>(dtype, bytes, out,
                                        [](std::uint32_t b) { return std::bit_cast<float>(b); });
      if (with_sign) return decode_as<std::uint32_t>(dtype, bytes, out, number<std::int32_t, std::uint32_t>);
      return decode_as<std::uint32_t>(dtype, bytes, out, number<std::uint32_t, std::uint32_t>);
    default:
      if (ieee) return decode_as<std::uint64_t>(dtype, bytes, out, number<double, std::uint64_t>);
      if (with_sign) return decode_as<std::uint64_t>(dtype, bytes, out, number<std::int64_t, std::uint64_t>);
      return decode_as<std::uint64_t>(dtype, bytes, out, number<std::uint64_t, std::uint64_t>);
  }
}

std::int64_t element_count(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const auto axis : shape)
    if (axis < 0 || __builtin_mul_overflow(count, axis, &count)) return -1;
  return count;
}

}  // namespace qkv::files
