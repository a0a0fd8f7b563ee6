#pragma once
#include <fstream>
#include <string>

#include "app/documents/lesson.h"
#include "core/error.h"
#include "tests/app/support/temp_folder.h"

// What the tests of lessons share.
namespace qkv::documents::testing {

inline const std::filesystem::path kAssets = std::filesystem::path(QKV_SOURCE_DIR) / "assets";

/// A lesson with a step that chooses and one that does; the lines are numbered from 1.
inline std::string small_lesson(int number = 5, const std::string& title = "Small") {
  return "---\nlesson: " + std::to_string(number) + "\ntitle: " + title + R"(
outcome: You can read a row.
---

# Key *of* cat

```step
experiment: cat_sat_down
figure: k scores weights
spotlight: k[cat,*]
change: k[cat,*] x[sat,*] temperature
claim: argmax(weights[sat,*]) = cat
claim: weights[sat,cat] > 0.7
```

The key of *cat* gets {{weights[sat,cat]}} and $s = {{scores[sat,cat]}}$.

```question
choose: Which cells of the scores can change?
no: The row of 'cat' | That is its *query* asking. | scores[cat,*] | q[cat,*] = 0
yes: The column of 'cat' | Every query meets it. | scores[*,cat] k[cat,*] | k[cat,noun] = 3 | temperature = 2
no: None | Look again.
hint: Who multiplies with $k_{cat}$?
why: A key is met by every query, once.
```

Behind the question.

# Drag it

```step
set: temperature = 2
change: w_q[verb,*] sentence
beside set: mask = causal
claim: beside(weights[the,the]) = 1
```

```question
do: Let 'sat' attend to 'cat' with less than 0.2.
goal: weights[sat,cat] < 0.2
```
)";
}

inline Lesson read(const std::string& text) { return parse_lesson(text, "folder/lesson.md"); }

/// The refusal of a lesson, or of `work`.
template <class Work>
std::string refusal_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no refusal";
}

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  if (at == text.npos) throw std::runtime_error("not in the text: " + what);
  return text.replace(at, what.size(), by);
}

inline void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace qkv::documents::testing
