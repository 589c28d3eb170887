#include "core/comparison/comparison_choices.h"

#include "core/run/format.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <set>

namespace retort {
namespace {

constexpr const char* kBestSuffix = "_best";

/// "grad_norm", "grad_norm[projection=q]", "kl[head=1]", … : the parts of a metric that a profile
/// over the layers can be of.
void addProfiles(const SeriesKey& key, std::set<std::string>& profiles) {
  if (!key.layer) {
    return;
  }
  profiles.insert(key.metric);
  SeriesKey part = key;
  part.layer.reset();
  profiles.insert(formatSeries(part));
  part.head.reset();
  profiles.insert(formatSeries(part));
}

struct Collected {
  std::set<std::string> names;    ///< all metrics
  std::set<std::string> scalars;  ///< without dimensions
  std::set<SeriesKey> keys;
};

Status collect(storage::WorkspaceStore& store, const std::string& run_id, Collected& found) {
  const auto series = store.metrics().series(run_id);
  const auto results = store.metrics().results(run_id);
  if (!series || !results) {
    return failWith(!series ? series.error() : results.error());
  }
  for (const storage::SeriesInfo& curve : *series) {
    found.names.insert(curve.key.metric);
    if (formatSeries(curve.key) == curve.key.metric) {
      found.scalars.insert(curve.key.metric);
    } else {
      found.keys.insert(curve.key);
    }
  }
  for (const auto& [name, value] : *results) {
    found.names.insert(name);
    found.scalars.insert(name);
  }
  return {};
}

bool endsWith(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::vector<FactorChoice> factorsOf(const ExperimentRecord& experiment) {
  std::vector<FactorChoice> factors;
  for (const ExperimentRun& run : experiment.runs) {
    if (run.is_needed_only) {
      continue;
    }
    for (const auto& [factor, label] : run.labels) {
      auto known = std::find_if(factors.begin(), factors.end(), [&](const FactorChoice& choice) {
        return choice.name == factor;
      });
      if (known == factors.end()) {
        known = factors.insert(factors.end(), FactorChoice{factor, {}});
      }
      if (std::find(known->labels.begin(), known->labels.end(), label) == known->labels.end()) {
        known->labels.push_back(label);
      }
    }
  }
  return factors;
}

Result<ComparisonChoices> loadChoices(storage::WorkspaceStore& store,
                                      const ExperimentRecord& experiment) {
  Collected found;
  for (const ExperimentRun& run : experiment.runs) {
    if (!run.is_needed_only) {
      if (Status status = collect(store, run.run_id, found); !status) {
        return failWith(status.error());
      }
    }
  }
  ComparisonChoices choices;
  choices.factors = factorsOf(experiment);
  choices.recorded.assign(found.names.begin(), found.names.end());
  for (const std::string& name : found.scalars) {
    const bool is_best_of_another =
        endsWith(name, kBestSuffix) &&
        found.scalars.contains(name.substr(0, name.size() - std::string(kBestSuffix).size()));
    if (!is_best_of_another) {
      choices.metrics.push_back(name);
    }
  }
  std::set<std::string> profiles;
  for (const SeriesKey& key : found.keys) {
    choices.curves.push_back(formatSeries(key));
    addProfiles(key, profiles);
  }
  choices.by_layer.assign(profiles.begin(), profiles.end());
  return choices;
}

}  // namespace retort
