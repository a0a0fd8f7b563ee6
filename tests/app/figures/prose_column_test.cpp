#include "app/figures/prose_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/drawing/players.h"
#include "tests/app/figures/model_bench.h"
#include "tests/app/support/layout_checks.h"

namespace qkv::figures {
namespace {

using ::testing::IsEmpty;

constexpr const char* kLesson = R"(# Why divide by $\sqrt{d_k}$?

A score is a dot product: $d_k$ products added up. If the entries of $\q{q}$ and $\k{k}$ are independent with mean 0 and variance 1,
each product has variance 1, so their sum has variance $d_k$.

$$ \operatorname{Var}(\q{q}\cdot\k{k}) = d_k \qquad \operatorname{Var}\left(\frac{\q{q}\cdot\k{k}}{\sqrt{d_k}}\right) = 1 $$

Softmax turns differences between scores into *ratios* of weights. When scores spread over tens of units, one weight is almost 1,
the rest almost 0, and the **gradient** through softmax nearly vanishes. The weight is now {{weights[sat,cat]}}, by
$\a{a_{ij}} = \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}$ in a line. Call `softmax(x)` and see.

## A list

1. First the **query** of *sat* meets each key.
2. Then
   - the scores are divided by $\sqrt{d_k}$, which is a number that does not change with the words,
   - softmax makes weights of them.
3. Last, the values are mixed: $o_i = \sum_j \a{a_{ij}}\v{v_j}$.

| vector | role | asks or offers |
|---|---|---|
| $\q{q}$ | query | what am I looking for, and how much does it matter to me in this sentence? |
| $\k{k}$ | key | what do I offer? |
| $\v{v}$ | value | what do I pass on? `x @ w_v` |

```python
weights = softmax(q @ k.T / sqrt(d_k))
output = weights @ v
```

$$ \a{a_{sat,cat}} = \frac{e^{0.45}}{e^{-0.73}+e^{0.45}+e^{-0.27}+e^{0.11}+e^{-0.54}+e^{1.27}} = \frac{1.57}{0.48+1.57+0.76} = {{weights[sat,cat]}} $$
)";

std::optional<std::string> live(std::string_view expression) {
  if (expression == "weights[sat,cat]") return "0.540";
  return std::nullopt;
}

TEST(ProseColumn, Picture) {
  const prose::Text text = prose::parse(kLesson, "lesson.md");
  for (const bool dark : {false, true}) {
    Sheet s({0, 0, 1300, 1180}, dark);
    s.p.fill(s.out.bounds, s.p.theme().panel);
    draw_prose(s.p, {32, 32}, 356, text, {.live = live});
    draw_prose(s.p, {440, 32}, 540, text, {.size = 18, .live = live});
    draw_prose(s.p, {1040, 32}, 220, text, {.size = 13, .live = live});
    EXPECT_THAT(support::overlaps(s.out), IsEmpty());
    drawing::write_figure_png(s.out, s.text, s.p.theme(), 1,
                              std::string(QKV_BINARY_DIR) + (dark ? "/prose_dark.png" : "/prose.png"));
  }
}

}  // namespace
}  // namespace qkv::figures
