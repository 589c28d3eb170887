#include "core/comparison/group_profiles.h"

#include "core/comparison/curve_part.h"
#include "core/run/format.h"
#include "storage/workspace_store.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace retort {
namespace {

struct Mean {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    if (std::isfinite(value)) {
      sum += value;
      ++count;
    }
  }

  [[nodiscard]] double value() const { return sum / static_cast<double>(count); }
};

/// Run -> layer -> the finite values of the curves that belong to it.
using LayerValues = std::map<std::string, std::map<int, std::vector<double>>>;

bool includes(const SeriesKey& wanted, const SeriesKey& key) {
  return key.layer && isPartOf(key, wanted);
}

void add(LayerValues& values, const std::string& run_id, const SeriesKey& key, double value) {
  if (std::isfinite(value)) {
    values[run_id][*key.layer].push_back(value);
  }
}

Result<LayerValues> lastValues(storage::MetricStore& metrics,
                               const std::vector<std::string>& run_ids,
                               const SeriesKey& wanted) {
  const auto summaries = metrics.summaries(run_ids, wanted.metric);
  if (!summaries) {
    return failWith(summaries.error());
  }
  LayerValues values;
  for (const storage::SeriesSummary& summary : *summaries) {
    if (includes(wanted, summary.key)) {
      add(values, summary.run_id, summary.key, summary.last.value);
    }
  }
  return values;
}

Result<LayerValues> meanValues(storage::MetricStore& metrics,
                               const std::vector<std::string>& run_ids,
                               const SeriesKey& wanted) {
  std::map<std::string, std::map<SeriesKey, Mean>> curves;
  const Status read =
      metrics.forEachPoint(run_ids, wanted.metric, [&](const storage::MetricRow& row) {
        if (includes(wanted, row.key)) {
          curves[row.run_id][row.key].add(row.point.value);
        }
        return true;
      });
  if (!read) {
    return failWith(read.error());
  }
  LayerValues values;
  for (const auto& [run_id, keys] : curves) {
    for (const auto& [key, mean] : keys) {
      add(values, run_id, key, mean.value());
    }
  }
  return values;
}

GroupProfile profileOf(const RunGroup& group,
                       const LayerValues& runs,
                       const ProfileRequest& request) {
  std::map<int, std::vector<double>> layers;
  for (const std::string& run_id : group.run_ids) {
    if (const auto run = runs.find(run_id); run != runs.end()) {
      for (const auto& [layer, curves] : run->second) {
        layers[layer].push_back(combine(curves, request.combination));
      }
    }
  }
  GroupProfile profile;
  profile.group = group;
  for (auto& [layer, values] : layers) {
    ProfilePoint point;
    point.layer = layer;
    point.summary = summarize(values);
    point.spread = spreadOf(point.summary, request.spread, request.confidence);
    point.values = std::move(values);
    profile.points.push_back(std::move(point));
  }
  return profile;
}

}  // namespace

Result<std::vector<GroupProfile>> loadGroupProfiles(storage::WorkspaceStore& store,
                                                    const std::vector<RunGroup>& groups,
                                                    const ProfileRequest& request) {
  const auto wanted = parseSeries(request.metric);
  if (!wanted) {
    return failWith(wanted.error());
  }
  std::vector<std::string> run_ids;
  for (const RunGroup& group : groups) {
    run_ids.insert(run_ids.end(), group.run_ids.begin(), group.run_ids.end());
  }
  const auto values = request.value == ProfileValue::kLast
                          ? lastValues(store.metrics(), run_ids, *wanted)
                          : meanValues(store.metrics(), run_ids, *wanted);
  if (!values) {
    return failWith(values.error());
  }
  std::vector<GroupProfile> profiles;
  profiles.reserve(groups.size());
  for (const RunGroup& group : groups) {
    profiles.push_back(profileOf(group, *values, request));
  }
  return profiles;
}

}  // namespace retort
