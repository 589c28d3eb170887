#include "core/comparison/group_curves.h"

#include "core/run/format.h"
#include "storage/workspace_store.h"

namespace retort {
namespace {

/// Empty when the run has no such curve.
Result<std::vector<Point>> loadCurve(storage::MetricStore& metrics,
                                     const std::string& run_id,
                                     const SeriesKey& wanted) {
  const auto curves = metrics.series(run_id, wanted.metric);
  if (!curves) {
    return failWith(curves.error());
  }
  for (const storage::SeriesInfo& curve : *curves) {
    if (curve.key == wanted) {
      return metrics.points(curve.series_id);
    }
  }
  return std::vector<Point>{};
}

}  // namespace

Result<std::vector<GroupCurves>> loadGroupCurves(storage::WorkspaceStore& store,
                                                 const std::vector<RunGroup>& groups,
                                                 const std::string& series,
                                                 Spread spread,
                                                 double confidence) {
  const auto wanted = parseSeries(series);
  if (!wanted) {
    return failWith(wanted.error());
  }
  std::vector<GroupCurves> result;
  for (const RunGroup& group : groups) {
    GroupCurves next;
    next.group = group;
    for (const std::string& run_id : group.run_ids) {
      auto points = loadCurve(store.metrics(), run_id, *wanted);
      if (!points) {
        return failWith(points.error());
      }
      if (!points->empty()) {
        next.run_ids.push_back(run_id);
        next.curves.push_back(std::move(*points));
      }
    }
    next.band = bandOf(next.curves, spread, confidence);
    result.push_back(std::move(next));
  }
  return result;
}

}  // namespace retort
