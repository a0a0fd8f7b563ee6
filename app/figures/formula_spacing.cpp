#include "app/figures/formula_spacing.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace qkv::figures {
namespace {

using prose::FormulaNode;
using Kind = FormulaNode::Kind;

enum class Class : unsigned char { ordinary, large, binary, relation, open, close, mark, inner, space };

template <std::size_t n>
bool any_of(const std::string_view (&all)[n], std::string_view text) {
  return std::ranges::find(all, text) != std::end(all);
}

Class class_of_sign(std::string_view text) {
  static constexpr std::string_view kBinary[] = {"+", "−", "·", "×", "÷", "±", "⊙",
                                                 "⊗", "⊕", "∘", "∗", "∪", "∩"};
  static constexpr std::string_view kRelation[] = {"=", "<", ">", "≈", "∼", "≡", "≠", "≤", "≥", "≪",
                                                   "≫", "∝", "∈", "→", "←", "↦", "⇒", "∣", ":"};
  static constexpr std::string_view kOpen[] = {"(", "[", "{", "⟨"};
  static constexpr std::string_view kClose[] = {")", "]", "}", "⟩", "!", "?"};
  if (text == "∑" || text == "∏") return Class::large;
  if (any_of(kBinary, text)) return Class::binary;
  if (any_of(kRelation, text)) return Class::relation;
  if (any_of(kOpen, text)) return Class::open;
  if (any_of(kClose, text)) return Class::close;
  if (text == "," || text == ";") return Class::mark;
  return Class::ordinary;
}

Class class_of(const FormulaNode& node) {
  switch (node.kind) {
    case Kind::sign:
      return class_of_sign(node.text);
    case Kind::function:
    case Kind::limits:
      return Class::large;
    case Kind::scripts:
      return class_of(node.parts[0]);
    case Kind::role:
      return node.parts[0].kind == Kind::row ? Class::ordinary : class_of(node.parts[0]);
    case Kind::fraction:
    case Kind::fence:
      return Class::inner;
    case Kind::space:
      return Class::space;
    default:
      return Class::ordinary;
  }
}

/// 1: thin; 2 and 3: medium and thick, none in scripts; 4: thin, none in scripts.
constexpr std::array<std::array<int, 8>, 8> kGaps{{{0, 1, 2, 3, 0, 0, 0, 4},
                                                   {1, 1, 0, 3, 0, 0, 0, 4},
                                                   {2, 2, 0, 0, 2, 0, 0, 2},
                                                   {3, 3, 0, 0, 3, 0, 0, 3},
                                                   {0, 0, 0, 0, 0, 0, 0, 0},
                                                   {0, 1, 2, 3, 0, 0, 0, 4},
                                                   {4, 4, 0, 4, 4, 4, 4, 4},
                                                   {4, 1, 2, 3, 4, 0, 4, 4}}};

float width_of(int gap, bool in_script) {
  if (gap == 1) return 3;
  if (in_script) return 0;
  return gap == 2 ? 4.f : gap == 3 ? 5.f : gap == 4 ? 3.f : 0.f;
}

}  // namespace

std::vector<float> formula_gaps(const std::vector<FormulaNode>& parts, bool in_script) {
  std::vector<Class> classes(parts.size());
  std::ranges::transform(parts, classes.begin(), class_of);
  // A sign between nothing and something is a sign of the number behind it: −1, a = −b. Spaces do not count.
  Class before = Class::open;
  Class* pending = nullptr;
  for (Class& c : classes) {
    if (c == Class::space) continue;
    const bool alone = before == Class::open || before == Class::binary || before == Class::relation ||
                       before == Class::mark || before == Class::large;
    if (c == Class::binary && alone) c = Class::ordinary;
    if (pending && *pending == Class::binary &&
        (c == Class::relation || c == Class::close || c == Class::mark))
      *pending = Class::ordinary;
    pending = &c;
    before = c;
  }
  if (pending && *pending == Class::binary) *pending = Class::ordinary;
  std::vector<float> gaps(parts.size(), 0);
  const Class* left = nullptr;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (classes[i] == Class::space) continue;
    if (left)
      gaps[i] =
          width_of(kGaps[static_cast<std::size_t>(*left)][static_cast<std::size_t>(classes[i])], in_script);
    left = &classes[i];
  }
  return gaps;
}

}  // namespace qkv::figures
