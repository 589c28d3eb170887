#pragma once

#include "core/agent/train_log.h"
#include "core/plan/attempt_outcome.h"

#include <chrono>
#include <filesystem>

namespace retort {

/// How the agent of one workspace behaves. `retort agent` fills it from its command line.
struct AgentOptions {
  std::filesystem::path workspace;
  /// Runs at once; 0: as many as GPUs, threads and memory allow.
  int jobs = 0;
  /// Between SIGTERM and SIGKILL to a run's process group.
  std::chrono::milliseconds stop_grace{30'000};
  /// A run without events and without CPU time for so long hangs: it is killed and tried again.
  std::chrono::milliseconds heartbeat_timeout{120'000};
  /// A run without events for so long hangs, even when it computes.
  std::chrono::milliseconds silence_timeout{1'800'000};
  /// The agent ends when nothing was queued, running or asked for so long.
  std::chrono::milliseconds idle_exit{15'000};
  /// Between two looks at the event files and the requests.
  std::chrono::milliseconds tick{200};
  /// Bytes that a run's train.log may grow to.
  std::int64_t log_limit = kTrainLogLimit;
  RetryPolicy retry;
};

}  // namespace retort
