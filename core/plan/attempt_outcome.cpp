#include "core/plan/attempt_outcome.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace retort {
namespace {

using Ending = AttemptOutcome::Ending;

// The exit codes of the trainer's contract.
constexpr int kExitFinished = 0;
constexpr int kExitDiverged = 2;
constexpr int kExitBadData = 65;
constexpr int kExitMissingInput = 66;
constexpr int kExitStopped = 75;
constexpr int kExitBadSpec = 78;
// What the dynamic loader and `env` return when a program or a library of it is missing.
constexpr int kExitNotExecuted = 127;

std::string durationText(std::int64_t seconds) {
  if (seconds % 3600 == 0 && seconds > 0) {
    return fmt::format("{} h", seconds / 3600);
  }
  if (seconds % 60 == 0 && seconds > 0) {
    return fmt::format("{} min", seconds / 60);
  }
  return fmt::format("{} s", seconds);
}

std::string withTrainersWords(std::string sentence, const AttemptOutcome& outcome) {
  if (!outcome.message.empty()) {
    sentence += ": " + outcome.message;
  }
  return sentence;
}

Settlement ended(const RunRecord& run, RunState state, std::string message) {
  return {state, std::move(message), run.crashes, 0};
}

Settlement queuedAgain(const RunRecord& run, std::string message) {
  return {RunState::kQueued, std::move(message), run.crashes, 0};
}

// The exit code that counts: an attempt that nobody saw ending is judged by its own last event.
std::optional<int> effectiveExitCode(const AttemptOutcome& outcome) {
  if (outcome.ending == Ending::kExited) {
    return outcome.code;
  }
  if (outcome.ending == Ending::kLost || outcome.ending == Ending::kRebooted) {
    return outcome.end_exit_code;
  }
  return std::nullopt;
}

std::string stoppedMessage(const RunRecord& run, const AttemptOutcome& outcome) {
  if (outcome.cause == StopCause::kTimeLimit) {
    return fmt::format("stopped at its time limit of {}; resuming continues from the checkpoint",
                       durationText(run.resources.time_limit_s));
  }
  if (outcome.was_forced) {
    return fmt::format("stopped by force at step {}: it did not end after SIGTERM", outcome.step);
  }
  if (outcome.cause == StopCause::kRequest) {
    return fmt::format("stopped at step {}", outcome.step);
  }
  return fmt::format("stopped from outside at step {}; resuming continues from the checkpoint",
                     outcome.step);
}

Settlement crashed(const RunRecord& run,
                   const AttemptOutcome& outcome,
                   const RetryPolicy& policy,
                   std::int64_t now_ms) {
  const int crashes = outcome.has_checkpoint ? 1 : run.crashes + 1;
  std::string what = outcome.cause == StopCause::kHang ? "not responding" : describeEnding(outcome);
  what = withTrainersWords(fmt::format("{} at step {}", what, outcome.step), outcome);
  if (crashes >= policy.max_crashes) {
    return {
        RunState::kFailed, fmt::format("{}; gave up after {} crashes", what, crashes), crashes, 0};
  }
  const auto delay = retryDelay(policy, crashes);
  return {RunState::kQueued,
          fmt::format("{}; trying again in {} s (crash {} of {})",
                      what,
                      static_cast<double>(delay.count()) / 1000,
                      crashes,
                      policy.max_crashes),
          crashes,
          now_ms + delay.count()};
}

std::optional<Settlement> settleByExitCode(const RunRecord& run,
                                           const AttemptOutcome& outcome,
                                           int code) {
  switch (code) {
    case kExitFinished:
      return ended(run, RunState::kFailed, "ended without a result");
    case kExitDiverged:
      return ended(run, RunState::kDiverged, withTrainersWords("diverged", outcome));
    case kExitBadData:
      return ended(run, RunState::kFailed, withTrainersWords("bad data", outcome));
    case kExitMissingInput:
      return ended(run, RunState::kFailed, withTrainersWords("missing input", outcome));
    case kExitBadSpec:
      return ended(run, RunState::kFailed, withTrainersWords("bad spec", outcome));
    case kExitStopped:
      return ended(run, RunState::kStopped, stoppedMessage(run, outcome));
    default:
      return std::nullopt;
  }
}

}  // namespace

Settlement settleAttempt(const RunRecord& run,
                         const AttemptOutcome& outcome,
                         const RetryPolicy& policy,
                         std::int64_t now_ms) {
  if (outcome.ending == Ending::kNotStarted) {
    return ended(run, RunState::kFailed, "cannot start trainer: " + outcome.message);
  }
  if (!outcome.refusal.empty()) {
    return ended(run, RunState::kFailed, outcome.refusal);
  }
  if (outcome.end_status == "finished") {
    return ended(run, RunState::kFinished, "");
  }
  const std::optional<int> code = effectiveExitCode(outcome);
  if (code == kExitNotExecuted && !outcome.has_opened) {
    return ended(run, RunState::kFailed, "cannot start trainer: " + outcome.message);
  }
  // A hang is a crash however the trainer answered to the signals.
  if (code && outcome.cause != StopCause::kHang) {
    if (const auto settlement = settleByExitCode(run, outcome, *code)) {
      return *settlement;
    }
  }
  if (outcome.cause == StopCause::kRequest || outcome.cause == StopCause::kTimeLimit) {
    return ended(run, RunState::kStopped, stoppedMessage(run, outcome));
  }
  if (outcome.ending == Ending::kRebooted) {
    return queuedAgain(run, "interrupted by a restart of the machine; goes on from its checkpoint");
  }
  if (outcome.ending == Ending::kLost && !outcome.has_opened) {
    return queuedAgain(run, "its process was lost before it began; starts again");
  }
  return crashed(run, outcome, policy, now_ms);
}

std::chrono::milliseconds retryDelay(const RetryPolicy& policy, int crashes) {
  auto delay = policy.first_delay;
  for (int i = 1; i < crashes && delay < policy.longest_delay; ++i) {
    delay *= 2;
  }
  return std::min(delay, policy.longest_delay);
}

std::string signalName(int signal) {
  // Linux numbers, as x86-64 and ARM have them: the plan is pure and includes no system header.
  static constexpr std::array<std::string_view, 32> kNames = {
      "",        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",  "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "",        "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  if (signal > 0 && signal < static_cast<int>(kNames.size())) {
    const std::string_view name = kNames[static_cast<std::size_t>(signal)];
    if (!name.empty()) {
      return std::string(name);
    }
  }
  return fmt::format("signal {}", signal);
}

std::string describeEnding(const AttemptOutcome& outcome) {
  switch (outcome.ending) {
    case Ending::kExited:
      return fmt::format("exit code {}", outcome.code);
    case Ending::kSignaled:
      if (outcome.is_out_of_memory) {
        return "out of memory: killed by the kernel (SIGKILL)";
      }
      return fmt::format("killed by signal {} ({})", outcome.code, signalName(outcome.code));
    case Ending::kLost:
      return "lost: its process ended while nobody watched";
    case Ending::kRebooted:
      return "interrupted by a restart of the machine";
    case Ending::kNotStarted:
      return "not started";
  }
  return "";
}

}  // namespace retort
