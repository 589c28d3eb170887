#pragma once

#include "core/agent/active_run.h"
#include "core/agent/clock.h"
#include "storage/event_follower.h"
#include "storage/workspace_store.h"

#include <string>

namespace retort {

/// An attempt whose process is gone, not yet written down.
struct EndedAttempt {
  ActiveRun run;
  AttemptOutcome::Ending ending = AttemptOutcome::Ending::kLost;
  int code = 0;           ///< exit code or signal
  std::string message;    ///< why it was not started
  int read_failures = 0;  ///< how often its event file could not be read
};

/// Writes down how attempts ended. Used inside the agent's transactions.
class AttemptSettler {
 public:
  AttemptSettler(storage::WorkspaceStore& store, const Clock& clock, const RetryPolicy& policy);

  /// Reads the rest of the event file, judges the attempt by it, and stores the attempt's end and
  /// the run's new state. An event file that breaks the protocol (kProtocol) sets
  /// `ended.run.refusal` and fails, so that the transaction is rolled back; the next call does not
  /// read it again.
  [[nodiscard]] Result<Settlement> settle(EndedAttempt& ended);

  /// What the run's stored events and log say about the attempt.
  [[nodiscard]] Result<AttemptOutcome> gatherOutcome(const EndedAttempt& ended,
                                                     const RunRecord& run);

 private:
  storage::WorkspaceStore* store_;
  const Clock* clock_;
  RetryPolicy policy_;
  storage::EventFollower follower_;
};

}  // namespace retort
