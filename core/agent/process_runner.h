#pragma once

#include "core/agent/trainer_registry.h"
#include "core/base/result.h"
#include "core/run/run_record.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retort {

/// A trainer to be started.
struct ProcessCommand {
  Argv argv;
  std::filesystem::path folder;  ///< its working directory
  std::filesystem::path
      log;  ///< standard output and error are appended to it; standard input is /dev/null
  std::map<std::string, std::string> environment;  ///< on top of the agent's own
};

struct ProcessExit {
  ProcessIdentity process;
  std::optional<int> exit_code;
  std::optional<int> signal;  ///< neither: an adopted process, whose end only its parent could see
};

struct WaitResult {
  std::vector<ProcessExit> exits;
  bool is_told_to_end = false;  ///< the agent itself got SIGTERM, SIGINT or SIGHUP
};

/// Starts and watches processes; each is the leader of a session and process group of its own.
/// Abstract so that tests of the agent can do without processes. Used by one thread.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  /// Makes the process but holds it before its program begins, so that its identity can be stored
  /// first: it begins at `launch`, and never if this process dies before. kProcess or kIo: it
  /// cannot be made now, later perhaps.
  [[nodiscard]] virtual Result<ProcessIdentity> prepare(const ProcessCommand& command) = 0;

  /// Lets a prepared process execute its program. kProcess: it cannot be executed; "PROGRAM:
  /// REASON". The process is gone then, and `wait` does not report it.
  [[nodiscard]] virtual Status launch(const ProcessIdentity& process) = 0;

  /// Ends a prepared process that shall not be launched.
  virtual void discard(const ProcessIdentity& process) = 0;

  /// Watches a process that another agent started; false when it is gone.
  [[nodiscard]] virtual bool adopt(const ProcessIdentity& process) = 0;

  /// Signals the process and its whole group. Does nothing when they are gone.
  virtual void signalGroup(const ProcessIdentity& process, int signal) = 0;

  /// Processor time of the group so far, in clock ticks.
  [[nodiscard]] virtual std::int64_t cpuTicks(const ProcessIdentity& process) = 0;

  /// Returns when a process has ended (it is reaped, and what is left of its group is killed), the
  /// agent was told to end, or `timeout` is over.
  [[nodiscard]] virtual WaitResult wait(std::chrono::milliseconds timeout) = 0;
};

}  // namespace retort
