#pragma once

#include "core/agent/active_run.h"
#include "core/agent/attempt_settler.h"
#include "core/agent/attempt_starter.h"
#include "core/agent/clock.h"
#include "core/agent/process_runner.h"
#include "core/agent/request_handler.h"
#include "storage/event_follower.h"
#include "storage/workspace_store.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace retort {

/// The only writer of a workspace's runs and metrics: keeps the slots busy, follows the event
/// files, and does what users ask for. One thread, no mutex; `turn` is the whole loop.
///
/// Each turn waits for something to happen (a process ends, or the tick is over), then writes
/// everything in one transaction that begins with the renewal of the lease: an agent that lost it
/// writes nothing. Processes are made inside the transaction but begin only after the commit, so
/// that no trainer ever runs that the database does not know. All state is in the database; what is
/// here can be rebuilt by the next agent.
class Agent {
 public:
  using Log = std::function<void(const std::string&)>;

  /// `self` holds the lease already.
  Agent(storage::WorkspaceStore& store,
        ProcessRunner& runner,
        const Clock& clock,
        AgentOptions options,
        MachineSlots machine,
        ProcessIdentity self,
        Log log);

  /// One round of the loop; false: the agent is to end (idle, told to, or the lease was lost). The
  /// lease is given back by then, unless it was lost.
  [[nodiscard]] bool turn();

  [[nodiscard]] const std::map<std::string, ActiveRun>& activeRuns() const { return active_; }

 private:
  // What one transaction decided; applied to this object only after its commit.
  struct Effects {
    RequestEffects requests;
    std::set<std::string> settled;  // runs whose attempts are written down
    std::vector<AttemptStarter::Start> starts;
    std::vector<std::string> lines;            // for the log
    std::vector<EndedAttempt> lost;            // running in the database, but without a process
    std::optional<std::int64_t> next_plan_ms;  // when a back-off ends
    bool is_planned = false;
    bool is_released = false;  // the lease was given back: nothing is left to do
  };

  // Parts of a turn, in this order.
  [[nodiscard]] bool awaitSomething();
  void capLog(const std::string& run_id);
  void superviseProcesses();
  [[nodiscard]] bool isWriteDue();
  [[nodiscard]] Status write(Effects& effects);
  void apply(Effects& effects);

  [[nodiscard]] Status settleEnded(Effects& effects);
  [[nodiscard]] Status takeOverLocked(const std::string& run_id, Effects& effects);
  [[nodiscard]] Status followEvents();
  [[nodiscard]] Status plan(Effects& effects);
  [[nodiscard]] Status takeBack(const std::vector<RunRecord>& runs, Effects& effects);
  [[nodiscard]] Status releaseWhenDone(Effects& effects);

  void launch(AttemptStarter::Start& start);
  void handleFailure(const Error& error, Effects& effects);
  [[nodiscard]] bool isIdle() const;
  void setJobs(int jobs);

  storage::WorkspaceStore& store_;
  ProcessRunner& runner_;
  const Clock& clock_;
  AgentOptions options_;
  MachineSlots machine_;
  ProcessIdentity self_;
  Log log_;
  storage::EventFollower follower_;
  AttemptSettler settler_;
  AttemptStarter starter_;
  RequestHandler request_handler_;

  std::map<std::string, ActiveRun> active_;  // by run id
  std::vector<EndedAttempt> ended_;
  std::set<std::string> unread_;  // runs whose event files have more
  std::map<std::string, std::int64_t>
      unreadable_;                  // runs whose event files are not read before this time
  std::set<std::string> uncapped_;  // runs whose train.log could not be shortened
  std::optional<std::int64_t> next_plan_ms_;
  std::int64_t data_version_ = -1;
  std::int64_t renewed_ms_ = -1;
  std::int64_t busy_ms_ = 0;         // when there was last something to do
  std::int64_t pause_until_ms_ = 0;  // after a failed transaction
  bool has_backlog_ = false;         // some event file has more than one turn takes
  bool is_plan_due_ = true;
  bool has_requests_ = true;
  bool is_shutting_down_ = false;
  bool stops_runs_ = false;
  bool is_ended_ = false;
  std::string last_failure_;
};

}  // namespace retort
