#include "core/agent/attempt_starter.h"

#include "core/agent/machine.h"
#include "core/agent/process_identity.h"
#include "core/agent/run_folder.h"
#include "core/agent/run_lock.h"
#include "core/agent/trainer_command.h"
#include "core/agent/trainer_registry.h"
#include "core/base/text.h"
#include "core/plan/run_requests.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace retort {
namespace {

// Before something that could not be done now is tried again.
constexpr std::int64_t kPostponeMs = 5'000;

std::optional<std::int64_t> readNumber(std::int64_t pid, const std::string& variable) {
  const auto text = readProcessVariable(pid, variable);
  return text ? parseInteger(*text) : std::nullopt;
}

}  // namespace

AttemptStarter::AttemptStarter(storage::WorkspaceStore& store,
                               ProcessRunner& runner,
                               const Clock& clock,
                               const MachineSlots& machine)
    : store_(&store),
      runner_(&runner),
      clock_(&clock),
      machine_(&machine) {}

Result<AttemptStarter::Start> AttemptStarter::start(const RunStart& planned) {
  const auto run = store_->runs().get(planned.run_id);
  if (!run) {
    return failWith(run.error());
  }
  const RunLock lock = readRunLock(store_->paths().run(planned.run_id).lock());
  return lock.is_held ? takeOver(*run, lock.pid) : startProcess(planned, *run);
}

Result<AttemptStarter::Start> AttemptStarter::startProcess(const RunStart& planned,
                                                           const RunRecord& run) {
  const WorkspacePaths& workspace = store_->paths();
  const auto trainer = findTrainer(workspace, run.spec.trainer);
  if (!trainer) {
    const std::string message = "cannot start trainer: " + trainer.error().message;
    const Status failed =
        store_->runs().setState(planned.run_id, RunState::kFailed, message, clock_->wallMs());
    return failed ? Result<Start>(Start{{}, false, message}) : failWith(failed.error());
  }
  if (const Status made = makeRunFolder(workspace, run.spec); !made) {
    return postpone(run, made.error().message);
  }
  ActiveRun active;
  active.run_id = planned.run_id;
  active.attempt = run.attempts + 1;
  active.grant = planned.grant;
  active.is_new = true;
  active.time_limit_ms = run.resources.time_limit_s * 1000;
  active.out_of_memory_kills = countOutOfMemoryKills();
  const auto process = runner_->prepare(makeTrainerCommand(*trainer,
                                                           workspace.run(planned.run_id),
                                                           active.attempt,
                                                           planned.grant,
                                                           !machine_->gpus.empty()));
  if (!process) {
    return postpone(run, process.error().message);
  }
  active.process = *process;
  const std::int64_t now_ms = clock_->wallMs();
  beginWatch(active, clock_->steadyMs(), 0);
  AttemptRecord record;
  record.attempt = active.attempt;
  record.process = *process;
  record.started_ms = now_ms;
  Status status = store_->runs().startAttempt(planned.run_id, record);
  if (status) {
    status = store_->runs().setState(planned.run_id, RunState::kRunning, "", now_ms);
  }
  if (!status) {
    runner_->discard(*process);
    return failWith(status.error());
  }
  return Start{std::move(active), true, ""};
}

Result<AttemptStarter::Start> AttemptStarter::takeOver(const RunRecord& run, std::int64_t pid) {
  const std::string& run_id = run.spec.run_id;
  const auto process = identifyProcess(pid);
  if (!process || !runner_->adopt(*process)) {
    return postpone(run, fmt::format("run is locked by pid {}, which is not on this machine", pid));
  }
  const std::int64_t now_ms = clock_->wallMs();
  AttemptRecord record;
  record.attempt =
      static_cast<int>(readNumber(pid, "RETORT_ATTEMPT").value_or(std::max(1, run.attempts)));
  record.process = *process;
  record.started_ms = now_ms;
  Status status = store_->runs().startAttempt(run_id, record);
  if (status && !isActive(run.state)) {
    status = store_->runs().setState(run_id, RunState::kRunning, "", now_ms);
  }
  return status ? Result<Start>(Start{adopted(run, record), false, ""}) : failWith(status.error());
}

Result<AttemptStarter::Start> AttemptStarter::postpone(const RunRecord& run,
                                                       const std::string& message) {
  const std::int64_t now_ms = clock_->wallMs();
  const std::string& run_id = run.spec.run_id;
  Status status = store_->runs().setState(run_id, RunState::kQueued, message, now_ms);
  if (status) {
    status = store_->runs().setRetry(run_id, run.crashes, now_ms + kPostponeMs);
  }
  return status ? Result<Start>(Start{{}, false, message}) : failWith(status.error());
}

Result<std::optional<ActiveRun>> AttemptStarter::takeBack(const RunRecord& run) {
  const auto attempt = store_->runs().lastAttempt(run.spec.run_id);
  if (!attempt) {
    return failWith(attempt.error());
  }
  if (*attempt && runner_->adopt((*attempt)->process)) {
    return std::optional(adopted(run, **attempt));
  }
  const RunLock lock = readRunLock(store_->paths().run(run.spec.run_id).lock());
  if (!lock.is_held || !identifyProcess(lock.pid)) {
    return std::optional<ActiveRun>();
  }
  auto taken = takeOver(run, lock.pid);
  return taken ? Result<std::optional<ActiveRun>>(std::move(taken->active))
               : failWith(taken.error());
}

ActiveRun AttemptStarter::adopted(const RunRecord& run, const AttemptRecord& attempt) const {
  const std::int64_t pid = attempt.process.pid;
  ActiveRun active;
  active.run_id = run.spec.run_id;
  active.process = attempt.process;
  active.attempt = attempt.attempt;
  active.grant.threads = static_cast<int>(
      readNumber(pid, "RETORT_THREADS").value_or(std::max(1, run.resources.threads)));
  active.grant.memory_bytes = run.resources.memory_bytes;
  if (run.resources.gpus > 0) {
    active.grant.gpus =
        parseVisibleDevices(readProcessVariable(pid, "CUDA_VISIBLE_DEVICES").value_or(""));
  }
  active.time_limit_ms = run.resources.time_limit_s * 1000;
  active.out_of_memory_kills = countOutOfMemoryKills();
  if (run.state == RunState::kStopping) {
    active.cause = StopCause::kRequest;
  }
  beginWatch(active, clock_->steadyMs(), clock_->wallMs() - attempt.started_ms);
  return active;
}

}  // namespace retort
