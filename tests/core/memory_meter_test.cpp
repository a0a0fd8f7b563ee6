#include "core/memory_meter.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "core/matrix.h"

// The allocator may round up: what is counted is at least what was asked for, and little more.
namespace qkv {
namespace {

constexpr std::ptrdiff_t kMegabyte = 1 << 20, kLittle = 1 << 14;

/// Hides a pointer from the optimiser, which may leave out an allocation that nobody reads.
void use(void* p) { asm volatile("" : : "g"(p) : "memory"); }

void expect_about(std::ptrdiff_t counted, std::ptrdiff_t asked) {
  EXPECT_GE(counted, asked);
  EXPECT_LE(counted, asked + kLittle);
}

TEST(MemoryMeter, CountsEveryWayToAllocate) {
  struct alignas(64) Wide {
    char bytes[64];
  };
  MemoryMeter meter;
  void* p = std::malloc(kMegabyte);
  use(p);
  expect_about(meter.now(), kMegabyte);
  p = std::realloc(p, 3 * kMegabyte);
  use(p);
  expect_about(meter.now(), 3 * kMegabyte);
  std::free(p);
  EXPECT_EQ(meter.now(), 0);
  p = std::calloc(2, kMegabyte);
  use(p);
  expect_about(meter.now(), 2 * kMegabyte);
  std::free(p);
  ASSERT_EQ(posix_memalign(&p, 64, kMegabyte), 0);
  use(p);
  expect_about(meter.now(), kMegabyte);
  std::free(p);
  const auto made = [&](auto object) {
    use(object.get());
    expect_about(meter.now(), kMegabyte);
  };
  made(std::unique_ptr<char[]>(new char[kMegabyte]));
  p = ::operator new(kMegabyte, std::nothrow);
  use(p);
  expect_about(meter.now(), kMegabyte);
  ::operator delete(p);
  made(std::make_unique<std::array<char, kMegabyte>>());
  {
    const std::vector<char> bytes(kMegabyte);
    expect_about(meter.now(), kMegabyte);
    const std::vector<Wide> wide(kMegabyte / 64);
    expect_about(meter.now(), 2 * kMegabyte);
    const Matrix matrix = Matrix::Zero(1024, 256);
    expect_about(meter.now(), 3 * kMegabyte);
  }
  EXPECT_EQ(meter.now(), 0) << "what is freed is no longer counted";
  expect_about(meter.peak(), 3 * kMegabyte);
}

TEST(MemoryMeter, KeepsTheMostThatThereWasAtATime) {
  MemoryMeter meter;
  for (int i = 0; i < 3; ++i) std::vector<char> one(kMegabyte);
  { const std::vector<char> two(2 * kMegabyte); }
  for (int i = 0; i < 3; ++i) std::vector<char> one(kMegabyte);
  expect_about(meter.peak(), 2 * kMegabyte);
}

TEST(MemoryMeter, SeesOnlyItsThreadAndItsTime) {
  auto before = std::make_unique<std::vector<char>>(kMegabyte);
  MemoryMeter meter;
  std::thread([] {
    MemoryMeter other;
    const std::vector<char> bytes(4 * kMegabyte);
    expect_about(other.now(), 4 * kMegabyte);
  }).join();
  EXPECT_LT(std::abs(meter.now()), kLittle);
  EXPECT_LT(meter.peak(), kLittle);
  before = nullptr;
  EXPECT_LE(meter.now(), -kMegabyte) << "older than the meter";
  EXPECT_LT(meter.peak(), kLittle);
}

TEST(MemoryMeter, CanBeNested) {
  MemoryMeter outer;
  const std::vector<char> first(kMegabyte);
  {
    MemoryMeter inner;
    const std::vector<char> second(kMegabyte);
    expect_about(inner.peak(), kMegabyte);
  }
  expect_about(outer.now(), kMegabyte);
  expect_about(outer.peak(), 2 * kMegabyte);
}

}  // namespace
}  // namespace qkv
