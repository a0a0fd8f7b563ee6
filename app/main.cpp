#include <csignal>

#include "app/cli/cli.h"
#include "core/memory.h"

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then an Error of the writer, which leaves nothing behind
  qkv::keep_freed_memory();
  return qkv::cli::run(argc, argv);
}
