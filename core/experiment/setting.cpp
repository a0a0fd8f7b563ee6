#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/experiment/claim.h"
#include "core/experiment/operations.h"
#include "core/experiment/place_names.h"
#include "core/experiment/shapes.h"

namespace qkv::experiment {
namespace {

constexpr std::size_t kMaxBytes = 4096;
constexpr long long kMaxCells = 1 << 16;

/// "NAME = VALUE" in its two halves, with refusals that name it.
struct Setting {
  std::string_view name, value;

  [[noreturn]] void must_be(const std::string& expected) const {
    throw Error("the setting " + in_quotes(name) + " must be " + expected + ", not " + in_quotes(value));
  }
  template <class Number>
  bool reads(std::string_view text, Number& number) const {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
  }
  int integer(int least, int most) const {
    int number = 0;
    if (!reads(value, number) || number < least || number > most)
      must_be("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return number;
  }
  std::uint64_t seed() const {
    std::uint64_t number = 0;
    if (!reads(value, number)) must_be("a whole number from 0");
    return number;
  }
  float number() const {
    float found = 0;
    if (!reads(value, found) || !std::isfinite(found)) must_be("a number");
    return found;
  }
  bool on() const {
    if (value != "on" && value != "off") must_be("on or off");
    return value == "on";
  }
  /// Which of these words it is.
  int choice(std::initializer_list<std::string_view> names) const {
    int index = 0;
    std::string expected;
    for (const std::string_view one : names) {
      if (one == value) return index;
      expected += (expected.empty() ? "" : ", ") + std::string(one);
      ++index;
    }
    must_be("one of " + expected);
  }
};

PlaceName place_of(std::string_view name) {
  PlaceName place = parse_place(name);
  if (place.stage == Stage::x && place.layer == 0) place.stage = Stage::embedding;  // what the first layer reads begins there
  if (!is_editable(place.stage))
    throw Error("the numbers of " + std::string(attention::name_of(place.stage)) +
                " follow from others and cannot be set; embedding, the weight matrices, q, k, v, scores and weights can");
  return place;
}

/// The token at a position, by name or number.
int token_at(const Experiment& e, std::string_view name) {
  const attention::Shape shape{static_cast<int>(e.tokens.size()), static_cast<int>(e.tokens.size())};
  const int index = index_on(axes_of(e, Stage::weights, 0, 0, shape).rows, parse_index(name));
  if (index < 0) throw Error("* names all tokens, where one is expected");
  return index;
}

std::pair<std::string_view, std::string_view> two_words(std::string_view text) {
  const auto blank = text.find(' ');
  return {text.substr(0, blank), blank == text.npos ? std::string_view{} : trimmed(text.substr(blank))};
}

Experiment with_cells(Experiment e, const Setting& s) {
  const PlaceName name = place_of(s.name);
  const attention::Shape shape = shape_in(e, name.stage, name.layer, name.head);
  const Cell cell = resolve(name, e, shape).cell;
  const int rows = cell.row < 0 ? shape.rows : 1, columns = cell.column < 0 ? shape.columns : 1;
  if (static_cast<long long>(rows) * columns > kMaxCells) throw Error("the setting " + in_quotes(s.name) + " is of more than 65536 cells");
  const float value = s.number();
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      Cell one = cell;
      one.row = std::max(cell.row, 0) + r;
      one.column = std::max(cell.column, 0) + c;
      e.edits[one] = value;
    }
  return e;
}

/// mask[sat,*] = off: cells of the mask one by one.
Experiment with_mask_cells(Experiment e, const Setting& s) {
  const int n = static_cast<int>(e.tokens.size());
  const std::string as_place = "weights" + std::string(s.name.substr(std::string_view("mask").size()));
  const Cell cell = resolve(parse_place(as_place), e, {n, n}).cell;
  const bool allowed = s.on();
  if ((cell.row < 0 ? n : 1) * static_cast<long long>(cell.column < 0 ? n : 1) > kMaxCells)
    throw Error("the setting " + in_quotes(s.name) + " is of more than 65536 cells");
  for (int query = 0; query < n; ++query)
    for (int key = 0; key < n; ++key)
      if ((cell.row < 0 || cell.row == query) && (cell.column < 0 || cell.column == key)) e.custom_mask[{query, key}] = allowed;
  return e;
}

Experiment with_swap(Experiment e, const Setting& s) {
  const auto [first, second] = two_words(s.value);
  if (second.empty()) s.must_be("two tokens, such as 1 3");
  const int one = token_at(e, first), other = token_at(e, second);
  const int a = std::min(one, other), b = std::max(one, other);
  if (a == b) return e;
  e = with_token_moved(std::move(e), b, a);
  return with_token_moved(std::move(e), a + 1, b);
}

Experiment with_padding(Experiment e, const Setting& s) {
  if (s.value == "none") {
    for (Token& token : e.tokens) token.padding = false;
    return e;
  }
  const int position = token_at(e, s.value);
  return with_token_padding(std::move(e), position, true);
}

/// Settings of one matrix or one token: "gain w_q = 0.5", "seed 0.1:w_k = 7", "token 2 = mouse".
Experiment with_named(Experiment e, const Setting& s, std::string_view what, std::string_view of) {
  if (what == "token") {
    if (s.value.empty() || s.value.size() > kMaxTokenBytes) s.must_be("a word of at most 256 bytes");
    const int position = token_at(e, of);
    return with_token(std::move(e), position, s.value);
  }
  const PlaceName place = parse_stage(of);
  if (what == "gain" && !takes_gain(place.stage)) throw Error("a gain is of w_q, w_k, w_v or w_o, not of " + in_quotes(of));
  resolve(place, e, shape_in(e, place.stage, place.layer, place.head));
  if (what == "gain") return with_gain(std::move(e), place.stage, place.layer, place.head, s.number());
  return with_random(std::move(e), place.stage, place.layer, place.head, s.seed());
}

Experiment with_plain(Experiment e, const Setting& s) {
  const std::string_view name = s.name;
  if (name == "temperature" || name == "softcap") {
    const float number = s.number();
    if (number < 0 || (number == 0 && name == "temperature")) s.must_be("a number above 0");
    (name == "temperature" ? e.temperature : e.softcap) = number;
    return e;
  }
  if (name == "d_k") return with_d_k(std::move(e), s.integer(1, kMaxWidth));
  if (name == "d_v") return with_d_v(std::move(e), s.integer(1, kMaxWidth));
  if (name == "d_model") return with_d_model(std::move(e), s.integer(1, kMaxWidth));
  if (name == "heads") {
    const int heads = s.integer(1, kMaxHeads);
    for (int layer = 0; layer < std::ssize(e.layers); ++layer) e = with_heads(std::move(e), layer, heads);
    return e;
  }
  if (name == "layers") return with_layers(std::move(e), s.integer(1, kMaxLayers));
  if (name == "window") {
    e.window = s.integer(1, kMaxTokens);
    return e;
  }
  if (name == "mask") {
    e.mask = s.value == "sliding_window" ? attention::MaskKind::sliding_window
                                         : static_cast<attention::MaskKind>(s.choice({"none", "causal", "window"}));
    return e;
  }
  if (name == "positions") {
    e.positions = s.value == "rope" ? attention::Positions::rope
                                    : static_cast<attention::Positions>(s.choice({"none", "sinusoidal", "rotary", "alibi"}));
    return e;
  }
  if (name == "scale") {
    e.scale = s.on();
    return e;
  }
  if (name == "biases") return with_biases(std::move(e), s.on());
  if (name == "score_bias") return with_score_bias(std::move(e), s.on());
  if (name == "sentence") return with_sentence(std::move(e), s.value);
  if (name == "seed") return randomised(std::move(e), s.seed(), true);
  if (name == "swap") return with_swap(std::move(e), s);
  if (name == "padding") return with_padding(std::move(e), s);
  Stage stage{};
  const auto colon = name.find(':');
  if (colon != name.npos || attention::stage_from_name(name, stage)) return with_cells(std::move(e), s);
  throw Error("there is no setting " + in_quotes(name) +
              "; there are temperature, d_k, d_v, d_model, heads, layers, mask, window, positions, scale, softcap, biases, score_bias, "
              "sentence, seed, swap, padding, gain MATRIX, token NUMBER and cells such as k[0,1]");
}

}  // namespace

Experiment with_setting(const Experiment& experiment, std::string_view setting) {
  if (setting.size() > kMaxBytes) throw Error("a setting is at most 4096 bytes long, and this one has " + std::to_string(setting.size()));
  // A quoted name of a column may hold the sign.
  const auto bracket = setting.find('['), close = setting.find(']');
  const bool has_place = bracket < setting.find('=') && close != setting.npos;
  const auto sign = setting.find('=', has_place ? close : 0);
  if (sign == setting.npos) throw Error("the setting " + in_quotes(setting) + " must be a name, = and a value, such as mask = causal");
  const Setting s{trimmed(setting.substr(0, sign)), trimmed(setting.substr(sign + 1))};
  if (has_place) return s.name.starts_with("mask[") ? with_mask_cells(experiment, s) : with_cells(experiment, s);
  const auto [what, of] = two_words(s.name);
  if (!of.empty() && (what == "gain" || what == "seed" || what == "token")) return with_named(experiment, s, what, of);
  return with_plain(experiment, s);
}

}  // namespace qkv::experiment
