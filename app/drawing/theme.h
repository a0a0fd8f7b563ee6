#pragma once
#include <array>
#include <filesystem>
#include <span>
#include <string>

#include "app/drawing/drawing.h"

namespace qkv::drawing {

/// Colours and type of assets/theme/tokens.json, one value a name; a built-in copy serves when the file is
/// missing.
struct Theme {
  bool dark = false;
  Color bg, canvas, panel, raised, sunken, hover, border, border_strong, gridline;
  Color text, text2, text3, text_disabled, accent, on_accent;
  Color query, key, value, weight, neutral;
  Color query_bg, key_bg, value_bg, weight_bg, neutral_bg;
  Color warn, error, edited, mask_hatch, mask_fill, connector, selected, cell_gap;
  Color ink_dark, ink_light;
  std::array<Color, 9> diverging, sequential;
  std::array<Color, 5> tint;
};

/// Reads one of the two themes. Throws Error naming file and field.
Theme load_theme(const std::filesystem::path& tokens_json, bool dark);
/// The copy compiled in (assets/theme/tokens.json at build time).
const Theme& built_in_theme(bool dark);

/// The stops of a map, low to high.
std::span<const Color> colour_stops(const Theme& theme, Map map);

/// How much of the error colour tints a NaN or infinite cell; its mark is drawn with kErrorMark of it.
inline constexpr float kErrorTint = 0.16f, kErrorMark = 0.38f;

/// Colour at t in 0…1, stops evenly spaced, linear in sRGB; t is clamped, NaN gives the canvas colour.
Color colour_at(const Theme& theme, Map map, float t);
/// The range that Heat colours: as given within ±1e38, or around lo where it is empty, so that a matrix of
/// zeros is neutral. Positive when logarithmic.
struct ColourRange {
  float lo = 0, hi = 1;
};
ColourRange colour_range(const Heat& heat);
/// Colour of a value as Heat shows it; NaN and ±inf give the canvas tinted with the error colour.
Color colour_of(const Theme& theme, const Heat& heat, float value);
/// Dark or light ink, by WCAG luminance of the fill.
Color ink_on(const Theme& theme, Color fill);

}  // namespace qkv::drawing
