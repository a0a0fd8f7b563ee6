#include "core/model/weights.h"

#include <atomic>
#include <cmath>
#include <exception>

#include "core/error.h"
#include "core/files/advice.h"
#include "core/files/wording.h"
#include "core/memory.h"
#include "core/model/available_memory.h"
#include "core/model/weight_plan.h"

namespace qkv::model {
namespace {

using Job = WeightPlan::Job;

/// Rows [first, first + rows) of a slice of a job: little enough to be read while another is converted.
struct Piece {
  std::size_t job = 0;
  std::int64_t from = 0, to = 0, rows = 0;
};

std::vector<Piece> pieces_of(const std::vector<Job>& jobs, std::size_t begin, std::size_t end) {
  constexpr std::int64_t kElements = 1 << 18;
  std::vector<Piece> out;
  for (std::size_t at = begin; at < end; ++at) {
    const std::int64_t step =
        std::max<std::int64_t>(1, kElements / std::max<std::int64_t>(1, jobs[at].columns));
    for (const auto& slice : jobs[at].slices) {
      const std::int64_t rows = jobs[at].transposed ? jobs[at].rows : slice.rows;
      for (std::int64_t row = 0; row < rows; row += step)
        out.push_back({at, slice.from + row, slice.to + row, std::min(step, rows - row)});
    }
  }
  return out;
}

void allocate(const Job& job) {
  if (job.vector && job.vector->size() == 0) job.vector->resize(job.total_rows);
  if (job.matrix && job.matrix->size() == 0) {
    job.matrix->resize(job.total_rows, job.transposed ? job.rows : job.columns);
    expect_large(job.matrix->data(), static_cast<std::size_t>(job.matrix->size()) * sizeof(float));
  }
}

/// Reads one piece; whether all of its numbers are finite.
bool read_piece(const Job& job, const ModelFiles& model, const Piece& piece) {
  const files::SafetensorsFile& file = model.files[job.place.file];
  const std::int64_t first = piece.from * job.columns, count = piece.rows * job.columns;
  if (job.transposed) {
    Matrix buffer(piece.rows, job.columns);
    file.read(*job.place.entry, first, count, buffer.data());
    job.matrix->middleCols(piece.from, piece.rows) = buffer.transpose();
    return buffer.allFinite();
  }
  float* to = job.vector ? job.vector->data() + piece.to : job.matrix->data() + piece.to * job.columns;
  file.read(*job.place.entry, first, count, to);
  Eigen::Map<Eigen::ArrayXf> values(to, count);
  if (job.plus_one) values += 1.f;
  return values.allFinite();
}

/// Reads the pieces on all cores, noting jobs with NaN or infinities.
void read_pieces(const std::vector<Piece>& pieces, const std::vector<Job>& jobs, const ModelFiles& files,
                 std::vector<std::atomic<bool>>& finite) {
  std::exception_ptr failure;
#pragma omp parallel for schedule(dynamic)
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    try {
      if (!read_piece(jobs[pieces[i].job], files, pieces[i])) finite[pieces[i].job] = false;
    } catch (...) {
#pragma omp critical(qkv_read_failure)
      if (!failure) failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

/// " (head 3)" where the damaged numbers of a projection lie, or nothing.
std::string head_text(const Job& job, const Config& config, const LayerWeights& layer) {
  const std::int64_t q = config.q_width(), kv = config.kv_width(), d = config.head_dim;
  const bool out = job.matrix == &layer.o.w;
  const bool in = job.matrix == &layer.qkv.w || job.vector == &layer.qkv.b;
  if (!in && !out) return "";
  for (const auto& slice : job.slices)
    for (std::int64_t i = 0; i < (out ? q : slice.rows); ++i) {
      const std::int64_t row = out ? i : slice.to + i;
      const bool finite = job.vector ? std::isfinite((*job.vector)[row])
                          : out      ? job.matrix->col(row).allFinite()
                                     : job.matrix->row(row).allFinite();
      if (finite) continue;
      if (out || row < q) return ", head " + std::to_string(row / d);
      return ", key-value head " + std::to_string((row - q) % kv / d);
    }
  return "";
}

std::string warning_of(const std::vector<Job>& jobs, const std::vector<std::atomic<bool>>& finite,
                       const Config& config, const Weights& weights) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (finite[i]) continue;
    std::string text = "The weights hold NaN or infinite numbers, first in ";
    if (jobs[i].layer >= 0)
      text += "layer " + std::to_string(jobs[i].layer) +
              head_text(jobs[i], config, weights.layers[static_cast<std::size_t>(jobs[i].layer)]) + ", ";
    return text + "tensor " + files::in_quotes(jobs[i].name) + ".";
  }
  return "";
}

}  // namespace

Weights read_weights(const Config& config, const ModelFiles& files, const std::string& where,
                     std::uint64_t available_bytes, WeightsReport& report,
                     const std::function<void(double, const std::string&)>& progress, std::stop_token stop) {
  Weights weights;
  const WeightPlan plan = files::advised("download config.json and the weights again, both of the same model",
                                         [&] { return WeightPlan(config, files, where, weights); });
  report.parameters = plan.parameters();
  report.unused = plan.unused();
  const auto needed = static_cast<std::uint64_t>(report.parameters) * sizeof(float);
  if (needed > available_bytes)
    throw Error(where + ": needs " + bytes_text(needed) + " of memory as float32, but only " +
                bytes_text(available_bytes) + " are available; close other programs or open a smaller model");

  const std::vector<Job>& jobs = plan.jobs();
  std::vector<std::atomic<bool>> finite(jobs.size());
  for (auto& each : finite) each = true;
  for (std::size_t begin = 0; begin < jobs.size();) {
    std::size_t end = begin;
    while (end < jobs.size() && jobs[end].layer == jobs[begin].layer) allocate(jobs[end++]);
    if (stop.stop_requested()) throw Error(where + ": reading was cancelled");
    if (progress) {
      const int layer = jobs[begin].layer;
      progress(static_cast<double>(begin) / static_cast<double>(jobs.size()),
               layer < 0
                   ? "reading"
                   : "reading layer " + std::to_string(layer + 1) + " of " + std::to_string(config.layers));
    }
    read_pieces(pieces_of(jobs, begin, end), jobs, files, finite);
    begin = end;
  }
  report.warning = warning_of(jobs, finite, config, weights);
  return weights;
}

}  // namespace qkv::model
