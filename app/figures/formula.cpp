#include "app/figures/formula.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "app/figures/formula_box.h"
#include "app/figures/formula_spacing.h"

// The rules are those of TeX (The TeXbook, appendix G), with distances in em that suit Inter's large letters.
namespace qkv::figures {
namespace {

using drawing::TextStyle;
using prose::FormulaNode;
using Kind = FormulaNode::Kind;
using Role = FormulaNode::Role;

constexpr std::array kSizes{1.f, 0.72f, 0.58f};  // of a formula, its scripts, and theirs
constexpr float kSmallestScript = 8.5f;
constexpr float kXHeight = 0.546f, kAxis = 0.364f;  // of Inter; the axis is where a minus stands
constexpr float kLargeSign = 1.4f;
constexpr float kMonoSize = 0.94f;

bool is_primes(const FormulaNode& node) {
  return !node.parts.empty() &&
         std::ranges::all_of(node.parts, [](const FormulaNode& part) { return part.text == "′"; });
}

/// How a part is to be set.
struct Look {
  int level = 0;  // 0; 1 in scripts; 2 in theirs
  bool display = true;
  Role role = Role::none;
};

class Setter {
 public:
  Setter(drawing::Painter& p, const FormulaStyle& style) : p_(p), style_(style) {}

  FormulaBox set(const FormulaNode& node, const Look& look) {
    switch (node.kind) {
      case Kind::row:
        return row(node, look);
      case Kind::letter:
        return letter(node, look);
      case Kind::number:
        return letters(node.text, text_style(look, false));
      case Kind::words:
      case Kind::function:
        return letters(node.text, text_style(look, true));
      case Kind::sign:
        return sign(node.text, look);
      case Kind::space:
        return space(node, look);
      case Kind::fraction:
        return fraction(node, look);
      case Kind::root:
        return root_box(set(node.parts[0], look), pen(look, false),
                        look.display ? 0.14f * size(look) : 0.1f * size(look));
      case Kind::scripts:
        return scripts(node, look);
      case Kind::fence:
        return fence(node, look);
      case Kind::limits:
        return look.display ? limits(node, look) : scripts(node, look);
      case Kind::role:
        return set(node.parts[0], {look.level, look.display, node.role});
      case Kind::value:
        return value(node, look);
    }
    return {};
  }

 private:
  float size(const Look& look) const {
    const float full = style_.size * kSizes[static_cast<std::size_t>(look.level)];
    return look.level == 0 ? full : std::max(full, std::min(kSmallestScript, style_.size));
  }
  static Look script(const Look& look) { return {std::min(look.level + 1, 2), false, look.role}; }

  drawing::Color ink(const Look& look, bool muted) const {
    const drawing::Theme& theme = p_.theme();
    switch (look.role) {
      case Role::query:
        return theme.query;
      case Role::key:
        return theme.key;
      case Role::value:
        return theme.value;
      case Role::weight:
        return theme.weight;
      case Role::none:
        break;
    }
    return muted ? style_.muted : style_.color;
  }
  TextStyle text_style(const Look& look, bool muted) const {
    const int weight = muted ? style_.weight : style_.letter_weight;
    return {.color = ink(look, muted),
            .size = size(look),
            .weight = look.role == Role::none ? weight : std::max(600, weight)};
  }
  FormulaPen pen(const Look& look, bool muted) const {
    return {ink(look, muted), size(look), std::max(1.f, std::round(size(look) * 0.06f))};
  }

  FormulaBox letters(const std::string& text, const TextStyle& style) {
    FormulaBox box;
    if (text.empty()) return box;
    const drawing::Rect covered = p_.text_engine().ink(text, style);
    box.width = p_.width_of(text, style);
    box.ascent = std::max(0.f, -covered.y);
    box.descent = std::max(0.f, covered.bottom());
    box.lean = style.italic ? std::max(0.f, covered.right() - box.width) : 0;
    box.is_letter = true;
    box.items.emplace_back(FormulaBox::Letters{{0, 0}, text, style});
    return box;
  }

  FormulaBox letter(const FormulaNode& node, const Look& look) {
    TextStyle style = text_style(look, false);
    // A word below a letter is a name, such as a token; letters alone are variables.
    style.italic = !(look.level > 0 && node.text.size() > 2);
    return letters(node.text, style);
  }

  FormulaBox sign(const std::string& text, const Look& look) {
    if (text == "∑" || text == "∏") return large_sign(text, look);
    if (text == "‖" || text == "|") {
      const float em = size(look);
      return fence_box(text, 0.5f * em, kAxis * em, pen(look, true));
    }
    const bool is_thing = text == "∂" || text == "∞" || text == "⊤";
    return letters(text, text_style(look, !is_thing));
  }

  FormulaBox large_sign(const std::string& text, const Look& look) {
    TextStyle style = text_style(look, true);
    if (look.display) style.size *= kLargeSign;
    const FormulaBox drawn = letters(text, style);
    const float middle = (drawn.ascent - drawn.descent) / 2;
    FormulaBox box;
    box.width = drawn.width;
    box.put(drawn, {0, std::round(middle - kAxis * size(look))});
    return box;
  }

  FormulaBox space(const FormulaNode& node, const Look& look) const {
    FormulaBox box;
    box.width = std::stof(node.text) / 18 * size(look);
    return box;
  }

  FormulaBox value(const FormulaNode& node, const Look& look) {
    const std::optional<std::string> number = style_.live ? style_.live(node.text) : std::nullopt;
    TextStyle style = text_style(look, !number);
    style.family = drawing::Family::mono;
    style.size *= kMonoSize;
    if (look.role == Role::none) style.weight = std::max(500, style_.letter_weight);
    FormulaBox box = letters(number.value_or("?"), style);
    const float above = std::max(box.ascent, 0.73f * style.size),
                below = std::max(box.descent, 0.1f * style.size);
    box.items.emplace_back(FormulaBox::Value{{0, -above, box.width, above + below}, node.text});
    return box;
  }

  FormulaBox row(const FormulaNode& node, const Look& look) {
    FormulaBox box;
    const std::vector<float> gaps = formula_gaps(node.parts, look.level > 0);
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      box.width += gaps[i] / 18 * size(look);
      const FormulaBox part = set(node.parts[i], look);
      box.put(part, {box.width, 0});
      box.width += part.width;
      box.lean = part.lean;
      box.is_letter = node.parts.size() == 1 && part.is_letter;
    }
    return box;
  }

  FormulaBox fraction(const FormulaNode& node, const Look& look) {
    const Look part = look.display ? Look{look.level, false, look.role} : script(look);
    const FormulaBox above = set(node.parts[0], part), below = set(node.parts[1], part);
    const float em = size(look), axis = std::round(kAxis * em);
    const FormulaPen bar = pen(look, false);
    const float clear = (look.display ? 0.16f : 0.1f) * em + bar.thin / 2;
    const float up =
        std::max(std::round((look.display ? 0.7f : 0.56f) * em), std::ceil(axis + clear + above.descent));
    const float down =
        std::max(std::round((look.display ? 0.66f : 0.42f) * em), std::ceil(clear + below.ascent - axis));
    const float side = 0.1f * em, overhang = 0.06f * em;
    FormulaBox box;
    const float bar_width = std::max(above.width, below.width) + 2 * overhang;
    box.width = bar_width + 2 * side;
    box.put(above, {(box.width - above.width) / 2, -up});
    box.put(below, {(box.width - below.width) / 2, down});
    const float y = -axis;
    box.items.emplace_back(FormulaBox::Path{{{side, y}, {side + bar_width, y}}, bar.color, bar.thin});
    return box;
  }

  FormulaBox scripts(const FormulaNode& node, const Look& look) {
    const bool is_prime = is_primes(node.parts[2]);  // its sign is high already
    const FormulaBox base = set(node.parts[0], look), below = set(node.parts[1], script(look)),
                     above = set(node.parts[2], is_prime ? look : script(look));
    const float em = size(look), small = size(script(look));
    float up = std::max(
        {base.is_letter ? 0 : base.ascent - 0.36f * small, 0.38f * em, above.descent + kXHeight / 3 * em});
    float down = std::max(
        {base.is_letter ? 0 : base.descent + 0.1f * small, 0.18f * em, below.ascent - 0.8f * kXHeight * em});
    if (!above.empty() && !below.empty()) {
      down = std::max(down, 0.28f * em);
      const float gap = (up - above.descent) - (below.ascent - down);
      down += std::max(0.f, 0.16f * em - gap);
    }
    if (is_prime) up = 0;
    FormulaBox box;
    box.width = base.width;
    box.put(base, {0, 0});
    const float left = base.width + 0.02f * em;
    if (!above.empty()) {
      const float x = left + base.lean;
      box.put(above, {x, -std::round(up)});
      box.width = std::max(box.width, x + above.width);
    }
    if (!below.empty()) {
      box.put(below, {left, std::round(down)});
      box.width = std::max(box.width, left + below.width);
    }
    box.width += 0.04f * em;
    return box;
  }

  FormulaBox limits(const FormulaNode& node, const Look& look) {
    const FormulaBox base = set(node.parts[0], look), below = set(node.parts[1], script(look)),
                     above = set(node.parts[2], script(look));
    const float em = size(look), gap = 0.2f * em;
    FormulaBox box;
    box.width = std::max({base.width, below.width, above.width});
    box.put(base, {(box.width - base.width) / 2, 0});
    if (!above.empty())
      box.put(above, {(box.width - above.width) / 2, -std::round(base.ascent + gap + above.descent)});
    if (!below.empty())
      box.put(below, {(box.width - below.width) / 2,
                      std::round(base.descent + gap + std::max(below.ascent, 0.4f * em))});
    return box;
  }

  FormulaBox fence(const FormulaNode& node, const Look& look) {
    const FormulaBox inside = set(node.parts[0], look);
    const float em = size(look), axis = kAxis * em;
    const bool is_low = inside.ascent <= 0.85f * em && inside.descent <= 0.28f * em;
    const float reach =
        is_low ? 0.5f * em : std::max(inside.ascent - axis, inside.descent + axis) + 0.04f * em;
    const auto delimiter = [&](std::string_view text) {
      const bool is_glyph = is_low && text != "‖" && text != "|" && text != ".";
      return is_glyph ? letters(std::string(text), text_style(look, true))
                      : fence_box(text, reach, axis, pen(look, true));
    };
    // The first character of the two may be several bytes long.
    std::size_t split = 1;
    while (split < node.text.size() && (node.text[split] & 0xc0) == 0x80) ++split;
    FormulaBox box;
    const auto add = [&box](const FormulaBox& part) {
      box.put(part, {box.width, 0});
      box.width += part.width;
    };
    add(delimiter(std::string_view(node.text).substr(0, split)));
    add(inside);
    add(delimiter(std::string_view(node.text).substr(split)));
    return box;
  }

  drawing::Painter& p_;
  const FormulaStyle& style_;
};

FormulaBox set_formula(drawing::Painter& p, const FormulaNode& formula, const FormulaStyle& style) {
  return Setter(p, style).set(formula, {0, style.display, Role::none});
}

FormulaExtent extent(const FormulaBox& box) { return {box.width + box.lean, box.ascent, box.descent}; }

}  // namespace

FormulaExtent measure_formula(drawing::Painter& p, const FormulaNode& formula, const FormulaStyle& style) {
  return extent(set_formula(p, formula, style));
}

FormulaExtent draw_formula(drawing::Painter& p, drawing::Point at, const FormulaNode& formula,
                           const FormulaStyle& style, std::vector<FormulaHit>* hits) {
  const FormulaBox box = set_formula(p, formula, style);
  box.draw(p, at);
  for (const FormulaBox::Item& item : box.items) {
    const auto* value = std::get_if<FormulaBox::Value>(&item);
    if (value && hits) hits->push_back({value->expression, value->box.moved(at.x, at.y)});
  }
  return extent(box);
}

}  // namespace qkv::figures
