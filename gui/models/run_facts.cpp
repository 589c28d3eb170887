#include "gui/models/run_facts.h"

#include "core/plan/run_requests.h"
#include "storage/step_rate.h"
#include "storage/workspace_store.h"

namespace retort::gui {
namespace {

bool hasResults(RunState state) {
  return state == RunState::kFinished || state == RunState::kDiverged;
}

/// Experiment, labels and seed of each run; the latest experiment counts.
Result<RunFactsById> readMemberships(storage::WorkspaceStore& store) {
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
  return facts;
}

RunFactsById membershipsOf(const RunFactsById& known) {
  RunFactsById facts;
  for (const auto& [run_id, run] : known) {
    if (!run.experiment.empty()) {
      facts.emplace_hint(
          facts.end(), run_id, RunFacts{run.experiment, run.labels, run.seed, {}, {}});
    }
  }
  return facts;
}

}  // namespace

Result<RunFactsBook> loadRunFacts(storage::WorkspaceStore& store,
                                  const std::vector<RunRecord>& runs,
                                  const RunFactsBook& known) {
  auto experiments = store.experiments().list(false);
  if (!experiments) {
    return failWith(experiments.error());
  }
  RunFactsBook book;
  book.experiments = std::move(*experiments);
  if (book.experiments == known.experiments) {
    book.facts = membershipsOf(known.facts);
  } else if (auto read = readMemberships(store)) {
    book.facts = std::move(*read);
  } else {
    return failWith(read.error());
  }
  for (const RunRecord& run : runs) {
    if (isActive(run.state)) {
      book.facts[run.spec.run_id].seconds_left =
          storage::secondsLeft(run, storage::stepsPerSecond(store.metrics(), run));
    }
    if (!hasResults(run.state)) {
      continue;
    }
    const auto before = known.facts.find(run.spec.run_id);
    if (before != known.facts.end() && !before->second.results.empty()) {
      book.facts[run.spec.run_id].results = before->second.results;
    } else if (auto results = store.metrics().results(run.spec.run_id)) {
      book.facts[run.spec.run_id].results = std::move(*results);
    }
  }
  return book;
}

}  // namespace retort::gui
