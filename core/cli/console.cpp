#include "core/cli/console.h"

#include "core/base/text.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

namespace retort::cli {
namespace {

constexpr std::size_t kLeastColumns = 40;
constexpr std::size_t kLeastRows = 8;
constexpr std::int64_t kMostCells = 1000;

int write_error = 0;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// The size that the user set, or that the terminal reports, or the default.
std::size_t chooseSize(const char* variable, unsigned short reported, std::size_t fallback) {
  if (const auto set = parseInteger(environment(variable)); set && *set > 0 && *set <= kMostCells) {
    return static_cast<std::size_t>(*set);
  }
  return reported > 0 ? reported : fallback;
}

}  // namespace

TerminalTraits detectTerminal() {
  TerminalTraits traits;
  traits.is_terminal = isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb";
  traits.has_color = traits.is_terminal && environment("NO_COLOR").empty();
  winsize size{};
  if (traits.is_terminal) {
    (void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  }
  traits.columns = std::max(chooseSize("COLUMNS", size.ws_col, traits.columns), kLeastColumns);
  traits.rows = std::max(chooseSize("LINES", size.ws_row, traits.rows), kLeastRows);
  return traits;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    write_error = errno;
  }
}

void printError(std::string_view text) {
  (void)std::fflush(stdout);
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
}

Status finishOutput() {
  if (std::fflush(stdout) != 0) {
    write_error = errno;
  }
  if (write_error != 0) {
    return fail(ErrorCode::kIo, std::string("writing the output: ") + std::strerror(write_error));
  }
  return {};
}

}  // namespace retort::cli
