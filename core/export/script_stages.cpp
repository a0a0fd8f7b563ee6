#include "core/export/script_parts.h"

// Each stage is one Python function. Where NumPy and PyTorch spell it differently, both stand side by side.
namespace qkv::exports {
namespace {

using attention::MaskKind;
using attention::Options;
using attention::Positions;
using attention::Stage;

/// Replaces every `what` of the text.
std::string with(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

class Functions {
 public:
  Functions(const attention::Trace& trace, const Uses& uses, Language language)
      : options_(trace.inputs.options), uses_(uses), torch_(language == Language::pytorch) {}

  std::string all() {
    if (options_.positions == Positions::sinusoidal) sinusoids();
    if (uses_.layer_norm || uses_.rms_norm) normalise();
    if (uses_.biases || uses_.output_biases) project();
    if (options_.positions == Positions::rope) rotate();
    if (uses_.masked) allowed_keys();
    scale();
    softmax();
    if (uses_.broken_values) mix();
    if (!uses_.fixed.empty()) fix();
    return std::move(out_);
  }

 private:
  const char* pick(const char* numpy, const char* torch) const { return torch_ ? torch : numpy; }
  void line(std::string_view text) { (out_ += text) += '\n'; }
  void end() { out_ += "\n\n"; }

  void sinusoids() {
    line("def sinusoidal_positions(n, d_model):");
    line("    \"\"\"[n, d_model]: sines in even columns, cosines in odd ones (Vaswani et al. 2017, 3.5).\"\"\"");
    line(pick("    column = np.arange(d_model)", "    column = torch.arange(d_model, dtype=torch.float64)"));
    line("    even = column - column % 2");
    line(pick("    angle = np.arange(n)[:, None] / 10000.0 ** (even / d_model)",
              "    angle = torch.arange(n, dtype=torch.float64)[:, None] / 10000.0 ** (even / d_model)"));
    line(pick("    return np.where(column == even, np.sin(angle), np.cos(angle)).astype(np.float32)",
              "    return torch.where(column == even, torch.sin(angle), torch.cos(angle)).float()"));
    end();
  }

  void normalise() {
    line("def normalise(rows, norm):");
    line(uses_.layer_norm && uses_.rms_norm
             ? "    \"\"\"Layer norm (Ba et al. 2016) or RMS norm (Zhang & Sennrich 2019). rows [n, d] -> [n, d]\"\"\""
         : uses_.layer_norm
             ? "    \"\"\"Layer norm (Ba et al. 2016): each row around its mean, by its spread. rows [n, d] -> [n, d]\"\"\""
             : "    \"\"\"RMS norm (Zhang & Sennrich 2019): each row by its size. rows [n, d] -> [n, d]\"\"\"");
    line(pick("    wide = rows.astype(np.float64)", "    wide = rows.double()"));
    const char* mean = pick("wide.mean(axis=1, keepdims=True)", "wide.mean(dim=1, keepdim=True)");
    if (uses_.layer_norm)
      line(std::string("    mean = ") + mean + (uses_.rms_norm ? " if norm[\"kind\"] == \"layer\" else 0.0" : ""));
    const char* centred = uses_.layer_norm ? "(wide - mean)" : "wide";
    line(with(pick("    factor = 1 / np.sqrt((CENTRED ** 2).mean(axis=1, keepdims=True) + norm[\"epsilon\"])",
                   "    factor = 1 / torch.sqrt((CENTRED ** 2).mean(dim=1, keepdim=True) + norm[\"epsilon\"])"),
              "(CENTRED ** 2)", std::string("(") + centred + " ** 2)"));
    if (uses_.given_factors) {
      line("    if \"factors\" in norm:  # of a wider row, of which this is a part; 0: computed");
      line("        given = norm[\"factors\"][:, None]");
      line(pick("        factor = np.where(given != 0, given, factor)",
                "        factor = torch.where(given != 0, given.double(), factor)"));
    }
    line(std::string("    result = (") + centred + pick(" * factor).astype(np.float32)", " * factor).float()"));
    if (uses_.norm_gains) line("    if \"gain\" in norm:\n        result = result * norm[\"gain\"]");
    if (uses_.norm_biases) line("    if \"bias\" in norm:\n        result = result + norm[\"bias\"]");
    line("    return result");
    end();
  }

  void project() {
    line("def project(x, w, b=None):");
    line("    \"\"\"x [n, d_in] times w [d_in, d_out], plus b [d_out] -> [n, d_out]\"\"\"");
    line("    return x @ w if b is None else x @ w + b");
    end();
  }

  void rotate() {
    const bool given = options_.rope_frequencies.size() > 0;
    const std::string factor = options_.rope_factor != 1 ? " * rope_factor" : "";
    line("def rotate(rows):");
    line("    \"\"\"Rotary positions (Su et al. 2021). rows [n, d_k] -> [n, d_k]: columns i and i + pairs turn");
    line("    together, by the position times the frequency of the pair.\"\"\"");
    line("    n, d_k = rows.shape");
    if (given) {
      line("    pairs = len(rope_frequencies)");
      line(pick("    frequencies = np.array(rope_frequencies, dtype=np.float32).astype(np.float64)",
                "    frequencies = torch.tensor(rope_frequencies, dtype=torch.float32).double()"));
    } else {
      line("    pairs = d_k // 2");
      line(pick("    frequencies = float(rope_base) ** (-np.arange(pairs) / max(pairs, 1))",
                "    frequencies = float(rope_base) ** (-torch.arange(pairs, dtype=torch.float64) / max(pairs, 1))"));
    }
    line(pick("    angle = np.arange(n)[:, None] * frequencies  # [n, pairs]",
              "    angle = torch.arange(n, dtype=torch.float64)[:, None] * frequencies  # [n, pairs]"));
    if (given)
      line(pick("    angle = angle.astype(np.float32).astype(np.float64)  # as models keep their angles",
                "    angle = angle.float().double()  # as models keep their angles"));
    line(pick("    cos = np.cos(angle).astype(np.float32)", "    cos = torch.cos(angle).float()") + factor);
    line(pick("    sin = np.sin(angle).astype(np.float32)", "    sin = torch.sin(angle).float()") + factor);
    line("    first, second, rest = rows[:, :pairs], rows[:, pairs:2 * pairs], rows[:, 2 * pairs:]");
    line(with("    return XX.hstack([first * cos - second * sin, second * cos + first * sin, rest])", "XX",
              pick("np", "torch")));
    end();
  }

  void allowed_keys() {
    const attention::Mask& mask = options_.mask;
    line("def allowed_keys(n):");
    line("    \"\"\"[n, n]: True where the query of the row may attend to the key of the column.\"\"\"");
    if (mask.kind != MaskKind::none)
      line(pick("    query, key = np.arange(n)[:, None], np.arange(n)[None, :]",
                "    query, key = torch.arange(n)[:, None], torch.arange(n)[None, :]"));
    switch (mask.kind) {
      case MaskKind::none:
        line(pick("    allowed = np.ones((n, n), dtype=bool)", "    allowed = torch.ones((n, n), dtype=torch.bool)"));
        break;
      case MaskKind::causal:
        line("    allowed = key <= query  # causal: itself and what came before");
        break;
      case MaskKind::sliding_window:
        line("    allowed = (key <= query) & (key > query - window)  # itself and the few before it");
        break;
    }
    if (!mask.padding.empty()) line("    allowed[:, padding] = False");
    if (!mask.custom.empty())
      line("    for (query, key), may_attend in custom_mask.items():\n        allowed[query, key] = may_attend");
    line("    return allowed");
    end();
  }

  void scale() {
    const bool alibi = options_.positions == Positions::alibi;
    line(alibi ? "def scale(scores, d_k, h, heads):" : "def scale(scores, d_k):");
    line(uses_.masked ? "    \"\"\"scores [n, n] -> scaled [n, n]: what softmax reads; masked cells are -inf.\"\"\""
                      : "    \"\"\"scores [n, n] -> scaled [n, n]: what softmax reads.\"\"\"");
    line(options_.scale ? "    scaled = scores / math.sqrt(d_k)"
                        : pick("    scaled = scores.copy()  # not divided by the root of d_k",
                               "    scaled = scores.clone()  # not divided by the root of d_k"));
    if (options_.temperature != 1) line("    scaled = scaled / temperature");
    if (options_.softcap > 0)
      line(pick("    scaled = softcap * np.tanh(scaled / softcap)  # never beyond +-softcap",
                "    scaled = softcap * torch.tanh(scaled / softcap)  # never beyond +-softcap"));
    if (alibi) {
      line(pick("    position = np.arange(len(scores), dtype=np.float32)",
                "    position = torch.arange(len(scores), dtype=torch.float32)"));
      line("    slope = 2.0 ** (-8 * (h + 1) / heads)  # ALiBi (Press et al. 2022): the farther, the less");
      line("    scaled = scaled - slope * abs(position[:, None] - position[None, :])");
    }
    if (options_.score_bias.size() > 0) line("    scaled = scaled + score_bias");
    if (uses_.masked) line("    scaled[~allowed_keys(len(scores))] = -math.inf");
    line("    return scaled");
    end();
  }

  void softmax() {
    line("def softmax(scaled):");
    line("    \"\"\"scaled [n, n] -> weights [n, n]: not negative, each row sums to 1.\"\"\"");
    line("    # Subtracting the row's maximum changes no ratio and keeps exp from overflowing.");
    line(pick("    maximum = scaled.max(axis=1, keepdims=True)", "    maximum = scaled.amax(dim=1, keepdim=True)"));
    if (uses_.fully_masked)
      line("    maximum[maximum == -math.inf] = 0  # a row without any key: its weights are 0 by definition");
    line(pick("    e = np.exp(scaled - maximum)", "    e = torch.exp(scaled - maximum)"));
    if (uses_.broken_rows)
      line(pick("    e = np.where(np.isfinite(maximum), e, np.float32(math.nan))  # NaN and +inf spoil a row",
                "    e = e.masked_fill(~torch.isfinite(maximum), math.nan)  # NaN and +inf spoil a row"));
    line(pick("    total = e.sum(axis=1, keepdims=True)", "    total = e.sum(dim=1, keepdim=True)"));
    if (uses_.fully_masked) line("    total[total == 0] = 1");
    if (!uses_.broken_rows) {
      line("    return e / total");
    } else {
      line("    weights = e / total");
      line("    weights[scaled == -math.inf] = 0  # but never its masked keys");
      line("    return weights");
    }
    end();
  }

  void mix() {
    line("def mix(weights, scaled, v):");
    line("    \"\"\"weights [n, n], v [n, d_v] -> output [n, d_v]. A masked key does not enter at all: 0 times NaN");
    line("    would be NaN.\"\"\"");
    line("    enters = (scaled != -math.inf) | (weights != 0)");
    line("    products = weights[:, :, None] * v[None, :, :]  # [queries, keys, d_v]");
    line("    products[~enters] = 0");
    line(pick("    return products.sum(axis=1)", "    return products.sum(dim=1)"));
    end();
  }

  void fix() {
    line("def fix(matrix, name, layer, h):");
    line("    \"\"\"Puts the cells that were set by hand over the computed ones; everything after follows.\"\"\"");
    line(pick("    matrix = matrix.copy()", "    matrix = matrix.clone()"));
    line("    for (row, column), number in fixed.get((name, layer, h), {}).items():");
    line("        matrix[row, column] = number");
    line("    return matrix");
    end();
  }

  const Options& options_;
  const Uses& uses_;
  bool torch_;
  std::string out_;
};

/// Lines of a function, an assignment a line with its comment in one column.
class Body {
 public:
  explicit Body(const Uses& uses) : uses_(uses) {}
  void line(const std::string& code, const std::string& comment = {}) {
    constexpr std::size_t kColumn = 62;
    out_ += "    " + code;
    if (!comment.empty()) out_ += std::string(code.size() + 2 < kColumn ? kColumn - code.size() : 2, ' ') + "# " + comment;
    out_ += '\n';
  }
  /// name = code; and the cells set by hand, where the stage has some.
  void stage(Stage stage, const std::string& code, const std::string& comment, bool may_be_absent = false) {
    const std::string name(attention::name_of(stage));
    line(name + " = " + code, comment);
    if (!uses_.fixed.contains(stage)) return;
    const std::string fixed = name + " = fix(" + name + ", \"" + name + "\", layer, h)";
    if (!may_be_absent) return line(fixed);
    line("if " + name + " is not None:");
    line("    " + fixed);
  }
  std::string take() { return std::move(out_); }

 private:
  const Uses& uses_;
  std::string out_;
};

}  // namespace

std::string stage_functions(const attention::Trace& trace, const Uses& uses, Language language) {
  return Functions(trace, uses, language).all();
}

std::string arguments_of_head(const attention::Trace& trace, const Uses& uses, const std::string& layer,
                              const std::string& heads) {
  const bool alibi = trace.inputs.options.positions == Positions::alibi, fixed = !uses.fixed.empty();
  return (fixed ? ", " + layer : "") + (fixed || alibi ? ", h" : "") + (alibi ? ", " + heads : "");
}

std::string head_function(const attention::Trace& trace, const Uses& uses) {
  using Have = Uses::Have;
  Body body(uses);
  const auto projected = [&](Stage stage, const std::string& letter, Have given, const std::string& comment) {
    const std::string computed = uses.biases ? "project(x, head[\"w_" + letter + "\"], head.get(\"b_" + letter + "\"))"
                                             : "x @ head[\"w_" + letter + "\"]";
    const std::string as_given = "head[\"" + letter + "\"]";
    body.stage(stage,
               given == Have::none  ? computed
               : given == Have::all ? as_given
                                    : as_given + " if \"" + letter + "\" in head else " + computed,
               comment + (given == Have::none ? "" : ", given"));
  };
  projected(Stage::q, "q", uses.given_q, "[n, d_k] queries");
  projected(Stage::k, "k", uses.given_k, "[n, d_k] keys");
  projected(Stage::v, "v", uses.given_v, "[n, d_v] values");

  // The last form of q and of k, as an expression: what comes next is made of it.
  const auto normalised = [&](Stage stage, const std::string& letter, Have norm) -> std::string {
    if (norm == Have::none) return letter;
    const std::string name = letter + "_normalised", made = "normalise(" + letter + ", head[\"" + letter + "_norm\"])";
    const bool some = norm == Have::some;
    body.stage(stage, some ? made + " if \"" + letter + "_norm\" in head else None" : made, "[n, d_k]", some);
    return some ? "(" + letter + " if " + name + " is None else " + name + ")" : name;
  };
  std::string queries = normalised(Stage::q_normalised, "q", uses.q_norm);
  std::string keys = normalised(Stage::k_normalised, "k", uses.k_norm);
  const bool rope = trace.inputs.options.positions == Positions::rope;
  if (rope) {
    body.stage(Stage::q_rotated, "rotate(" + queries + ")", "[n, d_k]");
    body.stage(Stage::k_rotated, "rotate(" + keys + ")", "[n, d_k]");
    queries = "q_rotated";
    keys = "k_rotated";
  }
  body.stage(Stage::scores, queries + " @ " + keys + ".T", "[n, n] every query with every key");
  const bool alibi = trace.inputs.options.positions == Positions::alibi;
  body.stage(Stage::scaled, alibi ? "scale(scores, q.shape[1], h, heads)" : "scale(scores, q.shape[1])", "[n, n]");
  body.stage(Stage::weights, "softmax(scaled)", "[n, n] each row sums to 1");
  body.stage(Stage::output, uses.broken_values ? "mix(weights, scaled, v)" : "weights @ v",
             "[n, d_v] values, mixed by the weights");
  std::string stages;
  const auto name = [&](const std::string& stage, bool there = true) {
    if (there) stages += (stages.empty() ? "" : ", ") + stage + "=" + stage;
  };
  for (const char* stage : {"q", "k", "v"}) name(stage);
  name("q_normalised", uses.q_norm != Have::none);
  name("k_normalised", uses.k_norm != Have::none);
  name("q_rotated", rope);
  name("k_rotated", rope);
  for (const char* stage : {"scores", "scaled", "weights", "output"}) name(stage);
  body.line("return dict(" + stages + ")");
  return "def attend(x, head" + arguments_of_head(trace, uses, "layer", "heads") +
         "):\n    \"\"\"One head: x [n, d_model] -> its stages by name.\"\"\"\n" + body.take() + "\n\n";
}

}  // namespace qkv::exports
