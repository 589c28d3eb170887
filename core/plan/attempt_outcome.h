#pragma once

#include "core/run/run_record.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// What follows from the end of one attempt: the exit codes of the trainer's contract, signals, and
/// attempts that were lost while no agent watched. Pure: the clock's reading is an argument.
namespace retort {

/// How often and how soon a crashed run is tried again.
struct RetryPolicy {
  /// The crash that fails the run. Crashes are counted since the last request to run or the last
  /// new checkpoint.
  int max_crashes = 3;
  std::chrono::milliseconds first_delay{2'000};  ///< doubles with every further crash
  std::chrono::milliseconds longest_delay{300'000};
};

/// Why the agent itself told an attempt to end.
enum class StopCause { kNone, kRequest, kTimeLimit, kHang };

/// How one attempt ended, from the operating system and from the run's event file.
struct AttemptOutcome {
  enum class Ending {
    kExited,      ///< `code` is the exit code
    kSignaled,    ///< `code` is the signal
    kLost,        ///< the process is gone and nobody saw how it ended
    kRebooted,    ///< the machine was started again meanwhile
    kNotStarted,  ///< the program could not be executed; `message` says why
  };
  Ending ending = Ending::kExited;
  int code = 0;
  std::string end_status;            ///< of the attempt's "end" event; empty: it wrote none
  std::optional<int> end_exit_code;  ///< of the "end" event
  std::string message;               ///< the trainer's own words, or the last line of its log
  std::int64_t step = 0;             ///< the last step that was seen
  bool has_opened = false;           ///< wrote its "open" line
  bool has_checkpoint = false;       ///< wrote a new checkpoint
  bool is_out_of_memory = false;     ///< the kernel's out-of-memory killer ended it
  std::string refusal;  ///< how the trainer broke the event protocol; empty: it did not
  StopCause cause = StopCause::kNone;
  bool was_forced = false;  ///< SIGKILL followed because SIGTERM did not help
};

/// The run's state after an attempt.
struct Settlement {
  RunState state = RunState::kQueued;
  std::string message;
  int crashes = 0;
  std::int64_t not_before_ms = 0;

  bool operator==(const Settlement&) const = default;
};

/// Applies the table of exit codes (design.md): 0 with a result is finished, without one failed; 2
/// diverged; 65, 66, 78 failed with the trainer's message; 75 stopped; everything else a crash,
/// which is queued again with back-off until `policy.max_crashes`. An attempt that wrote its
/// complete result has finished however its process ended. An attempt lost before it wrote
/// anything, or to a reboot, is queued again and not counted.
[[nodiscard]] Settlement settleAttempt(const RunRecord& run,
                                       const AttemptOutcome& outcome,
                                       const RetryPolicy& policy,
                                       std::int64_t now_ms);

/// The delay before the attempt that follows the `crashes`-th crash (from 1).
[[nodiscard]] std::chrono::milliseconds retryDelay(const RetryPolicy& policy, int crashes);

/// "SIGKILL" for 9; "signal 77" for what has no name.
[[nodiscard]] std::string signalName(int signal);

/// "killed by signal 9 (SIGKILL)", "exit code 3", …
[[nodiscard]] std::string describeEnding(const AttemptOutcome& outcome);

}  // namespace retort
