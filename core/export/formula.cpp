#include "core/export/formula.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/export/literals.h"

namespace qkv::exports {
namespace {

using attention::Cell;
using attention::Explanation;
using attention::Operand;
using attention::Operation;
using attention::Stage;
using attention::Term;

constexpr int kDigits = 5;
constexpr std::size_t kMostTerms = 12, kLargestTerms = 8;  // above the first only so many are written out
constexpr std::size_t kTermsPerLine = 4;

/// A stage's letter and what stands below it; "A·V" is a product and has none.
struct Letters {
  const char *base, *below;
};

Letters letters_of(Stage stage) {
  switch (stage) {
    case Stage::embedding:
      return {"E", ""};
    case Stage::positions:
      return {"P", ""};
    case Stage::x:
      return {"X", ""};
    case Stage::norm_gain:
      return {"\\gamma", ""};
    case Stage::norm_bias:
      return {"\\beta", ""};
    case Stage::w_q:
      return {"W", "Q"};
    case Stage::w_k:
      return {"W", "K"};
    case Stage::w_v:
      return {"W", "V"};
    case Stage::w_o:
      return {"W", "O"};
    case Stage::b_q:
      return {"b", "Q"};
    case Stage::b_k:
      return {"b", "K"};
    case Stage::b_v:
      return {"b", "V"};
    case Stage::b_o:
      return {"b", "O"};
    case Stage::q:
      return {"Q", ""};
    case Stage::k:
      return {"K", ""};
    case Stage::v:
      return {"V", ""};
    case Stage::q_norm_gain:
      return {"\\gamma", "Q"};
    case Stage::q_norm_bias:
      return {"\\beta", "Q"};
    case Stage::k_norm_gain:
      return {"\\gamma", "K"};
    case Stage::k_norm_bias:
      return {"\\beta", "K"};
    case Stage::q_normalised:
      return {"Q", "norm"};
    case Stage::k_normalised:
      return {"K", "norm"};
    case Stage::q_rotated:
      return {"Q", "rot"};
    case Stage::k_rotated:
      return {"K", "rot"};
    case Stage::score_bias:
      return {"B", ""};
    case Stage::scores:
      return {"QK^{\\top}", ""};
    case Stage::scaled:
      return {"S", ""};
    case Stage::weights:
      return {"A", ""};
    case Stage::output:
      return {"AV", ""};
    case Stage::layer_output:
      return {"O", ""};
  }
  return {"", ""};
}

bool is_row(Stage s) {
  return s == Stage::b_q || s == Stage::b_k || s == Stage::b_v || s == Stage::b_o || s == Stage::norm_gain ||
         s == Stage::norm_bias || s == Stage::q_norm_gain || s == Stage::q_norm_bias || s == Stage::k_norm_gain ||
         s == Stage::k_norm_bias;
}
bool is_weight_matrix(Stage s) { return s == Stage::w_q || s == Stage::w_k || s == Stage::w_v || s == Stage::w_o; }
bool is_square(Stage s) {
  return s == Stage::scores || s == Stage::scaled || s == Stage::weights || s == Stage::score_bias;
}

/// The nearest number of kDigits digits.
float to_digits(float value) {
  if (!std::isfinite(value)) return value;
  char buffer[48];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, kDigits).ptr;
  std::from_chars(buffer, end, value);
  return value;
}

/// For plain text: "0.80103", "−∞".
std::string digits(float value) {
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const std::string text = exact_text(to_digits(value));
  return text.starts_with('-') ? "−" + text.substr(1) : text;
}

/// "= 0.5", "≈ 0.33333".
std::string equals(float value) { return (is_rounded(value) ? "\\approx " : "= ") + rounded(value); }

/// A number as a factor: in parentheses where it begins with a minus.
std::string as_factor(float value) {
  const std::string shown = rounded(value);
  return shown.starts_with('-') ? "(" + shown + ")" : shown;
}

/// A constant's name as core says it, in LaTeX: "cos(2·θ₁)" → "\cos 2\theta_{1}".
std::string constant_symbol(const Operand& operand, int d_k) {
  const std::string& name = operand.name;
  if (name == "1/√d_k") return "\\tfrac{1}{\\sqrt{" + std::to_string(d_k) + "}}";
  if (name == "1/T") return "\\tfrac{1}{T}";
  if (name == "−μ") return "(-\\mu)";
  if (name == "1/σ") return "\\tfrac{1}{\\sigma}";
  if (name == "1/rms") return "\\tfrac{1}{\\mathrm{rms}}";
  if (name == "factor") return "f";
  if (name == "−slope") return "(-m)";
  if (name == "|i−j|") return "\\lvert i-j\\rvert";
  constexpr std::string_view kMinus = "−", kTheta = "θ";
  std::string_view rest = name;
  const bool negative = rest.starts_with(kMinus);
  if (negative) rest.remove_prefix(kMinus.size());
  const auto theta = rest.find(kTheta);
  if (theta != std::string_view::npos && (rest.starts_with("cos(") || rest.starts_with("sin("))) {
    std::string pair;  // its digits are written as subscripts, three bytes each
    for (std::size_t i = theta + kTheta.size() + 2; i < rest.size(); i += 3)
      pair += static_cast<char>('0' + (static_cast<unsigned char>(rest[i]) - 0x80));
    const std::string position(rest.substr(4, rest.find("·") - 4));
    const std::string turned = "\\" + std::string(rest.substr(0, 3)) + " " + position + "\\theta_{" + pair + "}";
    return negative ? "(-" + turned + ")" : turned;
  }
  return "\\text{" + latex_text(name) + "}";
}

/// Those terms of a sum that are written out, in order; the others are told as one number.
std::vector<std::size_t> written_terms(const std::vector<Term>& terms) {
  std::vector<std::size_t> order(terms.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (terms.size() <= kMostTerms) return order;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::fabs(terms[a].value) > std::fabs(terms[b].value);
  });
  order.resize(kLargestTerms);
  std::ranges::sort(order);
  return order;
}

}  // namespace

std::string rounded(float value) { return latex_number(to_digits(value)); }

bool is_rounded(float value) { return std::isfinite(value) && rounded(value) != latex_number(value); }

std::string Formulas::index(int position, bool is_token, bool for_latex) const {
  const auto at = static_cast<std::size_t>(position);
  const bool named = is_token && position >= 0 && at < tokens_.size() &&
                     tokens_[at].find_first_not_of(" \t\r\n") != std::string::npos;
  if (!named) return std::to_string(position);
  const bool repeated = std::ranges::count(tokens_, tokens_[at]) > 1;  // then the position tells which
  const std::string where = !repeated ? "" : for_latex ? "_{" + std::to_string(position) + "}" : " (" + std::to_string(position) + ")";
  return (for_latex ? "\\text{" + latex_text(tokens_[at]) + "}" : markdown_text(tokens_[at])) + where;
}

std::string Formulas::row_of(const Cell& cell, bool for_latex) const {
  return index(cell.row, !is_row(cell.stage) && !is_weight_matrix(cell.stage), for_latex);
}
std::string Formulas::column_of(const Cell& cell, bool for_latex) const {
  return index(cell.column, is_square(cell.stage), for_latex);
}

std::string Formulas::symbol(const Cell& cell) const { return symbol(cell, row_of(cell, true), column_of(cell, true)); }

std::string Formulas::symbol(const Cell& cell, const std::string& row, const std::string& column) const {
  const auto [base, below] = letters_of(cell.stage);
  std::string out = base;
  if (*below) out += std::string(below[1] ? "_{\\mathrm{" : "_{") + below + (below[1] ? "}}" : "}");
  if (*below || cell.stage == Stage::scores || cell.stage == Stage::output) out = "(" + out + ")";
  const bool of_head = attention::is_per_head(cell.stage);
  const bool layers = attention::is_per_layer(cell.stage) && trace_.layers.size() > 1;
  if (layers || (of_head && trace_.layers.front().heads.size() > 1))
    out += "^{(" + std::to_string(cell.layer) + (of_head ? "." + std::to_string(cell.head) : "") + ")}";
  return out + "_{" + (is_row(cell.stage) ? "" : row + ",\\,") + column + "}";
}

std::string Formulas::plain(const Cell& cell) const {
  const Letters letters = letters_of(cell.stage);
  std::string base = cell.stage == Stage::scores ? "Q·Kᵀ" : cell.stage == Stage::output ? "A·V" : letters.base;
  if (base == "\\gamma") base = "γ";
  if (base == "\\beta") base = "β";
  if (*letters.below) base += std::string("\\_") + letters.below;
  return base + "\\[" + (is_row(cell.stage) ? "" : row_of(cell, false) + ", ") + column_of(cell, false) + "\\]";
}

std::string Formulas::text(const Explanation& why) const {
  std::string out;
  const std::string name = plain(why.cell);
  for (std::size_t i = 0; i < name.size(); ++i) out += name[name[i] == '\\' && i + 1 < name.size() ? ++i : i];  // without Markdown's escapes
  if (why.operation == Operation::softmax) {
    const Term& own = why.terms[static_cast<std::size_t>(why.cell.column)];
    return out + " = exp(" + digits(own.factors[0].value) + " − " + digits(why.maximum) + ") / " + digits(why.sum) + " = " + digits(why.value);
  }
  std::string sum;
  for (const std::size_t at : written_terms(why.terms)) {
    std::string product;
    for (const Operand& operand : why.terms[at].factors) product += (product.empty() ? "" : " × ") + digits(operand.value);
    if (at == 0 && why.operation == Operation::cap) product = digits(why.softcap) + " × tanh(" + product + " / " + digits(why.softcap) + ")";
    sum += (sum.empty() ? "" : " + ") + product;
  }
  if (written_terms(why.terms).size() < why.terms.size()) sum += " + …";
  return out + (sum.empty() ? "" : " = " + sum) + " = " + digits(why.value);
}

std::string Formulas::factor(const Operand& operand) const {
  if (operand.is_cell) return symbol(operand.cell);
  const auto& head = trace_.layers.front().heads.front();
  return constant_symbol(operand, static_cast<int>(head.q.cols()));
}

/// Σ over a row of products, with a running index in place of the first one's.
std::string Formulas::sum_of_row(const Explanation& why) const {
  const std::string running = why.operation == Operation::mix ? "j" : "c";
  const Cell &first = why.terms.front().factors[0].cell, &second = why.terms.front().factors[1].cell;
  // q·k runs over the columns of both; the others over the columns of the first and the rows of the second.
  const bool dot = why.operation == Operation::dot;
  std::string out = "\\sum_{" + running + "} ";
  out += why.cell.stage == Stage::layer_output ? "[AV]_{" + row_of(first, true) + ",\\,c}"  // of all heads
                                               : symbol(first, row_of(first, true), running);
  out += " " + symbol(second, dot ? row_of(second, true) : running, dot ? running : column_of(second, true));
  if (why.terms.back().factors.size() == 1) out += " + " + symbol(why.terms.back().factors[0].cell);  // the bias
  return out;
}

std::string Formulas::rule(const Explanation& why) const {
  switch (why.operation) {
    case Operation::softmax: {
      const Cell own{Stage::scaled, why.cell.layer, why.cell.head, why.cell.row, why.cell.column};
      const std::string any = symbol(own, row_of(own, true), "j");
      return "\\frac{e^{" + symbol(own) + "-m}}{\\sum_{j} e^{" + any + "-m}}, \\quad m = \\max_{j} " + any + " " +
             equals(why.maximum);
    }
    case Operation::dot:
    case Operation::mix:
    case Operation::project:
      return sum_of_row(why);
    default:
      break;
  }
  std::string out;
  for (std::size_t i = 0; i < why.terms.size(); ++i) {
    std::string term;
    for (const Operand& operand : why.terms[i].factors) term += (term.empty() ? "" : " \\cdot ") + factor(operand);
    if (i == 0 && why.operation == Operation::cap) term = "c \\tanh\\left(" + term + " / c\\right)";
    out += (out.empty() ? "" : " + ") + term;
  }
  return out;
}

std::string Formulas::numbers(const Explanation& why) const {
  if (why.operation == Operation::softmax) {
    const Term& own = why.terms[static_cast<std::size_t>(why.cell.column)];
    const std::string top = "e^{" + rounded(own.factors[0].value) + (why.maximum < 0 ? "+" : "-") + rounded(std::fabs(why.maximum)) + "}";
    return "\\frac{" + top + "}{" + rounded(why.sum) + "} = \\frac{" + rounded(own.value) + "}{" + rounded(why.sum) + "}";
  }
  const auto shown = written_terms(why.terms);
  std::string out;
  double told = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const Term& term = why.terms[shown[i]];
    told += static_cast<double>(term.value);
    std::string product;
    for (const Operand& operand : term.factors) product += (product.empty() ? "" : " \\cdot ") + as_factor(operand.value);
    if (i == 0 && why.operation == Operation::cap) {
      const std::string cap = rounded(why.softcap);
      product = cap + " \\tanh\\left(" + product + " / " + cap + "\\right)";
    }
    if (i > 0) out += i % kTermsPerLine == 0 ? " \\\\\n  &\\quad + " : " + ";
    out += product;
  }
  if (shown.size() < why.terms.size()) {
    double all = 0;
    for (const Term& term : why.terms) all += static_cast<double>(term.value);
    out += " \\\\\n  &\\quad + " + as_factor(static_cast<float>(all - told)) + " \\quad\\text{(" +
           std::to_string(why.terms.size() - shown.size()) + " smaller terms)}";
  }
  return out;
}

std::string Formulas::lines(const Explanation& why) const {
  std::string out = symbol(why.cell) + " ";
  const std::string value = equals(why.value);
  switch (why.operation) {
    case Operation::given:
      return out + "&" + value + " \\quad\\text{(given)}";
    case Operation::overridden:
      return out + "&" + value + " \\quad\\text{(set by hand)}";
    case Operation::mask:
      return out + "&= -\\infty \\quad\\text{(masked)}";
    case Operation::fully_masked:
      return out + "&= 0 \\quad\\text{(no key is allowed)}";
    default:
      break;
  }
  if (why.operation == Operation::softmax) {
    const Term& own = why.terms[static_cast<std::size_t>(why.cell.column)];
    if (std::isinf(own.factors[0].value) && own.value == 0) return out + "&= 0 \\quad\\text{(masked)}";
  }
  return out + "&= " + rule(why) + " \\\\\n  &= " + numbers(why) + " \\\\\n  &" + value;
}

}  // namespace qkv::exports
