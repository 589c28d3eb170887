#include "gui/models/run_facts.h"

#include "core/plan/run_requests.h"
#include "storage/step_rate.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <set>
#include <utility>

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

std::vector<std::string> differingFactors(const RunFactsById& facts) {
  std::vector<std::string> order;
  std::map<std::string, std::set<std::string>> labels;
  for (const auto& [run_id, run] : facts) {
    for (const auto& [factor, label] : run.labels) {
      const auto [known, is_new] = labels.try_emplace(factor);
      known->second.insert(label);
      if (is_new) {
        order.push_back(factor);
      }
    }
  }
  std::erase_if(order, [&](const std::string& factor) { return labels[factor].size() < 2; });
  return order;
}

/// Evaluations first: they are what a grid is run for.
std::vector<std::string> finalMetrics(const RunFactsById& facts) {
  std::set<std::string> names;
  for (const auto& [run_id, run] : facts) {
    for (const auto& [name, value] : run.results) {
      names.insert(name);
    }
  }
  std::vector<std::string> order(names.begin(), names.end());
  std::stable_partition(order.begin(), order.end(), [](const std::string& name) {
    return name.starts_with("eval.");
  });
  return order;
}

}  // namespace

RunFactsBook makeFactsBook(RunFactsById facts, std::vector<ExperimentRecord> experiments) {
  RunFactsBook book{std::move(facts), std::move(experiments), {}, {}};
  book.factors = differingFactors(book.facts);
  book.metrics = finalMetrics(book.facts);
  return book;
}

Result<RunFactsBook> loadRunFacts(storage::WorkspaceStore& store,
                                  const std::vector<RunRecord>& runs,
                                  const RunFactsBook& known) {
  auto experiments = store.experiments().list(false);
  if (!experiments) {
    return failWith(experiments.error());
  }
  RunFactsById facts;
  if (*experiments == known.experiments) {
    facts = membershipsOf(known.facts);
  } else if (auto read = readMemberships(store)) {
    facts = std::move(*read);
  } else {
    return failWith(read.error());
  }
  for (const RunRecord& run : runs) {
    if (isActive(run.state)) {
      facts[run.spec.run_id].seconds_left =
          storage::secondsLeft(run, storage::stepsPerSecond(store.metrics(), run));
    }
    if (!hasResults(run.state)) {
      continue;
    }
    const auto before = known.facts.find(run.spec.run_id);
    if (before != known.facts.end() && !before->second.results.empty()) {
      facts[run.spec.run_id].results = before->second.results;
    } else if (auto results = store.metrics().results(run.spec.run_id)) {
      facts[run.spec.run_id].results = std::move(*results);
    }
  }
  return makeFactsBook(std::move(facts), std::move(*experiments));
}

}  // namespace retort::gui
