#include "gui/pages/watch_profiles.h"

#include <algorithm>
#include <limits>

namespace retort::gui {
namespace {

Grouping profileGrouping(Grouping grouping) {
  return grouping == Grouping::kProjection || grouping == Grouping::kHead ? grouping
                                                                          : Grouping::kTogether;
}

LayerSeries layersOf(const WatchedRun& run, const SeriesGroup& group) {
  LayerSeries layers;
  for (const SeriesKey& key : group.members) {
    const auto found = run.series.find(key);
    if (key.layer && found != run.series.end()) {
      layers[*key.layer].push_back(found->second);
    }
  }
  return layers;
}

/// The last step until `step` at which the metric was measured anywhere in the run.
double measuredStep(const WatchedRun& run, const std::string& metric, double step) {
  double measured = -std::numeric_limits<double>::infinity();
  for (const auto& [key, data] : run.series) {
    if (key.metric == metric) {
      if (const auto sample = data->lastUntil(step)) {
        measured = std::max(measured, sample->x);
      }
    }
  }
  return measured;
}

std::string rowLabel(const SeriesKey& key) {
  std::string label = key.component;
  const auto add = [&label](const std::string& part) {
    label += (label.empty() ? "" : " ") + part;
  };
  if (key.layer) {
    add("L" + std::to_string(*key.layer));
  }
  if (key.head) {
    add("H" + std::to_string(*key.head));
  }
  if (!key.projection.empty()) {
    add(key.projection);
  }
  return label.empty() ? key.metric : label;
}

}  // namespace

StepSpan stepSpanOf(const std::vector<WatchedRun>& runs, const std::vector<std::string>& metrics) {
  StepSpan span;
  bool is_empty = true;
  for (const WatchedRun& run : runs) {
    for (const auto& [key, data] : run.series) {
      if (data->isEmpty() ||
          std::find(metrics.begin(), metrics.end(), key.metric) == metrics.end()) {
        continue;
      }
      const double first = data->samples().front().x;
      const double last = data->samples().back().x;
      span = is_empty ? StepSpan{first, last}
                      : StepSpan{std::min(span.first, first), std::max(span.last, last)};
      is_empty = false;
    }
  }
  return span;
}

std::vector<Curve> makeProfiles(const std::vector<WatchedRun>& runs,
                                const CurveChoice& choice,
                                double step) {
  std::vector<Curve> profiles;
  const auto groups =
      groupSeries(keysOf(runs, choice.metric), profileGrouping(choice.grouping), choice.pick);
  int color = choice.first_color;
  for (const SeriesGroup& group : groups) {
    const bool has_layers = std::any_of(group.members.begin(),
                                        group.members.end(),
                                        [](const SeriesKey& key) { return key.layer.has_value(); });
    if (!has_layers) {
      continue;  // embeddings and heads stand at no depth
    }
    const QString name = group.label.empty() ? choice.name : QString::fromStdString(group.label);
    for (const WatchedRun& run : runs) {
      const LayerSeries layers = layersOf(run, group);
      if (layers.empty()) {
        continue;
      }
      Curve curve;
      curve.id = run.run_id + "|" + choice.metric + "|" + group.label;
      curve.data = std::make_shared<const SeriesData>(
          depthProfile(layers, measuredStep(run, choice.metric, step), step, choice.combination));
      const bool is_single = runs.size() == 1;
      curve.color = is_single ? seriesColors(color) : run.color;
      curve.pen = is_single ? Qt::SolidLine : seriesPen(color);
      curve.name = name;
      if (!is_single || name.isEmpty()) {
        curve.name = name.isEmpty() ? run.name : QStringLiteral("%1 · %2").arg(run.name, name);
      }
      profiles.push_back(std::move(curve));
    }
    ++color;
  }
  return profiles;
}

WatchRows::WatchRows(const WatchedRun& run, const CurveChoice& choice) {
  for (const SeriesKey& key : inNaturalOrder(keysOf({run}, choice.metric))) {
    const auto found = run.series.find(key);
    if (!key.layer || !choice.pick.includes(key) || found == run.series.end()) {
      continue;
    }
    rows_.push_back({rowLabel(key), found->second});
    if (choice.x != XQuantity::kStep) {
      timed_.push_back({found->second, TimedSeries(run.clock, choice.x)});
      rows_.back().data = timed_.back().over_time.data();
    }
  }
}

bool WatchRows::grow(WorkRoom& room) {
  return std::all_of(timed_.begin(), timed_.end(), [&room](Timed& row) {
    return row.over_time.update(*row.raw, room);
  });
}

}  // namespace retort::gui
