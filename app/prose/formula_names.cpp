#include "app/prose/formula_names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace qkv::prose {
namespace {

using Name = std::pair<std::string_view, std::string_view>;

constexpr std::array kLetters = std::to_array<Name>({
    {"alpha", "α"}, {"beta", "β"},    {"gamma", "γ"}, {"delta", "δ"},  {"epsilon", "ε"}, {"varepsilon", "ε"},
    {"zeta", "ζ"},  {"eta", "η"},     {"theta", "θ"}, {"iota", "ι"},   {"kappa", "κ"},   {"lambda", "λ"},
    {"mu", "μ"},    {"nu", "ν"},      {"xi", "ξ"},    {"pi", "π"},     {"rho", "ρ"},     {"sigma", "σ"},
    {"tau", "τ"},   {"upsilon", "υ"}, {"phi", "φ"},   {"varphi", "φ"}, {"chi", "χ"},     {"psi", "ψ"},
    {"omega", "ω"}, {"ell", "ℓ"},
});

// Upright, although they are letters.
constexpr std::array kSigns = std::to_array<Name>({
    {"Gamma", "Γ"},     {"Delta", "Δ"},  {"Theta", "Θ"},      {"Lambda", "Λ"}, {"Xi", "Ξ"},
    {"Pi", "Π"},        {"Sigma", "Σ"},  {"Phi", "Φ"},        {"Psi", "Ψ"},    {"Omega", "Ω"},
    {"partial", "∂"},   {"nabla", "∇"},  {"infty", "∞"},      {"top", "⊤"},    {"prime", "′"},
    {"forall", "∀"},    {"ldots", "…"},  {"dots", "…"},       {"cdots", "⋯"},  {"cdot", "·"},
    {"times", "×"},     {"div", "÷"},    {"pm", "±"},         {"odot", "⊙"},   {"otimes", "⊗"},
    {"oplus", "⊕"},     {"circ", "∘"},   {"ast", "∗"},        {"cup", "∪"},    {"cap", "∩"},
    {"approx", "≈"},    {"sim", "∼"},    {"equiv", "≡"},      {"ne", "≠"},     {"neq", "≠"},
    {"le", "≤"},        {"leq", "≤"},    {"ge", "≥"},         {"geq", "≥"},    {"ll", "≪"},
    {"gg", "≫"},        {"propto", "∝"}, {"in", "∈"},         {"to", "→"},     {"rightarrow", "→"},
    {"leftarrow", "←"}, {"mapsto", "↦"}, {"Rightarrow", "⇒"}, {"mid", "∣"},    {"lVert", "‖"},
    {"rVert", "‖"},     {"Vert", "‖"},   {"|", "‖"},          {"lvert", "|"},  {"rvert", "|"},
    {"vert", "|"},      {"langle", "⟨"}, {"rangle", "⟩"},     {"{", "{"},      {"}", "}"},
    {"%", "%"},         {"$", "$"},      {"#", "#"},          {"&", "&"},      {"_", "_"},
    {"sum", "∑"},       {"prod", "∏"},
});

constexpr std::array kFunctions = std::to_array<Name>({
    {"max", "max"},
    {"min", "min"},
    {"exp", "exp"},
    {"log", "log"},
    {"ln", "ln"},
    {"sin", "sin"},
    {"cos", "cos"},
    {"tanh", "tanh"},
    {"arg", "arg"},
    {"argmax", "arg max"},
    {"argmin", "arg min"},
    {"det", "det"},
    {"dim", "dim"},
    {"lim", "lim"},
});

constexpr std::array kSpaces = std::to_array<Name>({
    {",", "3"},
    {":", "4"},
    {">", "4"},
    {";", "5"},
    {"!", "-3"},
    {" ", "5"},
    {"quad", "18"},
    {"qquad", "36"},
});

template <std::size_t n>
std::string_view find(const std::array<Name, n>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &Name::first);
  return found == names.end() ? std::string_view{} : found->second;
}

}  // namespace

std::string_view formula_letter(std::string_view name) { return find(kLetters, name); }
std::string_view formula_sign(std::string_view name) { return find(kSigns, name); }
std::string_view formula_function(std::string_view name) { return find(kFunctions, name); }
std::string_view formula_space(std::string_view name) { return find(kSpaces, name); }

}  // namespace qkv::prose
