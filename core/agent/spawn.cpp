#include "core/agent/spawn.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

constexpr int kNotExecuted = 127;

// What the child reports through the pipe when it cannot execute the program.
struct ExecFailure {
  int error = 0;
  bool is_folder = false;  // the working directory, not the program
};

struct Channel {
  FileDescriptor reading;
  FileDescriptor writing;
};

// A socket pair rather than a pipe: writing to a child that is gone then needs no SIGPIPE to be
// ignored.
Result<Channel> makeChannel() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::kProcess,
                fmt::format("cannot start a process: {}", std::strerror(errno)));
  }
  return Channel{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<std::string> mergedEnvironment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!added.contains(std::string(text.substr(0, text.find('='))))) {
      entries.emplace_back(text);
    }
  }
  for (const auto& [name, value] : added) {
    entries.push_back(name + "=" + value);
  }
  return entries;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Everything that the child needs, made before fork: between fork and exec nothing is allocated.
struct ChildPlan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* folder = nullptr;  // null: stay
  int null_fd = -1;
  int output_fd = -1;
  int error_fd = -1;
  int gate_fd = -1;  // -1: not gated
  int report_fd = -1;
  bool is_detached = false;
};

void resetSignals() {
  for (int signal = 1; signal < NSIG; ++signal) {
    ::signal(signal, SIG_DFL);  // fails harmlessly for SIGKILL, SIGSTOP and the library's own
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void reportAndExit(int report_fd, ExecFailure failure) {
  [[maybe_unused]] const auto sent = ::send(report_fd, &failure, sizeof failure, MSG_NOSIGNAL);
  ::_exit(kNotExecuted);
}

[[noreturn]] void runChild(const ChildPlan& plan) {
  if (plan.is_detached && ::fork() != 0) {
    ::_exit(0);
  }
  ::setsid();
  resetSignals();
  ::dup2(plan.null_fd, STDIN_FILENO);
  ::dup2(plan.output_fd, STDOUT_FILENO);
  ::dup2(plan.error_fd, STDERR_FILENO);
  // Also what this program itself inherited, from a shell for example. An old kernel knows the call
  // not.
  ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  if (plan.gate_fd >= 0) {
    char token = 0;
    ssize_t got = 0;
    do {
      got = ::read(plan.gate_fd, &token, 1);
    } while (got < 0 && errno == EINTR);
    if (got != 1) {
      ::_exit(kNotExecuted);
    }
  }
  if (plan.folder != nullptr && ::chdir(plan.folder) != 0) {
    reportAndExit(plan.report_fd, {errno, true});
  }
  ::execvpe(plan.argv[0], plan.argv.data(), plan.environment.data());
  reportAndExit(plan.report_fd, {errno, false});
}

}  // namespace

Result<Spawned> spawn(const SpawnOptions& options) {
  if (options.argv.empty()) {
    return fail(ErrorCode::kProcess, "no program was named");
  }
  const FileDescriptor null_fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null_fd.isOpen()) {
    return fail(ErrorCode::kProcess,
                fmt::format("cannot open /dev/null: {}", std::strerror(errno)));
  }
  auto gate = makeChannel();
  if (!gate) {
    return failWith(gate.error());
  }
  auto report = makeChannel();
  if (!report) {
    return failWith(report.error());
  }
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = mergedEnvironment(options.environment);
  const std::string folder = options.folder.string();
  ChildPlan plan;
  plan.argv = pointersTo(arguments);
  plan.environment = pointersTo(environment);
  plan.folder = folder.empty() ? nullptr : folder.c_str();
  plan.null_fd = null_fd.get();
  plan.output_fd = options.output_fd >= 0 ? options.output_fd : null_fd.get();
  plan.error_fd = options.error_fd >= 0 ? options.error_fd : null_fd.get();
  plan.gate_fd = options.is_gated ? gate->reading.get() : -1;
  plan.report_fd = report->writing.get();
  plan.is_detached = options.is_detached;

  const pid_t pid = ::fork();
  if (pid < 0) {
    return fail(ErrorCode::kProcess,
                fmt::format("cannot start a process: {}", std::strerror(errno)));
  }
  if (pid == 0) {
    // The child's copy of the gate's writing end would keep it open after this process died.
    gate->writing = FileDescriptor();
    runChild(plan);
  }
  if (options.is_detached) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (!options.is_gated) {
    gate->writing = FileDescriptor();
  }
  return Spawned{
      options.is_detached ? 0 : pid, std::move(gate->writing), std::move(report->reading)};
}

Status openGateAndAwaitExec(Spawned& child,
                            const std::string& program,
                            std::chrono::milliseconds timeout) {
  if (child.gate.isOpen()) {
    // A child that was killed meanwhile shows below: it closed its end without a report.
    [[maybe_unused]] const auto sent = ::send(child.gate.get(), "g", 1, MSG_NOSIGNAL);
    child.gate = FileDescriptor();
  }
  pollfd report{child.exec_errors.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&report, 1, static_cast<int>(timeout.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    return fail(ErrorCode::kProcess, fmt::format("{}: did not begin in time", program));
  }
  ExecFailure failure;
  ssize_t got = 0;
  do {
    got = ::read(child.exec_errors.get(), &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  child.exec_errors = FileDescriptor();
  if (got == static_cast<ssize_t>(sizeof failure)) {
    return fail(ErrorCode::kProcess,
                fmt::format("{}: {}{}",
                            program,
                            failure.is_folder ? "its folder: " : "",
                            std::strerror(failure.error)));
  }
  return {};
}

}  // namespace retort
