#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace qkv::fuzz {

/// One reader of files that may be hostile. run() lets it read the bytes and use what it read; an Error is a
/// proper answer, and everything else (a crash, another exception, a broken promise) a defect that ends the
/// program.
struct Target {
  std::string name;
  std::function<void(std::string_view bytes)> run;
};

/// safetensors, npy, npz, csv, experiment, tokenizer, checkpoint, capture, prose, lesson.
const std::vector<Target>& targets();

}  // namespace qkv::fuzz
