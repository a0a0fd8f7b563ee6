#pragma once
#include "app/controls/ui.h"

namespace qkv::controls {

/// Where nobody copies or pastes: pictures and tests.
struct NoClipboard final : Clipboard {
  std::string get() override { return {}; }
  void set(const std::string&) override {}
};

}  // namespace qkv::controls
