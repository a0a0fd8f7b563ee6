#include "app/cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <new>

#include "app/cli/commands.h"
#include "app/cli/values.h"
#include "app/documents/talk.h"
#include "app/shell/export_sweep.h"

namespace qkv::cli {
namespace {

constexpr int kDone = 0, kInputAtFault = 1, kWrongUsage = 2;
constexpr std::size_t kLongestSentence = 500;

/// One line of at most 500 characters.
void say(std::string sentence) {
  std::ranges::replace(sentence, '\n', ' ');
  if (sentence.size() > kLongestSentence) {
    std::size_t end = kLongestSentence - 3;
    while (end > 0 && (static_cast<unsigned char>(sentence[end]) & 0xC0) == 0x80)
      --end;  // not within a character
    sentence = sentence.substr(0, end) + "…";
  }
  std::cerr << sentence << std::endl;
}

/// An option whose text is understood by `parse` when the line is read.
template <class Parse>
CLI::Option* add_parsed(CLI::App& app, const std::string& name, Parse parse, const std::string& what) {
  return app.add_option_function<std::string>(
      name, [parse](const std::string& text) { parse(text); }, what);
}

void declare_open(CLI::App& app, OpenOptions& o) {
  app.add_option("PATH", o.paths,
                 "An experiment (.json), a file of matrices (.npz, .npy, .csv, .safetensors), a model folder, a capture file or a talk (.md)");
  app.add_option("--without-display", o.without_display,
                 "Where no window can be opened, write this picture (.png) instead")
      ->type_name("FILE");
}

void declare_render(CLI::App& app, RenderOptions& o) {
  shell::RenderRequest& r = o.request;
  app.add_option("PATH", r.input, "An experiment, a file of matrices, a model folder, a capture or a talk; none: what the workspace begins with");
  app.add_option("--out", r.out,
                 "The picture: .png is the workspace as it is on screen, .svg and .pdf its figures")
      ->required()
      ->type_name("FILE");
  app.add_option("--workspace", o.workspace, "lab, model, learn or present")
      ->check(CLI::IsMember({"lab", "model", "learn", "present"}))
      ->type_name("NAME");
  add_parsed(
      app, "--size", [&r](const std::string& text) { std::tie(r.width, r.height) = parse_size(text); },
      "Size in pixels before --scale; 1440x900 without")
      ->type_name("WxH");
  add_parsed(
      app, "--scale", [&r](const std::string& text) { r.scale = parse_scale(text); },
      "Pixels of the picture for each pixel of --size, 0.25 to 8")
      ->type_name("S");
  app.add_option_function<std::string>(
         "--theme", [&r](const std::string& name) { r.dark = name == "dark"; }, "light or dark")
      ->check(CLI::IsMember({"light", "dark"}))
      ->type_name("NAME");
  app.add_option_function<std::string>(
         "--background", [&r](const std::string& name) { r.transparent = name == "none"; },
         "none: a transparent picture; theme: the theme's ground")
      ->check(CLI::IsMember({"none", "theme"}))
      ->type_name("NAME");
  app.add_option("--text", r.text, "A sentence, as if typed")->type_name("T");
  add_parsed(
      app, "--head", [&r](const std::string& text) {
        std::tie(r.layer, r.head) = parse_head(text);
        r.head_given = true;
      },
      "The head shown in full, by layer and head from 0")
      ->type_name("L.H");
  add_parsed(
      app, "--sweep", [&o](const std::string& text) { o.sweep = parse_sweep(text); },
      "An animation of d_k, d_v, d_model, window, temperature, softcap or a number; --out is frames/%04d.png, or .mp4, "
      ".webm, .gif (with ffmpeg)")
      ->type_name("NAME=FROM..TO");
  app.add_option("--frames", o.frames, "How many, where the parameter is not a whole number; 60 without")
      ->check(CLI::Range(1, experiment::kMaxSweepFrames))
      ->type_name("N");
  app.add_option("--fps", o.frames_per_second, "Frames a second of a video; 12 without")->check(CLI::Range(1, 60))->type_name("N");
  app.add_option("--lesson", o.lesson, "A lesson by its number")->type_name("N");
  app.add_option("--step", o.step, "A step of the lesson or talk, from 1; of a talk without it every step: a page each of a .pdf, a file each where --out has a number, such as frames/%02d.png, or a video (.mp4, .webm, .gif; with ffmpeg)")->type_name("S");
  app.add_option("--seconds", o.seconds, "How long a step stands in the video of a talk; 5 without")->check(CLI::Range(1, 60))->type_name("N");
  add_parsed(
      app, "--select", [&r](const std::string& text) { r.select = parse_select(text); },
      "The selected cell, such as weights[2,1]")
      ->type_name("STAGE[row,column]");
  app.add_option("--figure", r.figure,
                 "One figure only: pipeline, formula, drawer, a stage such as weights; of a model map, lines, text, heads or drawer")
      ->type_name("NAME");
}

/// What a model reads, in one way or the other.
template <typename Options>
void add_text_or_ids(CLI::App& app, Options& o, const char* what) {
  auto* text = app.add_option("--text", o.text, what)->type_name("T");
  add_parsed(
      app, "--ids", [&o](const std::string& list) { o.ids = parse_ids(list); },
      "The token ids, for a model folder")
      ->type_name("1,2,3")
      ->excludes(text);
}

void declare_trace(CLI::App& app, TraceOptions& o) {
  app.add_option("PATH", o.path, "A model folder, an experiment, or a file of matrices (X, W_Q, W_K, W_V, …)")
      ->required();
  app.add_option("--out", o.out, "The capture file to write")->required()->type_name("F.safetensors");
  add_text_or_ids(app, o, "The text, for a model folder");
  add_parsed(
      app, "--parts", [&o](const std::string& list) { o.parts = parse_parts(list); },
      "Of pattern, scores, q, k, v, z, hidden, logits; every one without")
      ->type_name("LIST");
}

void declare_export(CLI::App& app, ExportOptions& o) {
  app.add_option("PATH", o.path, "An experiment, a file of matrices, a model folder or a capture file")->required();
  app.add_option("--as", o.kind,
                 "numpy or pytorch: a script that computes every stage of an experiment; latex or markdown: how the "
                 "selected number was made; npy or csv: the matrix it is in")
      ->required()
      ->check(CLI::IsMember({"numpy", "pytorch", "latex", "markdown", "npy", "csv"}))
      ->type_name("KIND");
  app.add_option("--out", o.out, "The file to write")->required()->type_name("FILE");
  add_parsed(
      app, "--select", [&o](const std::string& text) { o.select = parse_select(text); },
      "The number, such as weights[2,1]")
      ->type_name("STAGE[row,column]");
  add_parsed(
      app, "--head", [&o](const std::string& text) { o.head = parse_head(text); },
      "Its head, by layer and head from 0; 0.0 without")
      ->type_name("L.H");
  add_text_or_ids(app, o, "What a model reads, or a sentence for an experiment");
}

void declare_heads(CLI::App& app, HeadsOptions& o) {
  app.add_option("PATH", o.path, "A model folder, a capture file or an experiment")->required();
  add_text_or_ids(app, o, "The text, for a model folder");
  app.add_flag("--json", o.json, "As one JSON object instead of a table");
}

void declare_tokenize(CLI::App& app, TokenizeOptions& o) {
  app.add_option("MODEL", o.model, "A model folder, or its tokenizer.json")->required();
  app.add_flag("!--no-special-tokens", o.special_tokens, "Without the tokens a model puts around every text");
}

void declare_lessons(CLI::App& app, LessonsOptions& o) {
  app.add_option("FOLDER", o.folder, "A folder of lessons; without it those of the program and your own");
  app.add_flag("--json", o.json, "As one JSON list instead of a table");
}

int guarded(const std::function<void()>& command) {
  try {
    command();
    return kDone;
  } catch (const std::bad_alloc&) {
    say("There is not enough memory for this; close other programs or choose a smaller input.");
  } catch (const std::exception& error) {
    say(error.what());
  }
  return kInputAtFault;
}

}  // namespace

int run(int argc, const char* const* argv) {
  CLI::App app("Makes transformer attention visible: every number on the way from a sentence to its output.",
               "qkvlab");
  app.set_version_flag("--version", "qkvlab " QKV_VERSION);
  OpenOptions open_options;
  RenderOptions render_options;
  TraceOptions trace_options;
  TokenizeOptions tokenize_options;
  HeadsOptions heads_options;
  ExportOptions export_options;
  declare_open(app, open_options);
  auto* render_command =
      app.add_subcommand("render", "Writes a picture of a workspace or a figure; needs no display");
  auto* trace_command =
      app.add_subcommand("trace", "Computes and writes every step as a capture file (safetensors)");
  declare_render(*render_command, render_options);
  auto* tokenize_command = app.add_subcommand(
      "tokenize", "Reads JSON Lines of strings, writes JSON Lines of ids, tokens and offsets in characters");
  declare_trace(*trace_command, trace_options);
  declare_tokenize(*tokenize_command, tokenize_options);
  auto* heads_command = app.add_subcommand(
      "heads",
      "Writes what kind of head each is, in numbers: entropy, attention sink, previous token, induction");
  declare_heads(*heads_command, heads_options);
  auto* export_command = app.add_subcommand(
      "export", "Writes a script of an experiment, the derivation of one number, or a matrix");
  declare_export(*export_command, export_options);
  auto* lessons_command = app.add_subcommand("lessons", "Lists the lessons and checks them: what each says must be true of its experiments");
  LessonsOptions lessons_options;
  declare_lessons(*lessons_command, lessons_options);
  app.require_subcommand(0, 1);

  try {
    app.parse(argc, argv);
    if (*render_command && render_options.sweep) {
      const auto& out = render_options.request.out;
      if (!shell::is_frame_pattern(out) && !shell::is_video(out))
        throw CLI::ValidationError("--out", "of a sweep is numbered pictures such as frames/%04d.png, or a video (.mp4, .webm, .gif)");
    } else if (*render_command) {
      const bool of_talk = render_options.workspace == "present" || documents::is_talk_file(render_options.request.input);
      if (!of_talk || render_options.step) check_extension("--out", render_options.request.out, {".png", ".svg", ".pdf"});
      else check_extension("--out", render_options.request.out, {".png", ".svg", ".pdf", ".mp4", ".webm", ".gif"});
    }
    if (*trace_command) check_extension("--out", trace_options.out, {".safetensors"});
    if (*export_command && !export_options.select && export_options.kind != "numpy" && export_options.kind != "pytorch")
      throw CLI::ValidationError("--select", "--as " + export_options.kind + " needs the number it is about, such as --select 'weights[2,1]'");
    if (!open_options.without_display.empty()) {
      check_extension("--without-display", open_options.without_display, {".png"});
    }
  } catch (const CLI::Success& done) {  // --help, --version
    app.exit(done);
    return std::cout.flush() ? kDone : kInputAtFault;
  } catch (const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const std::string help = "; qkvlab " + (chosen.empty() ? std::string() : chosen.front()->get_name() + " ") + "--help lists what there is.";
    std::string what = error.what();
    if (const auto extra = app.remaining(true); dynamic_cast<const CLI::ExtrasError*>(&error) && !extra.empty()) {
      const auto option = std::ranges::find_if(extra, [](const std::string& word) { return word.starts_with("-"); });
      what = option != extra.end() ? "There is no option " + *option : "'" + extra.front() + "' is one word too many";
    }
    say(what + help);
    return kWrongUsage;
  }
  return guarded([&] {
    if (*render_command) {
      render(render_options);
    } else if (*trace_command) {
      trace(trace_options);
    } else if (*tokenize_command) {
      tokenize(tokenize_options);
    } else if (*heads_command) {
      heads(heads_options);
    } else if (*export_command) {
      export_to_file(export_options);
    } else if (*lessons_command) {
      lessons(lessons_options);
    } else {
      open_window(open_options);
    }
  });
}

}  // namespace qkv::cli
