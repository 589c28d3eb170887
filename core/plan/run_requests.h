#pragma once

#include "core/base/result.h"
#include "core/run/run_record.h"

#include <cstdint>
#include <string>

/// What a user's wish does to one run. Pure. Each function returns the run as it is afterwards,
/// unchanged where the wish is already fulfilled, so that every request can be repeated.
namespace retort {

/// Running becomes stopping (the agent then sends the signals), waiting becomes stopped, the rest
/// stays.
[[nodiscard]] RunRecord stopRun(RunRecord run, std::int64_t now_ms);

/// Stopped and failed runs are queued again and continue from their checkpoints; paused ones are
/// released. kUsage for a diverged run, which is a result (`retryRun` repeats it), and for one that
/// is still stopping.
[[nodiscard]] Result<RunRecord> resumeRun(RunRecord run);

/// As `resumeRun`, and diverged runs are queued too. kUsage for a finished run.
[[nodiscard]] Result<RunRecord> retryRun(RunRecord run);

/// Queued and blocked runs are held back. kUsage for a running one.
[[nodiscard]] Result<RunRecord> pauseRun(RunRecord run);
[[nodiscard]] RunRecord unpauseRun(RunRecord run);

/// kUsage while the run's process lives.
[[nodiscard]] Status checkRemovable(const RunRecord& run);

/// Running or stopping: a process belongs to the run.
[[nodiscard]] bool isActive(RunState state);

/// "run 0123456789abcdef (distill=map seed=2)" for messages.
[[nodiscard]] std::string runTitle(const RunRecord& run);

}  // namespace retort
