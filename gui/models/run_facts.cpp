#include "gui/models/run_facts.h"

#include "core/plan/run_requests.h"
#include "storage/workspace_store.h"

#include <algorithm>

namespace retort::gui {
namespace {

// Steps that a rate is measured over, as in `retort watch`.
constexpr std::int64_t kRateSteps = 100;

std::optional<double> readSecondsLeft(storage::WorkspaceStore& store, const RunRecord& run) {
  const auto times = store.metrics().stepTimes(run.spec.run_id, run.step - kRateSteps);
  if (!times || times->size() < 2 || times->back().time_ms <= times->front().time_ms ||
      times->back().step <= times->front().step || run.total_steps <= 0) {
    return std::nullopt;
  }
  const double ms_per_step = static_cast<double>(times->back().time_ms - times->front().time_ms) /
                             static_cast<double>(times->back().step - times->front().step);
  const auto steps_left = std::max<std::int64_t>(0, run.total_steps - run.step);
  return static_cast<double>(steps_left) * ms_per_step / 1000.0;
}

bool hasResults(RunState state) {
  return state == RunState::kFinished || state == RunState::kDiverged;
}

}  // namespace

Result<RunFactsById> loadRunFacts(storage::WorkspaceStore& store,
                                  const std::vector<RunRecord>& runs,
                                  const RunFactsById& known) {
  RunFactsById facts;
  const auto experiments = store.experiments().list(true);
  if (!experiments) {
    return failWith(experiments.error());
  }
  for (const ExperimentRecord& experiment : *experiments) {
    for (const ExperimentRun& member : experiment.runs) {
      if (const auto [place, is_new] = facts.try_emplace(member.run_id); is_new) {
        place->second.experiment = experiment.name;
        place->second.labels = member.labels;
        place->second.seed = member.seed;
      }
    }
  }
  for (const RunRecord& run : runs) {
    if (isActive(run.state)) {
      facts[run.spec.run_id].seconds_left = readSecondsLeft(store, run);
    }
    if (!hasResults(run.state)) {
      continue;
    }
    const auto before = known.find(run.spec.run_id);
    if (before != known.end() && !before->second.results.empty()) {
      facts[run.spec.run_id].results = before->second.results;
    } else if (auto results = store.metrics().results(run.spec.run_id)) {
      facts[run.spec.run_id].results = std::move(*results);
    }
  }
  return facts;
}

}  // namespace retort::gui
