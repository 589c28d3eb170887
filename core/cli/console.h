#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <string_view>

namespace retort::cli {

/// What standard output is. Colours and live views only on a terminal; NO_COLOR and TERM=dumb are
/// honoured.
struct TerminalTraits {
  bool is_terminal = false;
  bool has_color = false;
  std::size_t columns = 80;
  std::size_t rows = 24;

  bool operator==(const TerminalTraits&) const = default;
};

/// Looks at standard output and the environment (COLUMNS and LINES win over what the terminal
/// says).
[[nodiscard]] TerminalTraits detectTerminal();

/// Writes to standard output; failures are remembered for `finishOutput`.
void print(std::string_view text);

/// Writes to standard error, after what was printed so far.
void printError(std::string_view text);

/// Flushes. kIo when anything that was printed could not be written (disk full).
[[nodiscard]] Status finishOutput();

}  // namespace retort::cli
