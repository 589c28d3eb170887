#include "gui/models/run_facts.h"

#include "core/plan/run_requests.h"
#include "storage/step_rate.h"
#include "storage/workspace_store.h"

namespace retort::gui {
namespace {

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
      facts[run.spec.run_id].seconds_left =
          storage::secondsLeft(run, storage::stepsPerSecond(store.metrics(), run));
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
