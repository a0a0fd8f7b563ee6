#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/documents/talk.h"
#include "core/attention/attention.h"

// What can be taken along, and how it was last asked for.
namespace qkv::shell {

struct Session;

enum class ExportKind { picture, derivation, matrix, script, capture, sweep, talk };
inline constexpr int kExportKinds = 7;

/// The choices of the export panel; kept while the program runs.
struct ExportState {
  ExportKind kind = ExportKind::picture;
  std::array<int, kExportKinds> format{};  ///< by kind, into formats_of()
  std::string figure;                      ///< of a picture: one figure by its name; empty: the whole window
  int scale = 2;                           ///< device pixels a logical one, of a PNG
  int theme = 0;                           ///< 0 as on screen, 1 light, 2 dark
  bool transparent = false;
  std::string parameter = "d_k";  ///< of a sweep
  double from = 1, to = 64;
  int frames = 60;
  int seconds = 5;  ///< of a step in the video of a talk
  bool ffmpeg = false;  ///< is installed: looked up when the panel opens
};

/// A format by its name and the extension of its file; without one it is for the clipboard only.
struct ExportFormat {
  const char *name, *extension;
  bool is_text;  ///< can be copied
};
const std::vector<ExportFormat>& formats_of(ExportKind kind);
const ExportFormat& format_of(const ExportState& state);

/// What a picture may show: {name of the figure, title}; the first is the whole window.
struct ExportFigure {
  std::string name, title;
};
std::vector<ExportFigure> figures_of(const Session& s);

/// The number that a derivation is of, and whose matrix is exported.
struct ExportSubject {
  std::shared_ptr<const attention::Trace> trace;  ///< null: there is none, `missing` says why
  attention::Cell cell;
  std::vector<std::string> tokens;
  std::string name;  ///< "A[sat, cat]"
  std::string missing;
};
ExportSubject subject_of(Session& s);

/// Why this kind cannot be exported now; empty when it can.
std::string export_trouble(Session& s);
/// The talk that is shown, with the numbers as they were changed, or the one that presenting what is shown begins with. Throws Error.
documents::Talk talk_to_export(Session& s);
/// What is copied, or written as a text (a .npy's bytes): derivation, matrix, script. Throws Error.
std::string export_text(Session& s);
/// "lab.png", "weights.npy": what the file dialog begins with.
std::string export_name(Session& s);

}  // namespace qkv::shell
