#pragma once

#include "core/agent/active_run.h"
#include "core/agent/clock.h"
#include "core/agent/process_runner.h"
#include "storage/workspace_store.h"

#include <optional>
#include <string>

namespace retort {

/// Makes and takes back the processes of runs. Used inside the agent's transactions.
class AttemptStarter {
 public:
  AttemptStarter(storage::WorkspaceStore& store,
                 ProcessRunner& runner,
                 const Clock& clock,
                 const MachineSlots& machine);

  /// What became of a run that was to start.
  struct Start {
    std::optional<ActiveRun> active;  ///< nothing: the run's new state and message say why
    bool is_prepared = false;         ///< its process waits for `launch`, after the transaction
    std::string message;              ///< why it did not start
  };

  /// Makes the run directory and a held process, and stores the attempt with the process's
  /// identity. A run that somebody works on already (its lock is held) is taken over instead. What
  /// cannot be started now is queued for later; an unknown trainer fails the run.
  [[nodiscard]] Result<Start> start(const RunStart& planned);

  /// Takes a run back that is running according to the database: its process, or whoever holds its
  /// lock. Nothing when no such process lives.
  [[nodiscard]] Result<std::optional<ActiveRun>> takeBack(const RunRecord& run);

 private:
  [[nodiscard]] Result<Start> startProcess(const RunStart& planned, const RunRecord& run);
  [[nodiscard]] Result<Start> takeOver(const RunRecord& run, std::int64_t pid);
  [[nodiscard]] Result<Start> postpone(const RunRecord& run, const std::string& message);
  [[nodiscard]] ActiveRun adopted(const RunRecord& run, const AttemptRecord& attempt) const;

  storage::WorkspaceStore* store_;
  ProcessRunner* runner_;
  const Clock* clock_;
  const MachineSlots* machine_;
};

}  // namespace retort
