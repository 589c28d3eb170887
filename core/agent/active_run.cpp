#include "core/agent/active_run.h"

#include <algorithm>
#include <csignal>

namespace retort {

void beginWatch(ActiveRun& run, std::int64_t now_ms, std::int64_t age_ms) {
  run.started_ms = now_ms - std::max<std::int64_t>(0, age_ms);
  run.last_event_ms = now_ms;
  run.last_work_ms = now_ms;
  run.cpu_checked_ms = now_ms;
}

bool noteEventFile(ActiveRun& run, std::int64_t bytes, std::int64_t now_ms) {
  if (bytes == run.seen_bytes) {
    return false;
  }
  run.seen_bytes = bytes;
  run.last_event_ms = now_ms;
  run.last_work_ms = now_ms;
  return true;
}

bool isCpuCheckDue(const ActiveRun& run, const AgentOptions& options, std::int64_t now_ms) {
  const std::int64_t interval_ms = options.heartbeat_timeout.count() / 8;
  return now_ms - run.last_event_ms >= interval_ms && now_ms - run.cpu_checked_ms >= interval_ms;
}

void noteCpuTicks(ActiveRun& run, std::int64_t ticks, std::int64_t now_ms) {
  // The first measurement is only what later ones are compared with.
  if (run.cpu_ticks >= 0 && ticks != run.cpu_ticks) {
    run.last_work_ms = now_ms;
  }
  run.cpu_ticks = ticks;
  run.cpu_checked_ms = now_ms;
}

bool checkLimits(ActiveRun& run, const AgentOptions& options, std::int64_t now_ms) {
  if (run.cause != StopCause::kNone) {
    return false;
  }
  if (run.time_limit_ms > 0 && now_ms - run.started_ms >= run.time_limit_ms) {
    run.cause = StopCause::kTimeLimit;
  } else if (now_ms - run.last_work_ms >= options.heartbeat_timeout.count() ||
             now_ms - run.last_event_ms >= options.silence_timeout.count()) {
    run.cause = StopCause::kHang;
  }
  return run.cause != StopCause::kNone;
}

std::optional<int> takeDueSignal(ActiveRun& run, const AgentOptions& options, std::int64_t now_ms) {
  if (run.was_killed || (run.cause == StopCause::kNone && run.refusal.empty())) {
    return std::nullopt;
  }
  const bool is_grace_over =
      run.term_sent_ms && now_ms - *run.term_sent_ms >= options.stop_grace.count();
  if (is_grace_over || !run.refusal.empty()) {
    run.was_killed = true;
    return SIGKILL;
  }
  if (!run.term_sent_ms) {
    run.term_sent_ms = now_ms;
    return SIGTERM;
  }
  return std::nullopt;
}

}  // namespace retort
