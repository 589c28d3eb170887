#pragma once

#include "core/run/submission.h"
#include "experiments/reproduction.h"
#include "storage/workspace_store.h"

#include <cstddef>
#include <string>
#include <vector>

namespace retort::cli {

/// One grid of a reproduction, expanded.
struct PlannedGrid {
  experiments::ReproductionGrid grid;
  Submission submission;
};

/// How much of a reproduction is still to do.
struct ReproductionPlan {
  std::size_t total = 0;    ///< runs, those that several grids share once
  std::size_t done = 0;     ///< finished or diverged
  double core_seconds = 0;  ///< of the rest, estimated
  double seconds = 0;       ///< the same with `at_once` runs at a time
  int at_once = 1;
};

/// Counts what is left. A run takes as long as finished ones of its grid took in this workspace,
/// else as the reproduction's file says. `cores` is what the machine offers.
[[nodiscard]] ReproductionPlan planReproduction(storage::WorkspaceStore& store,
                                                const std::vector<PlannedGrid>& grids,
                                                int cores);

/// "about 12 minutes", "about 3 hours".
[[nodiscard]] std::string aboutDuration(double seconds);

}  // namespace retort::cli
