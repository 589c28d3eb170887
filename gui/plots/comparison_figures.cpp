#include "gui/plots/comparison_figures.h"

#include "core/base/file.h"
#include "core/run/format.h"
#include "gui/models/run_colors.h"
#include "gui/plots/curve_plot.h"

#include <QCoreApplication>

#include <cmath>
#include <limits>
#include <map>

namespace retort::gui {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

QString shown(const std::string& text) {
  return QString::fromStdString(escapeForTerminal(text));
}

QString metricLabel(const ComparisonData& data) {
  const QString name = shown(data.figure.metric);
  return data.figure_unit.empty() ? name
                                  : QStringLiteral("%1 (%2)").arg(name, shown(data.figure_unit));
}

/// "2 failed, 1 running".
QString remarkOf(const ComparisonCell& cell) {
  std::map<std::string, int> counts;
  for (const AbsentRun& run : cell.absent) {
    ++counts[run.reason];
  }
  QStringList parts;
  for (const auto& [reason, count] : counts) {
    parts.append(QStringLiteral("%1 %2").arg(count).arg(shown(reason)));
  }
  return parts.join(QStringLiteral(", "));
}

/// One step or layer of a group, with what is drawn there.
struct Place {
  double x = 0;
  std::optional<double> mean;
  std::optional<Interval> spread;
};

Curve curveOf(const RunGroup& group, int place, const std::vector<Place>& places) {
  std::vector<Sample> mean;
  std::vector<Sample> lower;
  std::vector<Sample> upper;
  bool has_spread = false;
  for (const Place& at : places) {
    const double middle = at.mean.value_or(kNan);
    mean.push_back({at.x, middle});
    lower.push_back({at.x, at.spread ? at.spread->low : middle});
    upper.push_back({at.x, at.spread ? at.spread->high : middle});
    has_spread = has_spread || at.spread.has_value();
  }
  Curve curve;
  curve.id = group.name;
  curve.name = shown(group.name);
  curve.color = seriesColors(place);
  curve.pen = seriesPen(place / kSeriesColors);
  curve.data = std::make_shared<const SeriesData>(std::move(mean));
  if (has_spread) {
    curve.band_lower = std::make_shared<const SeriesData>(std::move(lower));
    curve.band_upper = std::make_shared<const SeriesData>(std::move(upper));
  }
  return curve;
}

/// Where the steps of some runs stand on the X axis, one step after the other.
class StepPlaces {
 public:
  StepPlaces(const ComparisonData& data, const GroupCurves& group) : group_(group) {
    if (!data.figure.is_over_time) {
      return;
    }
    for (const std::string& run_id : group.run_ids) {
      clocks_.push_back({&data.clocks.at(run_id)});
    }
  }

  /// Of one run; nothing when its times are not known.
  std::optional<double> ofRun(std::size_t run, std::int64_t step) {
    if (clocks_.empty()) {
      return static_cast<double>(step);
    }
    Clock& clock = clocks_[run];
    return clock.clock->isEmpty()
               ? std::nullopt
               : std::optional(clock.clock->secondsAt(
                     static_cast<double>(step), XQuantity::kElapsed, clock.hint));
  }

  /// The mean of the runs that have gone as far.
  std::optional<double> ofGroup(std::int64_t step) {
    double sum = 0;
    int count = 0;
    for (std::size_t run = 0; run < group_.curves.size(); ++run) {
      const bool is_there = !group_.curves[run].empty() && group_.curves[run].back().step >= step;
      if (const auto place = is_there ? ofRun(run, step) : std::nullopt) {
        sum += *place;
        ++count;
      }
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
  }

 private:
  struct Clock {
    const StepClock* clock = nullptr;
    std::size_t hint = 0;
  };

  const GroupCurves& group_;
  std::vector<Clock> clocks_;  ///< of each run; none: over steps
};

/// Every run's own curve.
std::vector<Curve> runCurves(const ComparisonData& data) {
  std::vector<Curve> curves;
  for (const GroupCurves& group : data.curves) {
    StepPlaces places(data, group);
    for (std::size_t i = 0; i < group.curves.size(); ++i) {
      const std::string& run_id = group.run_ids[i];
      auto series = std::make_shared<SeriesData>();
      for (const Point& point : group.curves[i]) {
        if (const auto x = places.ofRun(i, point.step)) {
          series->append({*x, point.value});
        }
      }
      Curve curve;
      curve.id = run_id;
      curve.name = QStringLiteral("%1 · %2").arg(shown(group.group.name),
                                                 QString::fromStdString(shortId(run_id)));
      curve.color = {runColor(run_id, false), runColor(run_id, true)};
      curve.data = std::move(series);
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

void setUp(CurvePlot& plot, const ComparisonData& data, const QString& x_label, AxisKind x_kind) {
  CurvePlotSetup setup = plot.setup();
  setup.x_label = x_label;
  setup.y_label = metricLabel(data);
  setup.x_kind = x_kind;
  setup.has_markers = x_kind == AxisKind::kIntegers;
  setup.has_legend = true;
  plot.setUp(setup);
}

QString tr(const char* text) {
  return QCoreApplication::translate("ComparisonFigures", text);
}

}  // namespace

void showValues(GroupBarPlot& plot, const ComparisonData& data) {
  std::vector<GroupValues> groups;
  std::optional<double> reference;
  for (std::size_t i = 0; i < data.groups.size(); ++i) {
    const ComparisonCell* cell = cellOf(data.table, data.groups[i], data.figure.metric);
    if (cell == nullptr) {
      continue;
    }
    GroupValues group;
    group.name = shown(data.groups[i].name);
    for (const CellValue& value : cell->values) {
      group.values.push_back(value.value);
    }
    group.mean = cell->summary.mean;
    const auto spread = spreadOf(cell->summary, data.figure.spread, data.table.confidence);
    if (spread) {
      group.low = spread->low;
      group.high = spread->high;
    }
    group.color = seriesColors(static_cast<int>(i));
    group.remark = remarkOf(*cell);
    // With several baseline cells (one a column) there is no single line to draw.
    const bool is_only_baseline = cell->is_baseline && data.table.column_factors.empty() &&
                                  data.table.baseline.size() == data.table.row_factors.size();
    reference = is_only_baseline ? cell->summary.mean : reference;
    groups.push_back(std::move(group));
  }
  plot.setValueLabel(metricLabel(data));
  plot.setReference(reference);
  plot.setGroups(std::move(groups));
}

void showCurves(CurvePlot& plot, const ComparisonData& data) {
  if (data.figure.is_over_time) {
    setUp(plot, data, tr("Time since the first step"), AxisKind::kElapsed);
  } else {
    setUp(plot, data, tr("Step"), AxisKind::kSteps);
  }
  if (data.figure.is_by_run) {
    plot.setCurves(runCurves(data));
    return;
  }
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < data.curves.size(); ++i) {
    StepPlaces steps(data, data.curves[i]);
    std::vector<Place> places;
    for (const BandPoint& point : data.curves[i].band) {
      if (const auto x = steps.ofGroup(point.step)) {
        places.push_back({*x, point.summary.mean, point.spread});
      }
    }
    if (!places.empty()) {
      curves.push_back(curveOf(data.curves[i].group, static_cast<int>(i), places));
    }
  }
  plot.setCurves(std::move(curves));
}

void showProfiles(CurvePlot& plot, const ComparisonData& data) {
  setUp(plot, data, tr("Layer"), AxisKind::kIntegers);
  std::vector<Curve> curves;
  const auto add = [&](const GroupProfile& profile, int place) {
    std::vector<Place> places;
    for (const ProfilePoint& point : profile.points) {
      places.push_back({static_cast<double>(point.layer), point.summary.mean, point.spread});
    }
    if (!places.empty()) {
      curves.push_back(curveOf(profile.group, place, places));
    }
    return !places.empty();
  };
  const int groups = static_cast<int>(data.profiles.size());
  for (int i = 0; i < groups; ++i) {
    add(data.profiles[static_cast<std::size_t>(i)], i);
  }
  if (data.reference && add(*data.reference, groups)) {
    curves.back().pen = Qt::DashLine;
  }
  plot.setCurves(std::move(curves));
}

}  // namespace retort::gui
