#pragma once
#include <stdexcept>

namespace qkv {

/// The one error type. Its text is a whole sentence naming the file, the tensor or field, what was expected,
/// what was found and what to do. Loaders throw it; the program catches it once and shows it.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace qkv
