#include "app/figures/formula.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/drawing/players.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

const std::vector<std::string>& formulas() {
  static const std::vector<std::string> all = {
      R"(\operatorname{softmax}\left(\frac{\q{Q}\k{K}^\top}{\sqrt{d_k}}\right)\v{V})",
      R"(\a{a_{sat,cat}} = \frac{e^{{{scaled[sat,cat]}}}}{e^{-0.73}+e^{0.45}+e^{-0.27}} = {{weights[sat,cat]}})",
      R"(\operatorname{Var}(\q{q}\cdot\k{k}) = d_k \quad \operatorname{Var}\left(\frac{\q{q}\cdot\k{k}}{\sqrt{d_k}}\right) = 1)",
      R"(\left\|\frac{\partial a}{\partial s}\right\| \le \frac12, \quad \|\partial a/\partial s\| = 0.007)",
      R"(o_i = \sum_{j=0}^{n-1} \a{a_{ij}} \v{v_j} = 0.83\,\v{v_{cat}} + 0.12\,\v{v_{sat}} - 0.05\,\v{v_{the}})",
      R"(\a{a_i} = \frac{e^{s_i/\tau}}{\sum_j e^{s_j/\tau}}, \quad x_1^2 + y_i^{k+1} \approx \sqrt{\frac{a+b}{2}} \to \infty)",
      R"(\max_{j \le i} s_{ij}, \quad \left[\frac{a}{b}\right] \left\{\frac{a}{b}\right\} \left|\frac{a}{b}\right| \left\langle\frac{a}{b}\right\rangle, \quad f'(x) = -x)",
      R"(\mu = \frac{1}{n}\sum_{i=1}^n x_i, \quad \sigma^2 = \frac{1}{n}\sum_{i=1}^n (x_i - \mu)^2)",
      R"(s_{sat,cat} = \q{q_{sat}} \cdot \k{k_{cat}} = {{scores[sat,cat]}})",
      R"(PE_{pos,2i} = \sin\left(\frac{pos}{10000^{2i/d}}\right))"};
  return all;
}

std::optional<std::string> live(std::string_view expression) {
  if (expression == "scaled[sat,cat]") return "0.45";
  if (expression == "weights[sat,cat]") return "0.540";
  if (expression == "scores[sat,cat]") return "-1.27";
  return std::nullopt;
}

TEST(Formula, Picture) {
  for (const bool dark : {false, true}) {
    Sheet s({0, 0, 1500, 1500}, dark);
    const drawing::Theme& theme = s.p.theme();
    s.p.fill(s.out.bounds, theme.canvas);
    float y = 0;
    for (const std::string& tex : formulas()) {
      const auto node = prose::parse_formula(tex);
      for (const float size : {20.f, 48.f}) {
        const FormulaStyle style{.size = size, .color = theme.text, .muted = theme.text2, .live = live};
        const auto e = measure_formula(s.p, node, style);
        draw_formula(s.p, {size < 30 ? 20.f : 480.f, y + 75}, node, style);
        (void)e;
      }
      y += 148;
    }
    if (!dark)
      drawing::write_figure_png(s.out, s.text, theme, 1, std::string(QKV_BINARY_DIR) + "/formulas.png");
  }
}

}  // namespace
}  // namespace qkv::figures
