#pragma once

#include "core/agent/clock.h"
#include "core/run/run_record.h"
#include "storage/workspace_store.h"

#include <optional>
#include <string>
#include <vector>

namespace retort {

/// What remains to be done by the agent after requests were carried out in the database.
struct RequestEffects {
  std::vector<std::string> stops;  ///< running runs whose processes must end
  bool shut_down = false;          ///< end the agent …
  bool stop_runs = false;          ///< … after all runs were stopped
  std::optional<int> jobs;         ///< the new limit of runs at once
  bool has_waiting = false;        ///< some request must wait: look again
  bool has_changed = false;        ///< the queue must be planned anew
};

/// Carries out the wishes of users inside the caller's transaction. A wish that names several runs
/// is carried out for those for which it can be; the error names the others.
///   "configure": {jobs: N} besides the kinds of core/run/run_record.h; "retry" takes from_start:
///   true, which drops the checkpoints.
class RequestHandler {
 public:
  RequestHandler(storage::WorkspaceStore& store, const Clock& clock);

  /// Carries out all pending requests and completes them. A resume or retry of a run that is still
  /// stopping stays pending. Fails only when the database does.
  [[nodiscard]] Result<RequestEffects> carryOutPending();

 private:
  // An error of the request, empty when it was carried out; nothing: it must wait.
  using Answer = std::optional<std::string>;

  [[nodiscard]] Result<Answer> carryOut(const Request& request, RequestEffects& effects);
  [[nodiscard]] Result<Answer> carryOutSubmit(const Json& arguments);
  [[nodiscard]] Result<Answer> carryOutForRuns(const Request& request, RequestEffects& effects);
  [[nodiscard]] Result<Answer> carryOutForRun(const Request& request,
                                              const RunRecord& run,
                                              RequestEffects& effects);
  [[nodiscard]] Status saveState(const RunRecord& before, const RunRecord& after);

  storage::WorkspaceStore* store_;
  const Clock* clock_;
};

}  // namespace retort
