#include "core/run/run_record.h"

#include "core/base/check.h"

#include <array>

namespace retort {

namespace {

constexpr std::array<std::pair<RunState, std::string_view>, 9> kStateNames = {{
    {RunState::kQueued, "queued"},
    {RunState::kPaused, "paused"},
    {RunState::kBlocked, "blocked"},
    {RunState::kRunning, "running"},
    {RunState::kStopping, "stopping"},
    {RunState::kStopped, "stopped"},
    {RunState::kFinished, "finished"},
    {RunState::kDiverged, "diverged"},
    {RunState::kFailed, "failed"},
}};

}  // namespace

std::string_view runStateName(RunState state) {
  for (const auto& [known, name] : kStateNames) {
    if (known == state) {
      return name;
    }
  }
  RETORT_CHECK(false, "unknown run state");
}

std::optional<RunState> runStateFromName(std::string_view name) {
  for (const auto& [state, known] : kStateNames) {
    if (known == name) {
      return state;
    }
  }
  return std::nullopt;
}

bool isTerminal(RunState state) {
  return state == RunState::kFinished || state == RunState::kDiverged ||
         state == RunState::kFailed || state == RunState::kStopped;
}

}  // namespace retort
