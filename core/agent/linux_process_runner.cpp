#include "core/agent/linux_process_runner.h"

#include "core/agent/process_identity.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retort {
namespace {

constexpr std::chrono::milliseconds kExecTimeout{10'000};

sigset_t endSignalSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

FileDescriptor openPidfd(std::int64_t pid) {
  // The system call, because the C library of older systems has no function for it.
  return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
}

bool isReadable(const pollfd& entry) {
  return (entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}

// Kills what is left of a group whose leader has ended. The group's id cannot belong to strangers:
// while any member lives the kernel gives the number to nobody, and a new leader of that number
// would be seen here.
void killRestOfGroup(const ProcessIdentity& leader) {
  const auto now = readProcessStat(leader.pid);
  if (now && now->start_ticks != leader.start_ticks) {
    return;
  }
  ::kill(static_cast<pid_t>(-leader.pid), SIGKILL);
}

}  // namespace

Result<EndSignals> EndSignals::block() {
  const sigset_t set = endSignalSet();
  const int fd = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0 || ::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) {
    return fail(ErrorCode::kProcess, fmt::format("cannot watch signals: {}", std::strerror(errno)));
  }
  return EndSignals(fd);
}

EndSignals::EndSignals(int fd)
    : fd_(fd),
      write_handlers_{::signal(SIGPIPE, SIG_IGN), ::signal(SIGXFSZ, SIG_IGN)} {}

EndSignals::~EndSignals() {
  if (fd_.isOpen()) {
    const sigset_t set = endSignalSet();
    // Take what is pending, so that unblocking does not deliver it a second time.
    signalfd_siginfo info{};
    while (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    }
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
    ::signal(SIGPIPE, write_handlers_[0]);
    ::signal(SIGXFSZ, write_handlers_[1]);
  }
}

LinuxProcessRunner::LinuxProcessRunner(int end_signals_fd) : end_signals_fd_(end_signals_fd) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

// Running processes are left alone: they outlive the agent. Prepared ones end when their gates
// close.
LinuxProcessRunner::~LinuxProcessRunner() = default;

Result<ProcessIdentity> LinuxProcessRunner::prepare(const ProcessCommand& command) {
  const FileDescriptor log(::open(command.log.c_str(),
                                  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
                                  0644));
  if (!log.isOpen()) {
    return fail(ErrorCode::kIo,
                fmt::format("cannot write {}: {}", command.log.string(), std::strerror(errno)));
  }
  SpawnOptions options;
  options.argv = command.argv;
  options.folder = command.folder;
  options.environment = command.environment;
  options.output_fd = log.get();
  options.error_fd = log.get();
  options.is_gated = true;
  auto child = spawn(options);
  if (!child) {
    return failWith(child.error());
  }
  Watched watched;
  watched.pidfd = openPidfd(child->pid);
  const auto identity = identifyProcess(child->pid);
  if (!watched.pidfd.isOpen() || !identity) {
    const std::string reason = std::strerror(errno);
    ::kill(child->pid, SIGKILL);
    ::waitpid(child->pid, nullptr, 0);
    return fail(ErrorCode::kProcess, fmt::format("cannot watch a new process: {}", reason));
  }
  watched.identity = *identity;
  watched.child = *std::move(child);
  watched.program = command.argv.front();
  const auto mark = command.environment.find(kRunVariable);
  watched.mark = mark == command.environment.end() ? "" : mark->second;
  watched.is_child = true;
  watched.is_launched = false;
  ended_marks_.erase(watched.mark);
  watched_.insert_or_assign(identity->pid, std::move(watched));
  return *identity;
}

Status LinuxProcessRunner::launch(const ProcessIdentity& process) {
  const auto found = watched_.find(process.pid);
  if (found == watched_.end() || found->second.identity != process) {
    return fail(ErrorCode::kProcess, fmt::format("process {} was not prepared", process.pid));
  }
  Watched& watched = found->second;
  const Status status = openGateAndAwaitExec(watched.child, watched.program, kExecTimeout);
  if (!status) {
    discard(process);
    return status;
  }
  watched.is_launched = true;
  return {};
}

void LinuxProcessRunner::discard(const ProcessIdentity& process) {
  const auto found = watched_.find(process.pid);
  if (found == watched_.end() || found->second.identity != process) {
    return;
  }
  ::kill(static_cast<pid_t>(process.pid), SIGKILL);
  reap(found->second);
  watched_.erase(found);
}

bool LinuxProcessRunner::adopt(const ProcessIdentity& process) {
  if (!isAlive(process)) {
    return false;
  }
  Watched watched;
  watched.pidfd = openPidfd(process.pid);
  // Asked again: only now the number is held by the descriptor.
  if (!watched.pidfd.isOpen() || !isAlive(process)) {
    return false;
  }
  watched.identity = process;
  watched.mark = readProcessVariable(process.pid, kRunVariable).value_or("");
  ended_marks_.erase(watched.mark);
  watched_.insert_or_assign(process.pid, std::move(watched));
  return true;
}

void LinuxProcessRunner::signalGroup(const ProcessIdentity& process, int signal) {
  const auto found = watched_.find(process.pid);
  if (found == watched_.end() || found->second.identity != process) {
    return;
  }
  // A child keeps its number until it is reaped, an adopted process as long as it lives. One that
  // was started by hand may be in its shell's group, which is not this program's to signal.
  const auto stat = readProcessStat(process.pid);
  if (stat && stat->start_ticks == process.start_ticks) {
    const bool is_leader = stat->group == process.pid;
    ::kill(static_cast<pid_t>(is_leader ? -process.pid : process.pid), signal);
  }
}

std::int64_t LinuxProcessRunner::cpuTicks(const ProcessIdentity& process) {
  std::int64_t ticks = 0;
  for (const ProcessStat& stat : listProcesses()) {
    if (stat.group == process.pid) {
      ticks += stat.cpu_ticks;
    }
  }
  return ticks;
}

WaitResult LinuxProcessRunner::wait(std::chrono::milliseconds timeout) {
  WaitResult result;
  std::vector<pollfd> entries{{end_signals_fd_, POLLIN, 0}};
  std::vector<std::int64_t> pids;
  for (const auto& [pid, watched] : watched_) {
    if (watched.is_launched) {
      entries.push_back({watched.pidfd.get(), POLLIN, 0});
      pids.push_back(pid);
    }
  }
  const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(timeout.count()));
  if (ready > 0) {
    result.is_told_to_end = isReadable(entries[0]);
    for (std::size_t i = 0; i < pids.size(); ++i) {
      if (isReadable(entries[i + 1])) {
        const auto found = watched_.find(pids[i]);
        result.exits.push_back(collect(found->second));
        watched_.erase(found);
      }
    }
  }
  reapOrphans();
  killStrays();
  return result;
}

ProcessExit LinuxProcessRunner::collect(const Watched& watched) {
  ProcessExit exit;
  exit.process = watched.identity;
  if (watched.is_child) {
    siginfo_t info{};
    // Not reaped yet: as a zombie it keeps its number while the rest of its group is killed.
    if (::waitid(P_PID, static_cast<id_t>(watched.identity.pid), &info, WEXITED | WNOWAIT) == 0) {
      (info.si_code == CLD_EXITED ? exit.exit_code : exit.signal) = info.si_status;
    }
  }
  killRestOfGroup(watched.identity);
  if (watched.is_child) {
    reap(watched);
  }
  if (!watched.mark.empty()) {
    ended_marks_.insert(watched.mark);
  }
  return exit;
}

void LinuxProcessRunner::reap(const Watched& watched) {
  while (::waitpid(static_cast<pid_t>(watched.identity.pid), nullptr, 0) < 0 && errno == EINTR) {
  }
}

void LinuxProcessRunner::reapOrphans() {
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0 &&
         !watched_.contains(info.si_pid)) {
    ::waitpid(info.si_pid, nullptr, WNOHANG);
    info = {};
  }
}

void LinuxProcessRunner::killStrays() {
  if (ended_marks_.empty()) {
    return;
  }
  bool has_strays = false;
  const std::int64_t self = ::getpid();
  for (const ProcessStat& stat : listProcesses()) {
    if (stat.parent != self || stat.state == 'Z' || watched_.contains(stat.pid)) {
      continue;
    }
    const auto mark = readProcessVariable(stat.pid, kRunVariable);
    if (mark && ended_marks_.contains(*mark)) {
      ::kill(static_cast<pid_t>(stat.pid), SIGKILL);
      has_strays = true;
    }
  }
  // Looked for once more after some were killed, whose own children come here now.
  if (!has_strays) {
    ended_marks_.clear();
  }
}

}  // namespace retort
