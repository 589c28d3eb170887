#pragma once

#include "core/run/run_record.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort::gui {

/// What the list of runs shows beside a run's record, and what takes longer to read.
struct RunFacts {
  std::string experiment;                                   ///< the latest that the run belongs to
  std::vector<std::pair<std::string, std::string>> labels;  ///< factor -> label in that experiment
  std::optional<std::int64_t> seed;
  std::map<std::string, double> results;  ///< final metrics; empty before the run has ended
  std::optional<double> seconds_left;     ///< of a running one

  bool operator==(const RunFacts&) const = default;
};

using RunFactsById = std::map<std::string, RunFacts>;

/// The facts of all runs, and of which experiments they tell.
struct RunFactsBook {
  RunFactsById facts;
  std::vector<ExperimentRecord> experiments;  ///< as listed, without their runs
  std::vector<std::string> factors;  ///< with at least two labels, in the order of the axes
  std::vector<std::string> metrics;  ///< of results; evaluations first
};

/// Fills in `factors` and `metrics`.
[[nodiscard]] RunFactsBook makeFactsBook(RunFactsById facts,
                                         std::vector<ExperimentRecord> experiments = {});

/// Reads the facts of these runs. Final metrics never change, and memberships only when another
/// experiment is submitted or forgotten: those in `known` are not read again. Runs without anything
/// to tell are left out.
[[nodiscard]] Result<RunFactsBook> loadRunFacts(storage::WorkspaceStore& store,
                                                const std::vector<RunRecord>& runs,
                                                const RunFactsBook& known);

}  // namespace retort::gui
