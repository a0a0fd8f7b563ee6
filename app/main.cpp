#include "app/cli/cli.h"
#include "core/memory.h"

int main(int argc, char** argv) {
  qkv::keep_freed_memory();
  return qkv::cli::run(argc, argv);
}
