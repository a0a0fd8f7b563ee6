#pragma once
#include "app/drawing/text_engine.h"

namespace qkv::drawing {

/// While it lives, text is measured and drawn at `px` or larger: figures made for a desk lay themselves out for a room.
class LeastType {
 public:
  LeastType(TextEngine& engine, float px);
  ~LeastType();
  LeastType(const LeastType&) = delete;
  LeastType& operator=(const LeastType&) = delete;

 private:
  TextEngine& engine_;
  float before_;
};

/// The smallest type that is drawn just now; 0 at a desk.
float least_type(TextEngine& engine);

}  // namespace qkv::drawing
