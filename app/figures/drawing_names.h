#pragma once
#include "app/drawing/painter.h"

// What figures are drawn with, by its bare names; for .cpp files, so that headers say drawing:: in full.
namespace qkv::figures {

using drawing::Align;
using drawing::Color;
using drawing::Family;
using drawing::Map;
using drawing::Painter;
using drawing::Point;
using drawing::Rect;
using drawing::Run;
using drawing::TextStyle;

}  // namespace qkv::figures
