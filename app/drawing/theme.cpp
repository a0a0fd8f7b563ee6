#include "app/drawing/theme.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "theme_tokens.h"

namespace qkv::drawing {
namespace {

using Json = nlohmann::json;

struct Field {
  const char* name;
  Color Theme::*member;
};

constexpr Field kColors[] = {
    {"bg", &Theme::bg},
    {"canvas", &Theme::canvas},
    {"panel", &Theme::panel},
    {"raised", &Theme::raised},
    {"sunken", &Theme::sunken},
    {"hover", &Theme::hover},
    {"border", &Theme::border},
    {"borderStrong", &Theme::border_strong},
    {"gridline", &Theme::gridline},
    {"text", &Theme::text},
    {"text2", &Theme::text2},
    {"text3", &Theme::text3},
    {"textDisabled", &Theme::text_disabled},
    {"accent", &Theme::accent},
    {"onAccent", &Theme::on_accent},
    {"query", &Theme::query},
    {"key", &Theme::key},
    {"value", &Theme::value},
    {"weight", &Theme::weight},
    {"neutral", &Theme::neutral},
    {"queryBg", &Theme::query_bg},
    {"keyBg", &Theme::key_bg},
    {"valueBg", &Theme::value_bg},
    {"weightBg", &Theme::weight_bg},
    {"neutralBg", &Theme::neutral_bg},
    {"warn", &Theme::warn},
    {"error", &Theme::error},
    {"edited", &Theme::edited},
    {"maskHatch", &Theme::mask_hatch},
    {"maskFill", &Theme::mask_fill},
    {"connector", &Theme::connector},
    {"selected", &Theme::selected},
    {"cellGap", &Theme::cell_gap},
};

/// Reads a JSON tree and names the path of whatever is wrong in it.
class Reader {
 public:
  Reader(std::string file, const Json& root) : file_(std::move(file)), root_(root) {}

  const Json& at(const std::string& pointer) const {
    const Json::json_pointer p("/" + pointer);
    if (!root_.contains(p)) throw Error(file_ + ": " + pointer + " is missing; the theme needs it.");
    return root_.at(p);
  }

  Color color(const std::string& pointer) const {
    const Json& value = at(pointer);
    const std::string text = value.is_string() ? value.get<std::string>() : std::string();
    const bool hex = text.size() == 7 && text[0] == '#' &&
                     text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
    if (!hex)
      throw Error(file_ + ": " + pointer + " must be a colour like \"#14559e\", found " + found(value) + ".");
    const auto rgb = static_cast<unsigned>(std::stoul(text.substr(1), nullptr, 16));
    return {static_cast<unsigned char>(rgb >> 16), static_cast<unsigned char>(rgb >> 8 & 255u),
            static_cast<unsigned char>(rgb & 255u)};
  }

  template <std::size_t N>
  std::array<Color, N> stops(const std::string& pointer) const {
    const Json& value = at(pointer);
    if (!value.is_array() || value.size() != N) {
      throw Error(file_ + ": " + pointer + " must be a list of " + std::to_string(N) + " colours, found " +
                  (value.is_array() ? std::to_string(value.size()) : found(value)) + ".");
    }
    std::array<Color, N> result;
    for (std::size_t i = 0; i < N; ++i) result[i] = color(pointer + "/" + std::to_string(i));
    return result;
  }

 private:
  static std::string found(const Json& value) {
    std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() > 60 ? text.substr(0, 60) + "…" : text;
  }

  std::string file_;
  const Json& root_;
};

Theme read_theme(const std::string& file, const Json& root, bool dark) {
  const Reader in(file, root);
  const std::string mode = dark ? "dark" : "light";
  Theme theme;
  theme.dark = dark;
  for (const Field& f : kColors) theme.*f.member = in.color(mode + "/" + f.name);
  theme.ink_dark = in.color("ink/dark");
  theme.ink_light = in.color("ink/light");
  theme.diverging = in.stops<9>("colormap/" + mode + "/diverging");
  theme.sequential = in.stops<9>("colormap/" + mode + "/sequential");
  theme.tint = in.stops<5>("colormap/tint/" + mode);
  return theme;
}

Color mix(Color a, Color b, float t) {
  const auto channel = [t](unsigned char from, unsigned char to) {
    return static_cast<unsigned char>(
        std::lround(std::lerp(static_cast<float>(from), static_cast<float>(to), t)));
  };
  return {channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b), channel(a.a, b.a)};
}

/// WCAG 2 relative luminance.
float luminance(Color c) {
  const auto linear = [](unsigned char v) {
    const float s = static_cast<float>(v) / 255.f;
    return s <= 0.04045f ? s / 12.92f : std::pow((s + 0.055f) / 1.055f, 2.4f);
  };
  return 0.2126f * linear(c.r) + 0.7152f * linear(c.g) + 0.0722f * linear(c.b);
}

}  // namespace

Theme load_theme(const std::filesystem::path& tokens_json, bool dark) {
  std::ifstream in(tokens_json);
  if (!in) throw Error(tokens_json.string() + ": the theme cannot be read; check that the file exists.");
  try {
    return read_theme(tokens_json.string(), Json::parse(in), dark);
  } catch (const Json::parse_error& e) {
    throw Error(tokens_json.string() + ": not valid JSON at byte " + std::to_string(e.byte) +
                "; correct the file.");
  }
}

const Theme& built_in_theme(bool dark) {
  static const Json root = Json::parse(kThemeTokens);
  static const Theme light_theme = read_theme("built-in theme", root, false);
  static const Theme dark_theme = read_theme("built-in theme", root, true);
  return dark ? dark_theme : light_theme;
}

std::span<const Color> colour_stops(const Theme& theme, Map map) {
  switch (map) {
    case Map::diverging:
      return theme.diverging;
    case Map::sequential:
      return theme.sequential;
    case Map::tint:
      break;
  }
  return theme.tint;
}

Color colour_at(const Theme& theme, Map map, float t) {
  if (std::isnan(t)) return theme.canvas;
  const std::span<const Color> stops = colour_stops(theme, map);
  const float at = std::clamp(t, 0.f, 1.f) * static_cast<float>(stops.size() - 1);
  const std::size_t i = std::min(static_cast<std::size_t>(at), stops.size() - 2);
  return mix(stops[i], stops[i + 1], at - static_cast<float>(i));
}

ColourRange colour_range(const Heat& heat) {
  constexpr float kLargest = 1e38f;  // so that hi - lo is finite
  const float smallest = heat.log ? std::numeric_limits<float>::min() : -kLargest;
  const float lo =
      std::isnan(heat.lo) ? std::max(0.f, smallest) : std::clamp(heat.lo, smallest, kLargest / 10);
  const float hi = std::min(heat.hi, kLargest);
  if (hi > lo) return {lo, hi};
  if (heat.log) return {lo, lo * 10};
  const float around = std::max(1.f, std::abs(lo));
  return {heat.map == Map::diverging ? lo - around : lo, lo + around};
}

Color colour_of(const Theme& theme, const Heat& heat, float value) {
  if (!std::isfinite(value)) return mix(theme.canvas, theme.error, kErrorTint);
  const auto [lo, hi] = colour_range(heat);
  if (!heat.log) return colour_at(theme, heat.map, (value - lo) / (hi - lo));
  if (value <= 0) return colour_at(theme, heat.map, 0);
  return colour_at(theme, heat.map, (std::log2(value) - std::log2(lo)) / (std::log2(hi) - std::log2(lo)));
}

Color ink_on(const Theme& theme, Color fill) {
  const float l = luminance(fill) + 0.05f;
  const float on_dark = l / (luminance(theme.ink_dark) + 0.05f);
  const float on_light = (luminance(theme.ink_light) + 0.05f) / l;
  return on_dark >= on_light ? theme.ink_dark : theme.ink_light;
}

}  // namespace qkv::drawing
