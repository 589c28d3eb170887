#pragma once

#include "core/base/result.h"
#include "core/comparison/curve_band.h"
#include "core/comparison/run_groups.h"

#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort {

/// One curve of each run of a group, and what they have in common.
struct GroupCurves {
  RunGroup group;
  std::vector<std::string> run_ids;        ///< the runs of the group that have it
  std::vector<std::vector<Point>> curves;  ///< one for each of `run_ids`
  std::vector<BandPoint> band;

  bool operator==(const GroupCurves&) const = default;
};

/// `series` as `formatSeries` writes it: "train.loss" or "grad_norm[layer=3,projection=q]". Runs
/// that do not have it are left out; all groups come back, in their order. kUsage when `series` is
/// malformed.
[[nodiscard]] Result<std::vector<GroupCurves>> loadGroupCurves(storage::WorkspaceStore& store,
                                                               const std::vector<RunGroup>& groups,
                                                               const std::string& series,
                                                               Spread spread,
                                                               double confidence = 0.95);

}  // namespace retort
