#pragma once

#include "core/agent/process_runner.h"
#include "core/agent/spawn.h"
#include "core/base/file.h"

#include <array>
#include <set>

namespace retort {

/// Blocks SIGTERM, SIGINT and SIGHUP for this process and delivers them through a descriptor;
/// ignores SIGPIPE and SIGXFSZ, which then become errors of the call. Undone by the destructor. For
/// the main thread of a program that has no other.
class EndSignals {
 public:
  [[nodiscard]] static Result<EndSignals> block();

  ~EndSignals();
  EndSignals(EndSignals&&) noexcept = default;
  EndSignals& operator=(EndSignals&&) = delete;

  /// Readable when a signal has arrived.
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  using Handler = void (*)(int);

  explicit EndSignals(int fd);

  FileDescriptor fd_;
  std::array<Handler, 2> write_handlers_;  // of SIGPIPE and SIGXFSZ, before
};

/// Processes of Linux (5.3 and later): fork and exec, watched through pidfds, which cannot be
/// mistaken when a pid is used again. As a sub-reaper it also gets and kills what a trainer left
/// behind in sessions of their own.
class LinuxProcessRunner final : public ProcessRunner {
 public:
  /// The variable that marks all processes of a run, with the run directory as its value.
  static constexpr const char* kRunVariable = "RETORT_RUN_DIR";

  /// `end_signals_fd`: of EndSignals, or -1.
  explicit LinuxProcessRunner(int end_signals_fd = -1);
  ~LinuxProcessRunner() override;
  LinuxProcessRunner(const LinuxProcessRunner&) = delete;
  LinuxProcessRunner& operator=(const LinuxProcessRunner&) = delete;

  [[nodiscard]] Result<ProcessIdentity> prepare(const ProcessCommand& command) override;
  [[nodiscard]] Status launch(const ProcessIdentity& process) override;
  void discard(const ProcessIdentity& process) override;
  [[nodiscard]] bool adopt(const ProcessIdentity& process) override;
  void signalGroup(const ProcessIdentity& process, int signal) override;
  [[nodiscard]] std::int64_t cpuTicks(const ProcessIdentity& process) override;
  [[nodiscard]] WaitResult wait(std::chrono::milliseconds timeout) override;

 private:
  struct Watched {
    ProcessIdentity identity;
    FileDescriptor pidfd;
    Spawned child;        // gate and exec report while it is prepared
    std::string program;  // for messages
    std::string mark;     // value of kRunVariable; empty: not marked
    bool is_child = false;
    bool is_launched = true;
  };

  // Reaps or forgets a process that has ended.
  ProcessExit collect(const Watched& watched);
  void reap(const Watched& watched);
  void reapOrphans();
  void killStrays();

  int end_signals_fd_;
  std::map<std::int64_t, Watched> watched_;  // by pid
  std::set<std::string> ended_marks_;        // of runs that ended here and are not running again
};

}  // namespace retort
