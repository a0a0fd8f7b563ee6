#include "core/files/advice.h"

#include "core/files/tensors.h"
#include "tests/core/folder_test.h"

namespace qkv::files {
namespace {

using testing::EndsWith;

class Advice : public FolderTest {};

TEST_F(Advice, ASentenceWithoutOneIsGivenIt) {
  EXPECT_EQ(with_advice("a: is damaged", "mend it"), "a: is damaged; mend it");
  EXPECT_EQ(with_advice("a is damaged.", "mend it"), "a is damaged; mend it.");
  EXPECT_EQ(with_advice("a: is a pickle; convert it", "mend it"), "a: is a pickle; convert it");
  const std::string longest(495, 'x');
  EXPECT_EQ(with_advice(longest, "mend it"), longest);
  EXPECT_EQ(advised("mend it", [] { return 3; }), 3);
}

TEST_F(Advice, EveryDamagedFileSaysWhatToDo) {
  const auto of = [&](const char* name, std::string_view bytes) {
    return error_of([&] { read_tensors(put(name, bytes)); });
  };
  for (const std::string& bytes :
       {std::string(), std::string(3, 'x'), std::string(8, '\0'), std::string(40, 'x')})
    EXPECT_THAT(of("a.safetensors", bytes), EndsWith(kGetAgain)) << bytes;
  for (const char* bytes : {"", "x", "\x93NUMPY\x09", "\x93NUMPY\x01 and something else"}) {
    EXPECT_THAT(of("a.npy", bytes), EndsWith(kSaveWithNumpy)) << bytes;
    EXPECT_THAT(of("a.npz", bytes), EndsWith(kSaveWithNumpy)) << bytes;
  }
  for (const char* bytes : {"", "1,2\n3\n", "1,2\n3,x\n"})
    EXPECT_THAT(of("a.csv", bytes), testing::HasSubstr("; ")) << bytes;
}

}  // namespace
}  // namespace qkv::files
