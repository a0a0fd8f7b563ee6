#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/shell/render.h"
#include "core/experiment/sweep.h"

// What the subcommands do, once their options are understood. Each throws Error when the input is at fault.
namespace qkv::cli {

struct OpenOptions {
  std::vector<std::filesystem::path> paths;
  std::filesystem::path without_display;  ///< the picture to make where no window can be opened; empty: fail
};
void open_window(const OpenOptions& options);

struct RenderOptions {
  shell::RenderRequest request;
  std::string workspace;  ///< empty: by what PATH is
  std::optional<int> lesson, step;
  std::optional<experiment::Sweep> sweep;  ///< an animation instead of one picture
  std::optional<int> frames, frames_per_second;  ///< 60 and 12 without
  std::optional<int> seconds;                    ///< of a step in the video of a talk; 5 without
};
void render(const RenderOptions& options);
/// An animation of a slider.
void render_sweep(const RenderOptions& options, const shell::RenderRequest& picture);

struct TraceOptions {
  std::filesystem::path path, out;
  std::optional<std::string> text;
  std::optional<std::vector<int>> ids;
  std::set<std::string> parts;  ///< empty: every one
};
void trace(const TraceOptions& options);

struct ExportOptions {
  std::filesystem::path path, out;
  std::string kind;  ///< numpy, pytorch, latex, markdown, npy or csv
  std::optional<attention::Cell> select;  ///< always there but for scripts
  std::optional<std::pair<int, int>> head;
  std::optional<std::string> text;
  std::optional<std::vector<int>> ids;
};
/// A script of an experiment, or of one cell: its derivation, or its matrix.
void export_to_file(const ExportOptions& options);

struct HeadsOptions {
  std::filesystem::path path;
  std::optional<std::string> text;
  std::optional<std::vector<int>> ids;
  bool json = false;
};
/// Metrics of every head, on standard output: a table, or one JSON object {"model", "tokens", "heads":
/// [{"layer", "head", "entropy", …}, …]}.
void heads(const HeadsOptions& options);

struct LessonsOptions {
  std::filesystem::path folder;  ///< empty: those of the program and the teacher's own
  bool json = false;
};
/// Lists the lessons and checks all of them: their experiments, places, claims and numbers. Each mistake is a line "FILE:LINE: …"
/// on standard error, and then it throws Error.
void lessons(const LessonsOptions& options);

/// Throws Error when there is nothing at this path.
void check_exists(const std::filesystem::path& path);

struct TokenizeOptions {
  std::filesystem::path model;  ///< a folder or one of its files
  bool special_tokens = true;
};
/// JSON strings from standard input, one a line; each is answered on a line of standard output at once.
void tokenize(const TokenizeOptions& options);

}  // namespace qkv::cli
