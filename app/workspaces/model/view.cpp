#include "app/workspaces/model/view.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "app/figures/token_label.h"
#include "core/analysis/words.h"

namespace qkv::workspaces {
namespace {

std::shared_ptr<const Matrix> pattern_of(const model::Capture& capture, HeadId head) {
  return std::make_shared<const Matrix>(
      model::pattern_tile(capture, head.layer, head.head, {0, 0, capture.n_queries(), capture.n_keys()}));
}

std::vector<std::string> visible(std::vector<std::string> texts) {
  for (std::string& text : texts) text = figures::visible_token(text);
  return texts;
}

/// The tokens with the spaces between them, also those a vocabulary leaves out.
std::vector<std::string> as_read(const documents::TokenLine& line) {
  std::vector<std::string> texts = line.readable;
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (line.apart[i] && !texts[i].starts_with(' ')) texts[i].insert(0, 1, ' ');
  return texts;
}

/// Pooled by maximum, `pool` tokens each way.
std::shared_ptr<const Matrix> pooled(const Matrix& m, int pool) {
  auto out = std::make_shared<Matrix>((m.rows() + pool - 1) / pool, (m.cols() + pool - 1) / pool);
  for (Eigen::Index i = 0; i < out->rows(); ++i)
    for (Eigen::Index j = 0; j < out->cols(); ++j)
      (*out)(i, j) = m.block(i * pool, j * pool, std::min<Eigen::Index>(pool, m.rows() - i * pool),
                             std::min<Eigen::Index>(pool, m.cols() - j * pool))
                         .maxCoeff();
  return out;
}

float largest_weight(const Matrix& w, int first_column) {
  float largest = 0;
  for (Eigen::Index i = 0; i < w.rows(); ++i)
    for (Eigen::Index j = first_column; j < w.cols(); ++j)
      if (std::isfinite(w(i, j))) largest = std::max(largest, std::abs(w(i, j)));
  return largest;
}

/// Special words stay special; a word of several tokens is none.
std::vector<bool> special_words(const std::vector<bool>& special, const std::vector<int>& words) {
  std::vector<bool> out(words.empty() ? 0 : static_cast<std::size_t>(words.back()) + 1);
  for (std::size_t i = 0; i < words.size(); ++i)
    if (special[i]) out[static_cast<std::size_t>(words[i])] = true;
  return out;
}

/// The last row named like the sample's query; −1: none.
int place_of(const std::vector<std::string>& queries, const documents::ModelRun& run) {
  if (!run.sample || run.sample->query.empty()) return -1;
  const auto found = std::find(queries.rbegin(), queries.rend(), run.sample->query);
  return static_cast<int>(queries.rend() - found) - 1;
}

std::shared_ptr<const HeadPicture> make_picture(const documents::ModelRun& run, HeadId head, bool words) {
  auto made = std::make_shared<HeadPicture>();
  made->queries = visible(run.tokens.readable);
  made->keys = visible(run.keys.readable);
  made->text = as_read(run.keys);
  made->self = run.tokens.spelled == run.keys.spelled;
  made->special_queries = run.tokens.special;
  made->special_keys = run.keys.special;
  made->first_query = place_of(made->queries, run);
  const model::Scoring& scoring = run.capture->layers[static_cast<std::size_t>(head.layer)].scoring;
  if (!words) made->mask = {scoring.causal, scoring.window};  // between words the corners blur
  if (!model::has_pattern(*run.capture, head.layer)) return made;
  made->weights = pattern_of(*run.capture, head);
  made->intact = run.intact == run.capture ? made->weights : pattern_of(*run.intact, head);
  made->untouched = made->intact != made->weights && *made->intact == *made->weights;
  if (made->untouched) made->intact = made->weights;
  if (!words) return made;
  const auto queries = analysis::words_of(run.tokens.spelled, run.tokens.special);
  const auto keys = analysis::words_of(run.keys.spelled, run.keys.special);
  const auto joined = [&](const std::shared_ptr<const Matrix>& m) {
    return std::make_shared<const Matrix>(analysis::pattern_of_words(*m, queries, keys));
  };
  const auto intact = made->intact == made->weights ? nullptr : joined(made->intact);
  made->weights = joined(made->weights);
  made->intact = intact ? intact : made->weights;
  made->queries = visible(analysis::word_texts(run.tokens.readable, queries));
  made->keys = visible(analysis::word_texts(run.keys.readable, keys));
  made->text = analysis::word_texts(as_read(run.keys), keys);
  made->special_queries = special_words(run.tokens.special, queries);
  made->first_query = place_of(made->queries, run);
  made->special_keys = special_words(run.keys.special, keys);
  return made;
}

}  // namespace

const HeadPicture& ModelView::head_picture(const std::shared_ptr<const documents::ModelRun>& run) {
  const HeadId wanted{layer, head};
  if (!picture_ || of_run_ != run || of_head_ != wanted || of_words_ != words) {
    picture_ = make_picture(*run, wanted, words);
    of_run_ = run;
    of_head_ = wanted;
    of_words_ = words;
    for (Content& kept : contents_) kept.of = nullptr;  // its address may come again
    chips_.of = flow_.of = gutters_of_ = nullptr;
  }
  return *picture_;
}

const MapContent& ModelView::map_content(const HeadPicture& of, Side of_side, int pool) {
  const bool changed = of.intact != of.weights;
  if (of_side == Side::both || !changed) of_side = Side::after;
  Content& kept = contents_[static_cast<std::size_t>(of_side)];
  MapContent& made = kept.content;
  if (kept.of == &of && kept.scale == scale && kept.exclude_first == exclude_first && kept.pool == pool)
    return made;
  kept = {&of, scale, exclude_first, pool, {}};
  if (!of.weights) return made;
  made.weights = of_side == Side::after    ? of.weights
                 : of_side == Side::before ? of.intact
                                           : std::make_shared<const Matrix>(*of.weights - *of.intact);
  const Matrix& w = *made.weights;
  const int rows = static_cast<int>(w.rows()), columns = static_cast<int>(w.cols()),
            from = exclude_first && columns > 1 ? 1 : 0;
  const bool differences = of_side == Side::difference;
  float largest = largest_weight(w, from);
  if (changed && !differences)
    largest = std::max(largest_weight(*of.weights, from), largest_weight(*of.intact, from));
  made.scale = differences ? figures::change_scale(largest) : figures::weight_scale(scale, largest);
  for (int i = 0; i < rows; ++i) made.first_mass.push_back(w(i, 0));
  made.values = pool > 1 ? pooled(w, pool) : made.weights;
  if (scale == figures::Scale::row_rank && !differences) {
    const auto counts = [&](int q, int k) { return k >= from && of.mask.allows(q, k); };
    const Matrix places = figures::rank_places(w, counts);
    made.places = pool > 1 ? pooled(places, pool) : std::make_shared<const Matrix>(places);
  }
  made.small = pooled(made.places && pool == 1 ? *made.places : w,
                      std::max({1, (rows + 62) / 63, (columns + 62) / 63}));
  return made;
}

const figures::MapGutters& ModelView::gutters(drawing::TextEngine& engine, const HeadPicture& of) {
  if (gutters_of_ != &of) gutters_ = figures::map_gutters(engine, of.queries, of.keys);
  gutters_of_ = &of;
  return gutters_;
}

const figures::TokenTextLayout& ModelView::text_layout(drawing::TextEngine& engine, const HeadPicture& of,
                                                       float width, figures::TokenStyle style) {
  PlacedText& kept = style == figures::TokenStyle::chips ? chips_ : flow_;
  if (kept.of != &of || kept.width != width)
    kept = {&of, width, figures::token_text_layout(engine, of.text, width, style)};
  return kept.layout;
}

std::span<const figures::HeadThumbnail> ModelView::thumbnails(const documents::ModelSession& session) {
  const auto run = session.run();
  const auto overview = session.overview();
  const auto layers = run->capture->layers.size(), heads = static_cast<std::size_t>(run->capture->heads);
  if (thumbnails_.size() != layers * heads) thumbnails_.assign(layers * heads, {});
  for (std::size_t l = 0; l < layers; ++l)
    for (std::size_t h = 0; h < heads; ++h) {
      figures::HeadThumbnail& one = thumbnails_[l * heads + h];
      const bool there = overview && l < overview->thumbnails.size() && h < overview->thumbnails[l].size() &&
                         overview->thumbnails[l][h];
      if (!there)
        one.picture = nullptr;
      else if (overview != thumbnails_of_)
        one.picture = figures::thumbnail_picture(*overview->thumbnails[l][h]);
      const bool measured = overview && l < overview->metrics.size() && h < overview->metrics[l].size();
      one.metric = measured ? analysis::value_of(overview->metrics[l][h], metric)
                            : std::numeric_limits<float>::quiet_NaN();
      one.ablated = session.is_ablated({static_cast<int>(l), static_cast<int>(h)});
    }
  thumbnails_of_ = overview;
  return thumbnails_;
}

namespace {

/// The number behind `prefix` in the id of the region the pointer is on.
std::optional<int> index_in(std::string_view hot, std::string_view prefix) {
  if (!hot.starts_with(prefix)) return std::nullopt;
  hot.remove_prefix(prefix.size());
  int index = 0;
  const auto [end, fault] = std::from_chars(hot.data(), hot.data() + hot.size(), index);
  return fault == std::errc() && end == hot.data() + hot.size() ? std::optional(index) : std::nullopt;
}

}  // namespace

void lead_by_pointer(ModelView& view, const std::string& hot, drawing::Point pointer) {
  view.hovered_query = view.hovered_key = std::nullopt;
  if (hot.starts_with("map-intact")) pointer.x += view.intact_shift;
  if (hot == "map" || hot == "map-intact") {
    if (const auto cell = figures::cell_at(view.map_layout, pointer)) {
      view.hovered_query = cell->query;
      view.hovered_key = cell->key;
    }
    return;
  }
  if (hot == "map/queries" || hot == "map-intact/queries")
    view.hovered_query = figures::query_at(view.map_layout, pointer);
  if (hot == "map/keys" || hot == "map-intact/keys")
    view.hovered_key = figures::key_at(view.map_layout, pointer);
  for (const char* prefix : {"query/", "token/"})
    if (const auto i = index_in(hot, prefix)) view.hovered_query = i;
  for (const char* prefix : {"key/", "top-key/"})
    if (const auto i = index_in(hot, prefix)) view.hovered_key = i;
}

void zoom_map(ModelView& view, float factor) {
  view.map = figures::zoom_about(view.map_layout, view.map_layout.viewport.center(), factor);
}

int leading_query(const ModelView& view, const HeadPicture& picture) {
  const int n = static_cast<int>(picture.queries.size());
  if (!view.held && view.hovered_query) return std::clamp(*view.hovered_query, 0, n - 1);
  if (view.query >= 0 && view.query < n) return view.query;
  if (picture.first_query >= 0) return picture.first_query;
  int last = n - 1;  // a special token at the end says little
  while (last > 0 && picture.special_queries[static_cast<std::size_t>(last)]) --last;
  return last;
}

int leading_key(const ModelView& view, const HeadPicture& picture) {
  const int n = static_cast<int>(picture.keys.size());
  if (!view.held && view.hovered_key) return std::clamp(*view.hovered_key, 0, n - 1);
  const bool elsewhere = !view.held && view.hovered_query;  // another row than the chosen one
  if (view.key && !elsewhere) return std::clamp(*view.key, 0, n - 1);
  if (!picture.weights) return 0;
  const auto row = picture.weights->row(leading_query(view, picture));
  int best = -1;
  for (int j = view.exclude_first && n > 1 ? 1 : 0; j < n; ++j)
    if (!std::isnan(row(j)) && (best < 0 || row(j) > row(best))) best = j;
  return std::max(best, 0);
}

void keep_inside(ModelView& view, const documents::ModelRun& run) {
  view.layer = std::clamp(view.layer, 0, static_cast<int>(run.capture->layers.size()) - 1);
  view.head = std::clamp(view.head, 0, run.capture->heads - 1);
}

/// What comes later is hidden: only there can what followed last time tell what follows now.
bool is_causal(const documents::ModelRun& run) {
  return run.capture->layers.empty() || run.capture->layers.front().scoring.causal;
}

void choose_first_head(ModelView& view, const documents::ModelRun& run, const documents::Overview* of) {
  if (run.sample && run.sample->head) {
    view.head_chosen = true;
    view.layer = run.sample->head->layer;
    view.head = run.sample->head->head;
    return keep_inside(view, run);
  }
  if (!of || of->metrics.empty()) return;
  view.head_chosen = true;
  const documents::Overview& overview = *of;
  for (const auto metric : {analysis::Metric::induction, analysis::Metric::previous_token}) {
    if (metric == analysis::Metric::induction && !is_causal(run)) continue;
    float most = -1;
    for (std::size_t l = 0; l < overview.metrics.size(); ++l)
      for (std::size_t h = 0; h < overview.metrics[l].size(); ++h) {
        const float value = analysis::value_of(overview.metrics[l][h], metric);
        if (!(value > most)) continue;
        most = value;
        view.layer = static_cast<int>(l);
        view.head = static_cast<int>(h);
      }
    view.metric = metric;
    if (most >= 0) return;
  }
}

void begin_anew(ModelView& view, const documents::ModelRun& run) {
  if (view.sample == run.sample) return;
  view.metric = is_causal(run) ? analysis::Metric::induction : analysis::Metric::entropy;
  const bool first = !view.sample;  // what was asked for before anything was open stays
  view.sample = run.sample;
  if (first || !run.sample || run.state.text != run.sample->text) return;
  view.head_chosen = view.held = false;
  view.query = -1;
  view.key.reset();
  view.map = {};
}

}  // namespace qkv::workspaces
