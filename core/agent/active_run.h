#pragma once

#include "core/agent/agent_options.h"
#include "core/plan/schedule.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <optional>
#include <string>

namespace retort {

/// One run that has a process, as the agent sees it. Times are of the steady clock, in
/// milliseconds.
struct ActiveRun {
  std::string run_id;
  ProcessIdentity process;
  int attempt = 1;
  Grant grant;
  bool is_new = false;  ///< started by this agent, nothing of its event file was seen yet
  std::int64_t time_limit_ms = 0;  ///< 0: none
  std::int64_t started_ms = 0;     ///< of this attempt
  std::int64_t seen_bytes = -1;    ///< size of the event file when it was last read
  std::int64_t last_event_ms = 0;  ///< when the event file last grew
  std::int64_t cpu_ticks = -1;     ///< at `cpu_checked_ms`
  std::int64_t cpu_checked_ms = 0;
  std::int64_t last_work_ms = 0;         ///< when its processor time was last seen to grow
  std::int64_t out_of_memory_kills = 0;  ///< of the control group when the attempt began

  StopCause cause = StopCause::kNone;
  std::string refusal;  ///< the event protocol was broken so; the attempt is killed
  std::optional<std::int64_t> term_sent_ms;
  bool was_killed = false;
};

/// Starts the clocks of an attempt that began `age_ms` ago.
void beginWatch(ActiveRun& run, std::int64_t now_ms, std::int64_t age_ms);

/// The event file has `bytes` bytes now; returns true when there is something to read.
bool noteEventFile(ActiveRun& run, std::int64_t bytes, std::int64_t now_ms);

/// True when the processor time of the run should be measured now: it has been silent for a while.
[[nodiscard]] bool isCpuCheckDue(const ActiveRun& run,
                                 const AgentOptions& options,
                                 std::int64_t now_ms);
void noteCpuTicks(ActiveRun& run, std::int64_t ticks, std::int64_t now_ms);

/// Decides whether the attempt must end: time limit, hang. Sets `cause` and returns true when it
/// has just been decided.
bool checkLimits(ActiveRun& run, const AgentOptions& options, std::int64_t now_ms);

/// What to send to the group now: SIGTERM once `cause` is set, SIGKILL when the grace is over or
/// the protocol was broken; nothing otherwise. Remembers what it returned.
[[nodiscard]] std::optional<int> takeDueSignal(ActiveRun& run,
                                               const AgentOptions& options,
                                               std::int64_t now_ms);

}  // namespace retort
