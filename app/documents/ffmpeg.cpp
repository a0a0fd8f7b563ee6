#include "app/documents/ffmpeg.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <locale>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

extern char** environ;

namespace qkv::documents {
namespace {

namespace fs = std::filesystem;

fs::path find_ffmpeg() {
  const char* path = std::getenv("PATH");
  std::stringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path program = fs::path(folder.empty() ? "." : folder) / "ffmpeg";
    std::error_code error;
    if (fs::is_regular_file(program, error) && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

/// Starts a program with its output in a file and nothing to read; −1 when it cannot be started.
pid_t start(const std::vector<std::string>& words, const fs::path& output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = -1;
  if (::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) != 0) child = -1;
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

/// Its exit status; killed when asked to stop. −1: it was killed.
int wait_for(pid_t child, const std::stop_token& stop) {
  for (bool killed = false;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, killed ? 0 : WNOHANG);
    if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (ended < 0 && errno != EINTR) return -1;
    if (stop.stop_requested() && !killed) {
      ::kill(child, SIGKILL);
      killed = true;
      continue;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::string last_line(const fs::path& file) {
  std::ifstream in(file);
  std::string last;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) last = line;
  return last.substr(0, 200);
}

}  // namespace

bool has_ffmpeg() { return !find_ffmpeg().empty(); }

void make_video(const fs::path& folder, const fs::path& out, double frames_per_second, const std::stop_token& stop) {
  const fs::path program = find_ffmpeg();
  if (program.empty()) throw Error(kNoFfmpeg);
  // It writes beside its target, so that a video that was there stays until the new one is whole. Not in a name that
  // begins with '-', which ffmpeg would take for an option.
  const fs::path made = folder / ("video" + out.extension().string()), said = folder / "ffmpeg.txt";
  // A GIF has 256 colours: its own, so that text stays crisp. Other videos want even sides.
  std::ostringstream rate;
  rate.imbue(std::locale::classic());
  rate << frames_per_second;
  std::vector<std::string> words{program.string(), "-nostdin", "-y", "-loglevel", "error", "-framerate", rate.str(), "-i", (folder / "%04d.png").string(), "-vf"};
  if (out.extension() == ".gif") words.insert(words.end(), {"split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none"});
  else words.insert(words.end(), {"pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"});
  if (frames_per_second < 1 && out.extension() != ".gif") words.insert(words.end(), {"-r", "12"});  // players stumble over slower ones
  words.push_back(made.string());
  const pid_t child = start(words, said);
  if (child < 0) throw Error(program.string() + ": cannot be started; export numbered PNGs instead.");
  const int status = wait_for(child, stop);
  if (stop.stop_requested()) throw Error("The video was cancelled; nothing was written.");
  if (status != 0) throw Error(out.string() + ": ffmpeg could not make the video: " + last_line(said));
  std::error_code error;
  const fs::path beside = out.parent_path() / ("." + out.filename().string() + ".part");
  fs::copy_file(made, beside, fs::copy_options::overwrite_existing, error);
  if (!error) fs::rename(beside, out, error);
  if (error) {
    std::error_code ignored;
    fs::remove(beside, ignored);
    throw Error(out.string() + ": the video cannot be written (" + error.message() + "); choose another folder.");
  }
}

}  // namespace qkv::documents
