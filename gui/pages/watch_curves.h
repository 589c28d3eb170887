#pragma once

#include "gui/models/curve_source.h"
#include "gui/models/series_combination.h"
#include "gui/models/series_group.h"
#include "gui/models/smoothing.h"
#include "gui/models/step_clock.h"
#include "gui/plots/curve.h"

#include <QString>

#include <memory>
#include <string>
#include <vector>

namespace retort::gui {

/// A run whose curves are shown.
struct WatchedRun {
  std::string run_id;
  QString name;
  PlotColor color;
  RunSeries series;
  std::vector<SeriesKey> keys;  ///< of `series`, as the trainer first named them
  std::shared_ptr<const StepClock> clock;
};

/// Which curves of a metric are drawn.
struct CurveChoice {
  std::string metric;
  Grouping grouping = Grouping::kEach;
  SeriesPick pick;
  QString name;          ///< of a curve without dimensions; empty: the metric
  int first_color = 0;   ///< of the cycle, when one run is shown
  double half_life = 0;  ///< of the smoothing, in steps; 0: none
  XQuantity x = XQuantity::kStep;
  Combination combination = Combination::kMean;  ///< the metric's own, of a group's curves
};

/// The keys of a metric that any of the runs has, as they come first.
[[nodiscard]] std::vector<SeriesKey> keysOf(const std::vector<WatchedRun>& runs,
                                            const std::string& metric);

/// The curves of one metric, combined, smoothed and put over time, which grow with their sources.
/// One run: a colour for each curve. Several: the colour of the run, and the kind of line tells its
/// curves apart. Without samples before `grow`.
class WatchCurves {
 public:
  WatchCurves() = default;
  WatchCurves(const std::vector<WatchedRun>& runs, const CurveChoice& choice);

  /// Takes in what the sources have got, as far as there is room; true when that was all.
  bool grow(WorkRoom& room);

  [[nodiscard]] const std::vector<Curve>& curves() const { return curves_; }

 private:
  struct Line {
    CombinedSeries combined;
    std::unique_ptr<SmoothedSeries> smoothed;  ///< null: none
    std::unique_ptr<TimedSeries> timed;        ///< of what is drawn; null: over steps
    std::unique_ptr<TimedSeries> timed_raw;    ///< of what stands behind a smoothed curve

    bool grow(WorkRoom& room);
  };

  void add(const WatchedRun& run, const SeriesGroup& group, const CurveChoice& choice);

  std::vector<Line> lines_;
  std::vector<Curve> curves_;
};

}  // namespace retort::gui
