#include <csignal>

#include "app/cli/cli.h"
#include "core/files/atomic_file.h"
#include "core/memory.h"

namespace {

/// Ctrl+C and a kill leave nothing half-written behind.
extern "C" void end(int signal) {
  qkv::files::remove_unfinished();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then an Error of the writer, which leaves nothing behind
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (std::signal(signal, end) == SIG_IGN) std::signal(signal, SIG_IGN);  // as nohup wants it
  qkv::keep_freed_memory();
  return qkv::cli::run(argc, argv);
}
