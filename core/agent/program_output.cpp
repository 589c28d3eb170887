#include "core/agent/program_output.h"

#include "core/agent/spawn.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kErrorTail = 64u << 10;
constexpr std::chrono::seconds kGrace{1};

// A child whose group is killed and which is reaped whatever happens.
class ChildGuard {
 public:
  explicit ChildGuard(pid_t pid) : pid_(pid) {}

  ~ChildGuard() {
    if (pid_ > 0) {
      finish();
    }
  }

  ChildGuard(const ChildGuard&) = delete;
  ChildGuard& operator=(const ChildGuard&) = delete;

  /// Kills what still runs and returns the leader's wait status.
  int finish() {
    int status = 0;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }

  void askToEnd() const { ::kill(-pid_, SIGTERM); }

  /// Waits for the leader to end by itself until `deadline`; false: it did not.
  bool awaitEnd(SteadyClock::time_point deadline) const {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0) {
      if (SteadyClock::now() >= deadline) {
        return false;
      }
      ::poll(nullptr, 0, 5);
    }
    return true;
  }

 private:
  pid_t pid_;
};

struct OutputPipe {
  FileDescriptor reading;
  FileDescriptor writing;
};

Result<OutputPipe> makeOutputPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kProcess, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  }
  return OutputPipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// Appends what is there; closes the descriptor at the end of the stream.
void readSome(FileDescriptor& fd, std::string& text) {
  std::array<char, 65536> piece{};
  const ssize_t size = ::read(fd.get(), piece.data(), piece.size());
  if (size > 0) {
    text.append(piece.data(), static_cast<std::size_t>(size));
  } else if (size == 0 || errno != EINTR) {
    fd = FileDescriptor();
  }
}

struct Limits {
  SteadyClock::time_point deadline;
  std::size_t max_bytes = 0;
  int end_signals_fd = -1;
};

Status collectOutput(const std::string& program,
                     FileDescriptor& output,
                     FileDescriptor& errors,
                     const Limits& limits,
                     ProgramOutput& result) {
  while (output.isOpen() || errors.isOpen()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limits.deadline - SteadyClock::now());
    if (left.count() <= 0) {
      return fail(ErrorCode::kProcess, fmt::format("{} did not end in time", program));
    }
    std::array<pollfd, 3> entries{
        {{output.get(), POLLIN, 0}, {errors.get(), POLLIN, 0}, {limits.end_signals_fd, POLLIN, 0}}};
    if (::poll(entries.data(), entries.size(), static_cast<int>(left.count())) <= 0) {
      continue;
    }
    if (entries[2].revents != 0) {
      return fail(ErrorCode::kCanceled, fmt::format("{} was told to end", program));
    }
    if (entries[0].revents != 0) {
      readSome(output, result.output);
    }
    if (entries[1].revents != 0) {
      readSome(errors, result.errors);
    }
    if (result.output.size() > limits.max_bytes) {
      return fail(ErrorCode::kProcess,
                  fmt::format("{} printed more than {} bytes", program, limits.max_bytes));
    }
    if (result.errors.size() > kErrorTail) {
      result.errors.erase(0, result.errors.size() - kErrorTail);
    }
  }
  return {};
}

}  // namespace

Result<ProgramOutput> runProgram(const Argv& argv,
                                 std::chrono::milliseconds timeout,
                                 std::size_t max_bytes,
                                 int end_signals_fd) {
  auto output = makeOutputPipe();
  auto errors = makeOutputPipe();
  if (!output || !errors) {
    return failWith(output ? errors.error() : output.error());
  }
  const Limits limits{SteadyClock::now() + timeout, max_bytes, end_signals_fd};
  SpawnOptions options;
  options.argv = argv;
  options.output_fd = output->writing.get();
  options.error_fd = errors->writing.get();
  auto child = spawn(options);
  if (!child) {
    return failWith(child.error());
  }
  ChildGuard guard(child->pid);
  output->writing = FileDescriptor();
  errors->writing = FileDescriptor();
  if (const Status status = openGateAndAwaitExec(*child, argv.front(), timeout); !status) {
    return failWith(status.error());
  }
  ProgramOutput result;
  const Status status =
      collectOutput(argv.front(), output->reading, errors->reading, limits, result);
  if (!status) {
    if (status.error().code == ErrorCode::kCanceled) {
      guard.askToEnd();
      (void)guard.awaitEnd(SteadyClock::now() + kGrace);
    }
    return failWith(status.error());
  }
  if (!guard.awaitEnd(limits.deadline)) {
    return fail(ErrorCode::kProcess, fmt::format("{} did not end in time", argv.front()));
  }
  const int ended = guard.finish();
  if (WIFEXITED(ended)) {
    result.exit_code = WEXITSTATUS(ended);
  } else {
    result.signal = WTERMSIG(ended);
  }
  return result;
}

std::string ProgramOutput::lastErrorLine() const {
  return lastLine(errors, 500);
}

std::string lastLine(std::string_view text, std::size_t limit) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t end = text.find_last_not_of(kBlank);
  if (end == std::string_view::npos) {
    return "";
  }
  text = text.substr(0, end + 1);
  const std::size_t newline = text.find_last_of("\r\n");
  if (newline != std::string_view::npos) {
    text = text.substr(newline + 1);
  }
  return std::string(text.substr(0, limit));
}

}  // namespace retort
