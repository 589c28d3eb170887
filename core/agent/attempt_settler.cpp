#include "core/agent/attempt_settler.h"

#include "core/agent/machine.h"
#include "core/agent/run_folder.h"

#include <csignal>
#include <utility>

namespace retort {
namespace {

using Ending = AttemptOutcome::Ending;

std::string textField(const Json& fields, const char* key) {
  const auto found = fields.find(key);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : "";
}

void readEndEvent(const Json& fields, AttemptOutcome& outcome) {
  outcome.end_status = textField(fields, "status");
  outcome.message = textField(fields, "message");
  const auto code = fields.find("exit_code");
  if (code != fields.end() && code->is_number_integer()) {
    outcome.end_exit_code = code->get<int>();
  }
}

}  // namespace

AttemptSettler::AttemptSettler(storage::WorkspaceStore& store,
                               const Clock& clock,
                               const RetryPolicy& policy)
    : store_(&store),
      clock_(&clock),
      policy_(policy),
      follower_(store.ingest()) {}

Result<Settlement> AttemptSettler::settle(EndedAttempt& ended) {
  const std::string& run_id = ended.run.run_id;
  if (ended.run.refusal.empty()) {
    const auto drained = follower_.drain(run_id, store_->paths().run(run_id).events());
    if (!drained) {
      constexpr int kMaxReads = 3;
      if (drained.error().code == ErrorCode::kProtocol || ++ended.read_failures >= kMaxReads) {
        ended.run.refusal = drained.error().message;
      }
      return failWith(drained.error());
    }
  }
  const auto run = store_->runs().get(run_id);
  if (!run) {
    return failWith(run.error());
  }
  const auto outcome = gatherOutcome(ended, *run);
  if (!outcome) {
    return failWith(outcome.error());
  }
  const std::int64_t now_ms = clock_->wallMs();
  Settlement settlement = settleAttempt(*run, *outcome, policy_, now_ms);

  AttemptRecord record;
  record.attempt = ended.run.attempt;
  record.ended_ms = now_ms;
  if (ended.ending == Ending::kExited) {
    record.exit_code = ended.code;
  } else if (ended.ending == Ending::kSignaled) {
    record.signal = ended.code;
  }
  record.message = settlement.message;
  Status status = store_->runs().endAttempt(run_id, record);
  // An attempt that was never written down has no end to fill in.
  if (status || status.error().code == ErrorCode::kNotFound) {
    status = store_->runs().setState(run_id, settlement.state, settlement.message, now_ms);
  }
  if (status) {
    status = store_->runs().setRetry(run_id, settlement.crashes, settlement.not_before_ms);
  }
  return status ? Result<Settlement>(std::move(settlement)) : failWith(status.error());
}

Result<AttemptOutcome> AttemptSettler::gatherOutcome(const EndedAttempt& ended,
                                                     const RunRecord& run) {
  AttemptOutcome outcome;
  outcome.ending = ended.ending;
  outcome.code = ended.code;
  outcome.step = run.step;
  outcome.refusal = ended.run.refusal;
  outcome.cause = ended.run.cause;
  outcome.was_forced = ended.run.was_killed;
  if (run.state == RunState::kStopping && outcome.cause == StopCause::kNone) {
    outcome.cause = StopCause::kRequest;  // asked for while another agent watched
  }
  outcome.is_out_of_memory = ended.ending == Ending::kSignaled && ended.code == SIGKILL &&
                             !ended.run.was_killed &&
                             countOutOfMemoryKills() > ended.run.out_of_memory_kills;
  const auto events = store_->events().list(
      {ended.run.run_id, {"open", "checkpoint", "end"}, 0, 1000, /*newest_first=*/true});
  if (!events) {
    return failWith(events.error());
  }
  for (const auto& logged : *events) {
    const Event& event = logged.event;
    if (event.attempt != ended.run.attempt) {
      continue;
    }
    outcome.has_opened = outcome.has_opened || event.kind == "open";
    outcome.has_checkpoint = outcome.has_checkpoint || event.kind == "checkpoint";
    if (event.kind == "end" && outcome.end_status.empty()) {
      readEndEvent(event.fields, outcome);
    }
  }
  if (ended.ending == Ending::kNotStarted) {
    outcome.message = ended.message;
  } else if (outcome.message.empty()) {
    outcome.message = lastLogLine(store_->paths().run(ended.run.run_id));
  }
  return outcome;
}

}  // namespace retort
