#pragma once

#include "core/base/result.h"
#include "core/comparison/run_groups.h"
#include "core/settings/combination.h"
#include "core/statistics/mean_interval.h"

#include <optional>
#include <string>
#include <vector>

namespace retort::storage {
class WorkspaceStore;
}

namespace retort {

/// A group's values at one layer.
struct ProfilePoint {
  int layer = 0;
  std::vector<double> values;  ///< one per run with a finite value here
  Summary summary;
  std::optional<Interval> spread;

  bool operator==(const ProfilePoint&) const = default;
};

/// A metric by depth.
struct GroupProfile {
  RunGroup group;
  std::vector<ProfilePoint> points;  ///< by layer

  bool operator==(const GroupProfile&) const = default;
};

/// Which value of a curve stands for it in a profile.
enum class ProfileValue {
  kLast,  ///< its last point
  kMean,  ///< the mean of its points
};

struct ProfileRequest {
  std::string metric;  ///< "grad_norm", or a part of its curves: "grad_norm[projection=q]"
  ProfileValue value = ProfileValue::kLast;
  Spread spread = Spread::kDeviation;
  double confidence = 0.95;
  Combination combination = Combination::kMean;  ///< the metric's own, of a layer's curves
};

/// For each run and layer the curves of the metric that the request includes (all projections,
/// heads and components unless it names them) as one value, then statistics over the runs of each
/// group. Curves without a layer and values that are not finite do not count. kUsage when the
/// metric is malformed.
[[nodiscard]] Result<std::vector<GroupProfile>> loadGroupProfiles(
    storage::WorkspaceStore& store,
    const std::vector<RunGroup>& groups,
    const ProfileRequest& request);

}  // namespace retort
