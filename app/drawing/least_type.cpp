#include "app/drawing/least_type.h"

#include <utility>

#include "app/drawing/text_layout.h"

namespace qkv::drawing {

LeastType::LeastType(TextEngine& engine, float px) : engine_(engine), before_(std::exchange(engine.impl().least, px)) {}
LeastType::~LeastType() { engine_.impl().least = before_; }

float least_type(TextEngine& engine) { return engine.impl().least; }

}  // namespace qkv::drawing
