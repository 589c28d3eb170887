#pragma once

#include "core/agent/trainer_registry.h"
#include "core/base/file.h"
#include "core/base/result.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

#include <sys/types.h>

namespace retort {

struct SpawnOptions {
  Argv argv;                                       ///< no shell; a bare name is looked up in PATH
  std::filesystem::path folder;                    ///< working directory; empty: as here
  std::map<std::string, std::string> environment;  ///< on top of this process's own
  int output_fd = -1;                              ///< standard output; -1: /dev/null
  int error_fd = -1;                               ///< standard error; -1: /dev/null
  bool is_gated =
      false;  ///< holds before executing until `openGate`; ends by itself when this process dies
  bool is_detached = false;  ///< nobody's child: never a zombie; `pid` is 0
};

/// A child that leads its own session, reads /dev/null, has default signal handling and no
/// inherited descriptors but standard output and error.
struct Spawned {
  pid_t pid = 0;
  FileDescriptor gate;
  FileDescriptor exec_errors;  ///< what `awaitExec` reads
};

/// kProcess with errno's text when no process or pipe can be made.
[[nodiscard]] Result<Spawned> spawn(const SpawnOptions& options);

/// Waits until the program is executed. kProcess "PROGRAM: REASON" when it cannot be, or is not
/// within `timeout`; the child ends by itself then and must still be reaped.
[[nodiscard]] Status openGateAndAwaitExec(Spawned& child,
                                          const std::string& program,
                                          std::chrono::milliseconds timeout);

}  // namespace retort
