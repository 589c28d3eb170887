#pragma once

#include "core/run/run_record.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Which runs start next. Pure: a function of the queue, the machine and the time; no processes, no
/// clock, no disk.
namespace retort {

/// What the machine offers to all runs together.
struct MachineSlots {
  std::vector<std::string> gpus;  ///< what CUDA_VISIBLE_DEVICES calls them
  int threads = 1;
  std::int64_t memory_bytes = 0;  ///< 0: unknown, memory is not counted
  int jobs = 0;                   ///< at most so many runs at once; 0: no limit besides the slots

  bool operator==(const MachineSlots&) const = default;
};

/// What one running run holds of it.
struct Grant {
  std::vector<std::string> gpus;
  int threads = 1;
  std::int64_t memory_bytes = 0;

  bool operator==(const Grant&) const = default;
};

using NeededRuns = std::map<std::string, std::vector<std::string>>;  ///< run -> runs it needs

struct ScheduleInput {
  /// All runs of the workspace in queue order: higher priority first, then first come first served.
  std::vector<RunRecord> runs;
  NeededRuns needs;
  std::map<std::string, Grant> grants;  ///< of the runs that have a process now
  MachineSlots machine;
  std::int64_t now_ms = 0;
  /// A back-off that lies further ahead than this comes from a clock that jumped: it counts as
  /// over.
  std::int64_t longest_delay_ms = 300'000;
};

struct RunStart {
  std::string run_id;
  Grant grant;

  bool operator==(const RunStart&) const = default;
};

struct StateChange {
  std::string run_id;
  RunState state = RunState::kQueued;
  std::string message;

  bool operator==(const StateChange&) const = default;
};

struct Schedule {
  std::vector<RunStart> starts;
  std::vector<StateChange> changes;     ///< queued -> blocked, blocked -> queued, or a new reason
  std::optional<std::int64_t> next_ms;  ///< when a back-off ends; nothing: only a change can help

  bool operator==(const Schedule&) const = default;
};

/// A run starts when it is queued, its back-off is over, all runs that it needs have finished, and
/// its GPUs, threads and memory are free. The resource that the first waiting run lacks is kept for
/// it: later runs use what is left, so that big runs are not starved by small ones. A run that
/// wants more threads than the machine has gets all. A run that needs a failed, diverged, stopped,
/// blocked or missing run is blocked, and so is one that wants more GPUs or memory than the machine
/// has; the message says which. It is queued again as soon as the reason is gone.
[[nodiscard]] Schedule planSchedule(const ScheduleInput& input);

}  // namespace retort
