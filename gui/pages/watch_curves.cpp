#include "gui/pages/watch_curves.h"

#include <algorithm>
#include <set>

namespace retort::gui {
namespace {

QString nameOf(const SeriesGroup& group, const CurveChoice& choice) {
  if (!group.label.empty()) {
    return QString::fromStdString(group.label);
  }
  return choice.name.isEmpty() ? QString::fromStdString(choice.metric) : choice.name;
}

}  // namespace

std::vector<SeriesKey> keysOf(const std::vector<WatchedRun>& runs, const std::string& metric) {
  std::vector<SeriesKey> keys;
  std::set<SeriesKey> known;
  for (const WatchedRun& run : runs) {
    for (const SeriesKey& key : run.keys) {
      if (key.metric == metric && known.insert(key).second) {
        keys.push_back(key);
      }
    }
  }
  return keys;
}

WatchCurves::WatchCurves(const std::vector<WatchedRun>& runs, const CurveChoice& choice) {
  const std::vector<SeriesGroup> groups =
      groupSeries(keysOf(runs, choice.metric), choice.grouping, choice.pick);
  for (int position = 0; position < static_cast<int>(groups.size()); ++position) {
    const SeriesGroup& group = groups[static_cast<std::size_t>(position)];
    for (const WatchedRun& run : runs) {
      const std::size_t before = curves_.size();
      add(run, group, choice);
      if (curves_.size() == before) {
        continue;
      }
      Curve& curve = curves_.back();
      const QString name = nameOf(group, choice);
      curve.id = run.run_id + "|" + choice.metric + "|" + group.label;
      if (runs.size() == 1) {
        curve.name = name;
        curve.color = seriesColors(choice.first_color + position);
        curve.pen = seriesPen(position / kSeriesColors);
      } else {
        const bool is_alone = groups.size() == 1 && choice.name.isEmpty();
        curve.name = is_alone ? run.name : QStringLiteral("%1 · %2").arg(run.name, name);
        curve.color = run.color;
        curve.pen = seriesPen(choice.first_color + position);
      }
    }
  }
}

void WatchCurves::add(const WatchedRun& run, const SeriesGroup& group, const CurveChoice& choice) {
  std::vector<std::shared_ptr<const SeriesData>> members;
  for (const SeriesKey& key : group.members) {
    const auto found = run.series.find(key);
    if (found != run.series.end()) {
      members.push_back(found->second);
    }
  }
  if (members.empty()) {
    return;
  }
  Line line{CombinedSeries(std::move(members), choice.combination), {}, {}, {}};
  Curve curve;
  curve.data = line.combined.data();
  if (choice.half_life > 0) {
    line.smoothed = std::make_unique<SmoothedSeries>(choice.half_life);
    curve.raw = curve.data;
    curve.data = line.smoothed->data();
  }
  if (choice.x != XQuantity::kStep) {
    line.timed = std::make_unique<TimedSeries>(run.clock, choice.x);
    curve.data = line.timed->data();
    if (curve.raw) {
      line.timed_raw = std::make_unique<TimedSeries>(run.clock, choice.x);
      curve.raw = line.timed_raw->data();
    }
  }
  lines_.push_back(std::move(line));
  curves_.push_back(std::move(curve));
}

bool WatchCurves::Line::grow(WorkRoom& room) {
  const SeriesData& raw = *combined.data();
  bool is_all = combined.update(room);
  is_all = is_all && (!smoothed || smoothed->update(raw, room));
  const SeriesData& drawn = smoothed ? *smoothed->data() : raw;
  is_all = is_all && (!timed || timed->update(drawn, room));
  return is_all && (!timed_raw || timed_raw->update(raw, room));
}

bool WatchCurves::grow(WorkRoom& room) {
  for (Line& line : lines_) {
    if (!line.grow(room)) {
      return false;
    }
  }
  return true;
}

}  // namespace retort::gui
