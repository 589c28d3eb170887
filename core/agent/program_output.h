#pragma once

#include "core/agent/trainer_registry.h"
#include "core/base/result.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace retort {

struct ProgramOutput {
  std::optional<int> exit_code;
  std::optional<int> signal;  ///< when there is no exit code
  std::string output;         ///< standard output
  std::string errors;         ///< standard error, its last 64 KiB

  /// The last line of `errors` that is not blank, at most 500 bytes.
  [[nodiscard]] std::string lastErrorLine() const;
};

/// Runs a short program (no shell, standard input empty) and collects what it prints. When it takes
/// longer than `timeout` or prints more than `max_bytes`, its whole group is killed and the result
/// is kProcess; so it is when the program cannot be executed. A program that fails is no error
/// here. `end_signals_fd` (of EndSignals, or -1): as soon as it is readable, the group gets
/// SIGTERM, is killed a second later, and the result is kCanceled.
[[nodiscard]] Result<ProgramOutput> runProgram(const Argv& argv,
                                               std::chrono::milliseconds timeout,
                                               std::size_t max_bytes,
                                               int end_signals_fd = -1);

/// The last line of a text that is not blank, cut to `limit` bytes.
[[nodiscard]] std::string lastLine(std::string_view text, std::size_t limit);

}  // namespace retort
