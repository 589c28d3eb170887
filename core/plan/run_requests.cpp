#include "core/plan/run_requests.h"

#include <utility>

#include <fmt/format.h>

namespace retort {
namespace {

RunRecord queued(RunRecord run) {
  run.state = RunState::kQueued;
  run.crashes = 0;
  run.not_before_ms = 0;
  run.message.clear();
  run.ended_ms.reset();
  return run;
}

tl::unexpected<Error> refuse(const RunRecord& run, std::string_view reason) {
  return fail(ErrorCode::kUsage, fmt::format("{} {}", runTitle(run), reason));
}

}  // namespace

RunRecord stopRun(RunRecord run, std::int64_t now_ms) {
  if (run.state == RunState::kRunning) {
    run.state = RunState::kStopping;
    run.message = "stopping";
  } else if (run.state == RunState::kQueued || run.state == RunState::kPaused ||
             run.state == RunState::kBlocked) {
    run.state = RunState::kStopped;
    run.message = run.attempts == 0 ? "stopped before it started" : "stopped while it waited";
    run.ended_ms = now_ms;
  }
  return run;
}

Result<RunRecord> resumeRun(RunRecord run) {
  switch (run.state) {
    case RunState::kStopped:
    case RunState::kFailed:
    case RunState::kPaused:
      return queued(std::move(run));
    case RunState::kDiverged:
      return refuse(run, "has diverged, which is a result; use retry to repeat it");
    case RunState::kStopping:
      return refuse(run, "is still stopping; try again when it has stopped");
    case RunState::kFinished:
    case RunState::kQueued:
    case RunState::kBlocked:
    case RunState::kRunning:
      break;
  }
  return run;
}

Result<RunRecord> retryRun(RunRecord run) {
  if (run.state == RunState::kFinished) {
    return refuse(run, "has finished; remove it first to run it again");
  }
  if (run.state == RunState::kDiverged) {
    return queued(std::move(run));
  }
  return resumeRun(std::move(run));
}

Result<RunRecord> pauseRun(RunRecord run) {
  if (isActive(run.state)) {
    return refuse(run, "is running; stop it to interrupt it");
  }
  if (run.state == RunState::kQueued || run.state == RunState::kBlocked) {
    run.state = RunState::kPaused;
    run.message = "paused";
  }
  return run;
}

RunRecord unpauseRun(RunRecord run) {
  if (run.state == RunState::kPaused) {
    run.state = RunState::kQueued;
    run.message.clear();
  }
  return run;
}

Status checkRemovable(const RunRecord& run) {
  if (isActive(run.state)) {
    return refuse(run, "is running; stop it first");
  }
  return {};
}

bool isActive(RunState state) {
  return state == RunState::kRunning || state == RunState::kStopping;
}

std::string runTitle(const RunRecord& run) {
  if (run.name.empty()) {
    return fmt::format("run {}", run.spec.run_id);
  }
  return fmt::format("run {} ({})", run.spec.run_id, run.name);
}

}  // namespace retort
