#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/attention/attention.h"
#include "core/experiment/experiment.h"

// Expressions over the numbers of an experiment, and claims that compare them: what a lesson says of its figure and what it
// asks its reader to bring about. The language is in assets/lessons/README.md.
namespace qkv::experiment {

/// What an expression is asked of: an experiment with its trace, and the same as the step began. References only.
struct Scope {
  const Experiment& experiment;
  const attention::Trace& trace;
  const Experiment& start_experiment;
  const attention::Trace& start;
  const Scope* beside = nullptr;  ///< the second experiment of a step
};

struct ExpressionTree;

/// "weights[sat,cat]", "max(weights[sat,*])", "argmax(weights[sat,*])", "sum(q[sat,*] * k[cat,*])", "change(weights)".
class Expression {
 public:
  /// Throws Error saying what is not understood and where. Bounded: 1024 bytes, 32 levels.
  explicit Expression(std::string_view text);
  /// A number, or a word: the name of a token or column (argmax), of a mask and the like.
  struct Value {
    std::optional<double> number;
    bool is_count = false;  ///< n, d_k, rows(…): written without decimals
    std::string token;
  };
  /// Throws Error when a name is unknown in this scope, or the value is a whole matrix.
  Value value(const Scope& scope) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const ExpressionTree> tree_;
};

/// As the screen writes it: "0.83", "4", "cat". Two decimals, or up to four where two would make a round number of one
/// that is not ("0.996").
std::string written(const Expression::Value& value);

/// Comparisons joined by "and": "argmax(weights[sat,*]) = cat and weights[sat,cat] > 0.8".
class Claim {
 public:
  /// Throws Error as Expression does.
  explicit Claim(std::string_view text);
  struct Verdict {
    bool holds = false;
    std::string found;  ///< the first comparison that fails, else the last, with its numbers: "weights[sat,cat] is 0.63"
  };
  /// Throws Error when a name is unknown in this scope.
  Verdict check(const Scope& scope) const;
  /// One comparison as a reader is told it, and how it stands.
  struct Part {
    std::string wanted{};  ///< "weight of 'sat' on 'cat' above 0.99"
    std::string now{};     ///< "0.56", "'down'", "8 and 10": both sides where neither is a constant
    bool holds = false;
  };
  /// Every comparison in words, in order; two that bound one value from both sides are one. What has no words is told as
  /// it was written. Throws Error as check() does.
  std::vector<Part> parts(const Scope& scope) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const ExpressionTree> tree_;
};

/// Cells of one stage named in words: "q[sat,*]", "0.1:weights[it,dog]", "k[cat,noun]", "w_q" (the whole matrix). A name is a
/// token's text ("the#2": the second of that text), a dimension's or column's name, or a number from 0; * or −1 is all.
struct Place {
  Cell cell;  ///< row or column −1: all of them
  bool whole() const { return cell.row < 0 && cell.column < 0; }
  bool contains(const Cell& other) const;
};
/// Throws Error naming what is not there and what there is.
Place place_from(std::string_view text, const Experiment& experiment, const attention::Trace& trace);

/// One setting of an experiment by its name in words: "mask = causal", "d_k = 64", "k[cat,noun] = 1.5", "heads = 2" …
/// Returns the changed experiment. Throws Error naming the setting, what was expected and what was found.
Experiment with_setting(const Experiment& experiment, std::string_view setting);

}  // namespace qkv::experiment
