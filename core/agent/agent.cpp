#include "core/agent/agent.h"

#include "core/agent/agent_settings.h"
#include "core/agent/run_folder.h"
#include "core/agent/run_lock.h"
#include "core/plan/run_requests.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>

namespace retort {
namespace {

using Ending = AttemptOutcome::Ending;

constexpr std::int64_t kRenewalMs = 1'000;
constexpr std::int64_t kFailurePauseMs = 1'000;
constexpr std::int64_t kUnreadablePauseMs = 5'000;
constexpr int kExitStopped = 75;

EndedAttempt endedAttempt(ActiveRun run, const ProcessExit& exit) {
  EndedAttempt ended;
  ended.run = std::move(run);
  if (exit.exit_code) {
    ended.ending = Ending::kExited;
    ended.code = *exit.exit_code;
  } else if (exit.signal) {
    ended.ending = Ending::kSignaled;
    ended.code = *exit.signal;
  }
  return ended;
}

}  // namespace

Agent::Agent(storage::WorkspaceStore& store,
             ProcessRunner& runner,
             const Clock& clock,
             AgentOptions options,
             MachineSlots machine,
             ProcessIdentity self,
             Log log)
    : store_(store),
      runner_(runner),
      clock_(clock),
      options_(std::move(options)),
      machine_(std::move(machine)),
      self_(std::move(self)),
      log_(std::move(log)),
      follower_(store.ingest()),
      settler_(store, clock, options_.retry),
      starter_(store, runner, clock, machine_),
      request_handler_(store, clock),
      busy_ms_(clock.steadyMs()) {}

bool Agent::turn() {
  if (!awaitSomething()) {
    return false;
  }
  superviseProcesses();
  if (!isWriteDue()) {
    return true;
  }
  Effects effects;
  const Status written = store_.write([&] { return write(effects); });
  if (!written) {
    handleFailure(written.error(), effects);
    return !is_ended_;
  }
  last_failure_.clear();
  apply(effects);
  return !is_ended_;
}

bool Agent::awaitSomething() {
  const bool is_in_a_hurry =
      pause_until_ms_ == 0 && (has_backlog_ || is_plan_due_ || !ended_.empty());
  WaitResult waited = runner_.wait(is_in_a_hurry ? std::chrono::milliseconds(0) : options_.tick);
  for (const ProcessExit& exit : waited.exits) {
    const auto found = std::ranges::find_if(
        active_, [&](const auto& entry) { return entry.second.process == exit.process; });
    if (found != active_.end()) {
      capLog(found->first);
      ended_.push_back(endedAttempt(std::move(found->second), exit));
      active_.erase(found);
    }
  }
  if (waited.is_told_to_end) {
    log_(fmt::format("told to end; {} running trainers go on", active_.size()));
    // The ends of attempts that were just seen are found again by the next agent.
    [[maybe_unused]] const Status released = store_.lease().release(self_);
    is_ended_ = true;
  }
  return !is_ended_;
}

// Said once for each run: it is no reason to stop anything.
void Agent::capLog(const std::string& run_id) {
  const auto capped = capTrainLog(store_.paths().run(run_id).log(), options_.log_limit);
  if (!capped && uncapped_.insert(run_id).second) {
    log_(capped.error().message);
  }
}

void Agent::superviseProcesses() {
  const std::int64_t now_ms = clock_.steadyMs();
  for (auto& [run_id, run] : active_) {
    capLog(run_id);
    if (noteEventFile(run, eventFileBytes(store_.paths().run(run_id)), now_ms)) {
      unread_.insert(run_id);
    }
    if (isCpuCheckDue(run, options_, now_ms)) {
      noteCpuTicks(run, runner_.cpuTicks(run.process), now_ms);
    }
    if (checkLimits(run, options_, now_ms)) {
      log_(run.cause == StopCause::kTimeLimit ? fmt::format("run {} reached its time limit", run_id)
                                              : fmt::format("run {} does not respond", run_id));
    }
    if (const auto signal = takeDueSignal(run, options_, now_ms)) {
      log_(fmt::format(
          "sending {} to run {} (pid {})", signalName(*signal), run_id, run.process.pid));
      runner_.signalGroup(run.process, *signal);
    }
  }
}

bool Agent::isWriteDue() {
  const std::int64_t now_ms = clock_.steadyMs();
  if (now_ms < pause_until_ms_) {
    return false;
  }
  pause_until_ms_ = 0;
  if (store_.isReplaced()) {
    log_("workspace.db was replaced; ending, so that the next agent opens the new one");
    is_ended_ = true;
    return true;
  }
  const auto version = store_.dataVersion();
  if (version && *version != data_version_) {
    data_version_ = *version;
    has_requests_ = true;
  }
  is_plan_due_ = is_plan_due_ || (next_plan_ms_ && now_ms >= *next_plan_ms_);
  if (!isIdle()) {
    busy_ms_ = now_ms;
  }
  const bool is_long_idle = now_ms - busy_ms_ >= options_.idle_exit.count();
  return has_requests_ || is_plan_due_ || !ended_.empty() || !unread_.empty() || is_long_idle ||
         is_shutting_down_ || renewed_ms_ < 0 || now_ms - renewed_ms_ >= kRenewalMs;
}

Status Agent::write(Effects& effects) {
  if (is_ended_) {
    return fail(ErrorCode::kCanceled, "the workspace was replaced");
  }
  const auto is_ours = store_.lease().renew(self_);
  if (!is_ours) {
    return failWith(is_ours.error());
  }
  if (!*is_ours) {
    is_ended_ = true;
    return fail(ErrorCode::kCanceled, "another agent has taken this workspace over");
  }
  if (Status status = settleEnded(effects); !status) {
    return status;
  }
  if (Status status = followEvents(); !status) {
    return status;
  }
  if (has_requests_) {
    auto requests = request_handler_.carryOutPending();
    if (!requests) {
      return failWith(requests.error());
    }
    effects.requests = *std::move(requests);
  }
  if (is_plan_due_ || effects.requests.has_changed || !effects.settled.empty()) {
    if (Status status = plan(effects); !status) {
      return status;
    }
  }
  return releaseWhenDone(effects);
}

Status Agent::settleEnded(Effects& effects) {
  for (EndedAttempt& ended : ended_) {
    const std::string& run_id = ended.run.run_id;
    if (ended.ending == Ending::kExited && ended.code == kExitStopped &&
        readRunLock(store_.paths().run(run_id).lock()).is_held) {
      if (Status status = takeOverLocked(run_id, effects); !status) {
        return status;
      }
      continue;
    }
    const auto settlement = settler_.settle(ended);
    if (!settlement) {
      return failWith(settlement.error());
    }
    effects.lines.push_back(fmt::format("run {}, attempt {}: {}{}{}",
                                        run_id,
                                        ended.run.attempt,
                                        runStateName(settlement->state),
                                        settlement->message.empty() ? "" : ", ",
                                        settlement->message));
    effects.settled.insert(run_id);
  }
  return {};
}

// A trainer that found the run locked by another one ends at once: the other one is the run's
// process then.
Status Agent::takeOverLocked(const std::string& run_id, Effects& effects) {
  const auto run = store_.runs().get(run_id);
  if (!run) {
    return failWith(run.error());
  }
  return takeBack({*run}, effects);
}

Status Agent::followEvents() {
  has_backlog_ = false;
  for (const std::string& run_id : std::set(unread_)) {
    const auto active = active_.find(run_id);
    const auto pause = unreadable_.find(run_id);
    if (active == active_.end() || !active->second.refusal.empty()) {
      unread_.erase(run_id);
      continue;
    }
    if (pause != unreadable_.end() && clock_.steadyMs() < pause->second) {
      continue;
    }
    const auto advanced = follower_.advance(run_id, store_.paths().run(run_id).events());
    if (!advanced) {
      // The transaction fails with it; the next one goes without this file.
      if (advanced.error().code == ErrorCode::kProtocol) {
        active->second.refusal = advanced.error().message;
      } else {
        unreadable_[run_id] = clock_.steadyMs() + kUnreadablePauseMs;
      }
      return failWith(withContext(advanced.error(), fmt::format("run {}", run_id)));
    }
    for (const std::string& damage : advanced->damaged_lines) {
      log_(fmt::format("run {}: {}", run_id, damage));
    }
    if (advanced->has_more) {
      has_backlog_ = true;
    } else {
      unread_.erase(run_id);
    }
  }
  return {};
}

Status Agent::plan(Effects& effects) {
  storage::RunFilter filter;
  filter.with_spec = false;
  auto runs = store_.runs().list(filter);
  const auto needs = store_.runs().needsOfWaitingRuns();
  if (!runs || !needs) {
    return failWith(runs ? needs.error() : runs.error());
  }
  if (Status status = takeBack(*runs, effects); !status) {
    return status;
  }
  ScheduleInput input;
  input.machine = machine_;
  input.machine.jobs = effects.requests.jobs.value_or(machine_.jobs);
  input.now_ms = clock_.wallMs();
  input.longest_delay_ms = options_.retry.longest_delay.count();
  for (const storage::RunNeed& need : *needs) {
    input.needs[need.run_id].push_back(need.needed_run_id);
  }
  for (const auto& [run_id, run] : active_) {
    input.grants[run_id] = run.grant;
  }
  for (const auto& start : effects.starts) {
    input.grants[start.active->run_id] = start.active->grant;
  }
  input.runs = *std::move(runs);
  const Schedule schedule = planSchedule(input);
  effects.is_planned = true;
  effects.next_plan_ms = schedule.next_ms;
  for (const StateChange& change : schedule.changes) {
    if (Status status =
            store_.runs().setState(change.run_id, change.state, change.message, input.now_ms);
        !status) {
      return status;
    }
  }
  if (is_shutting_down_ || effects.requests.shut_down) {
    return {};
  }
  for (const RunStart& planned : schedule.starts) {
    auto start = starter_.start(planned);
    if (!start) {
      return failWith(start.error());
    }
    if (!start->active) {
      // Postponed or failed: what depends on it, and what can use its slots, is decided in the next
      // turn.
      effects.lines.push_back(fmt::format("run {}: {}", planned.run_id, start->message));
      effects.next_plan_ms = input.now_ms;
      continue;
    }
    effects.starts.push_back(*std::move(start));
  }
  return {};
}

Status Agent::takeBack(const std::vector<RunRecord>& runs, Effects& effects) {
  for (const RunRecord& run : runs) {
    const std::string& run_id = run.spec.run_id;
    if (!isActive(run.state) || active_.contains(run_id)) {
      continue;
    }
    auto taken = starter_.takeBack(run);
    if (!taken) {
      return failWith(taken.error());
    }
    if (*taken) {
      effects.starts.push_back({*std::move(*taken), false, ""});
      continue;
    }
    const auto attempt = store_.runs().lastAttempt(run_id);
    if (!attempt) {
      return failWith(attempt.error());
    }
    EndedAttempt lost;
    lost.run.run_id = run_id;
    lost.run.attempt = std::max(1, run.attempts);
    if (*attempt && (*attempt)->process.pid != 0 && (*attempt)->process.boot_id != self_.boot_id) {
      lost.ending = Ending::kRebooted;
    }
    effects.lost.push_back(std::move(lost));
  }
  return {};
}

Status Agent::releaseWhenDone(Effects& effects) {
  const bool is_shutdown = is_shutting_down_ || effects.requests.shut_down;
  const bool stops_runs = stops_runs_ || effects.requests.stop_runs;
  const bool has_runs = !active_.empty() || !effects.starts.empty() || !effects.lost.empty();
  const bool is_idle = clock_.steadyMs() - busy_ms_ >= options_.idle_exit.count() && !has_runs &&
                       !effects.requests.has_changed;
  if (!is_shutdown && is_idle) {
    // Inside the transaction nobody can add a request: one that came since the last look keeps the
    // agent.
    const auto pending = store_.requests().pending();
    if (!pending || !pending->empty()) {
      return pending ? Status() : failWith(pending.error());
    }
  }
  if (is_shutdown ? !(stops_runs && has_runs) : is_idle) {
    effects.is_released = true;
    return store_.lease().release(self_);
  }
  return {};
}

void Agent::apply(Effects& effects) {
  for (const std::string& line : effects.lines) {
    log_(line);
  }
  renewed_ms_ = clock_.steadyMs();
  // A request that must wait is looked at again in every turn.
  has_requests_ = effects.requests.has_waiting;
  if (effects.requests.has_changed) {
    busy_ms_ = renewed_ms_;
  }
  ended_.clear();
  if (!effects.settled.empty() && active_.empty()) {
    [[maybe_unused]] const Status truncated = store_.truncateLog();
  }
  if (effects.is_planned) {
    next_plan_ms_.reset();
    if (effects.next_plan_ms) {
      // From here on by the steady clock: a jump of the other one must not keep runs waiting.
      const std::int64_t delay_ms = *effects.next_plan_ms - clock_.wallMs();
      next_plan_ms_ = renewed_ms_ + std::max<std::int64_t>(0, delay_ms);
    }
    is_plan_due_ = false;
  }
  for (EndedAttempt& lost : effects.lost) {
    ended_.push_back(std::move(lost));
  }
  for (auto& start : effects.starts) {
    launch(start);
  }
  if (effects.requests.jobs) {
    setJobs(*effects.requests.jobs);
  }
  is_shutting_down_ = is_shutting_down_ || effects.requests.shut_down;
  stops_runs_ = stops_runs_ || effects.requests.stop_runs;
  for (auto& [run_id, run] : active_) {
    const bool is_asked =
        std::ranges::find(effects.requests.stops, run_id) != effects.requests.stops.end();
    if ((is_asked || stops_runs_) && run.cause == StopCause::kNone) {
      run.cause = StopCause::kRequest;
    }
  }
  if (effects.is_released) {
    log_(is_shutting_down_ ? "shut down" : "nothing to do; ending");
    is_ended_ = true;
  }
}

void Agent::launch(AttemptStarter::Start& start) {
  ActiveRun& run = *start.active;
  if (!start.is_prepared) {
    log_(fmt::format("run {}: took back pid {}", run.run_id, run.process.pid));
  } else if (const Status launched = runner_.launch(run.process); !launched) {
    EndedAttempt ended;
    ended.run = std::move(run);
    ended.ending = Ending::kNotStarted;
    ended.message = launched.error().message;
    ended_.push_back(std::move(ended));
    return;
  } else {
    log_(fmt::format(
        "run {}: started attempt {}, pid {}", run.run_id, run.attempt, run.process.pid));
  }
  active_[run.run_id] = std::move(run);
}

void Agent::handleFailure(const Error& error, Effects& effects) {
  for (const auto& start : effects.starts) {
    if (start.is_prepared) {
      runner_.discard(start.active->process);
    }
  }
  // Said once for each kind of failure, not in every turn.
  if (error.message != last_failure_) {
    log_(error.message);
    last_failure_ = error.message;
  }
  // What was read in the failed transaction is read again.
  for (const auto& [run_id, run] : active_) {
    unread_.insert(run_id);
  }
  if (error.code != ErrorCode::kProtocol) {
    pause_until_ms_ = clock_.steadyMs() + kFailurePauseMs;
  }
}

bool Agent::isIdle() const {
  return active_.empty() && ended_.empty() && !next_plan_ms_ && !is_plan_due_;
}

void Agent::setJobs(int jobs) {
  machine_.jobs = jobs;
  is_plan_due_ = true;
  log_(jobs == 0 ? std::string("no limit of runs at once but the slots")
                 : fmt::format("at most {} runs at once", jobs));
  if (const Status saved = writeAgentSettings(store_.paths(), {jobs}); !saved) {
    log_(saved.error().message);
  }
}

}  // namespace retort
