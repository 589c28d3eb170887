#include "gui/app/plot_command.h"

#include "core/base/file.h"
#include "core/comparison/figure_spec.h"
#include "gui/models/comparison_data.h"
#include "gui/models/heat_map.h"
#include "gui/models/run_colors.h"
#include "gui/models/series_group.h"
#include "gui/plots/comparison_figures.h"
#include "gui/plots/curve_plot.h"
#include "gui/plots/figure_export.h"
#include "gui/plots/heat_map_plot.h"
#include "storage/workspace_store.h"

#include <QApplication>

#include <cstdio>
#include <map>
#include <string_view>

namespace retort::gui {
namespace {

constexpr int kMostColumns = 400;  // of a heat map

/// `needed_mm`: the figure's own height, when none was asked for.
FigureOptions optionsOf(const FigureSpec& spec, double needed_mm = FigureOptions{}.height_mm) {
  FigureOptions options;
  options.width_mm = spec.width_mm;
  options.height_mm = spec.height_mm > 0 ? spec.height_mm : needed_mm;
  options.font_pt = spec.font_pt;
  options.dots_per_inch = spec.dots_per_inch;
  return options;
}

/// How many names of rows there is room for is known only to a plot that has its size.
void layOut(PlotWidget& plot, const FigureOptions& options) {
  constexpr double kUnitsPerMm = kPaperUnitsPerInch / 25.4;
  plot.resize(static_cast<int>(options.width_mm * kUnitsPerMm),
              static_cast<int>(options.height_mm * kUnitsPerMm));
  (void)plot.grab();
}

FigureKind kindOf(const FigureSpec& spec) {
  if (spec.kind == "curves" || spec.kind == "runs") {
    return FigureKind::kCurves;
  }
  return spec.kind == "depth" ? FigureKind::kDepth : FigureKind::kValues;
}

Status nothingToDraw(const FigureSpec& spec, const std::string& metric) {
  return fail(ErrorCode::kNotFound,
              "there is nothing to draw: no run of '" + spec.subject + "' has '" + metric + "'");
}

Status saveCurves(const FigureSpec& spec, const ComparisonData& data) {
  CurvePlot plot;
  if (spec.kind == "depth") {
    showProfiles(plot, data);
  } else {
    showCurves(plot, data);
  }
  if (plot.curves().empty()) {
    return nothingToDraw(spec, data.figure.metric);
  }
  plot.view().setLogY(spec.is_log);
  return savePlot(plot, spec.file, optionsOf(spec));
}

Status saveValues(const FigureSpec& spec, const ComparisonData& data) {
  GroupBarPlot plot;
  plot.setLook(spec.kind == "bars" ? GroupBarPlot::Look::kBars : GroupBarPlot::Look::kPoints);
  showValues(plot, data);
  for (const GroupValues& group : plot.groups()) {
    if (!group.values.empty()) {
      return savePlot(plot, spec.file, optionsOf(spec, plot.neededHeightMm(spec.font_pt)));
    }
  }
  return nothingToDraw(spec, data.figure.metric);
}

Status saveComparison(storage::WorkspaceStore& store, const FigureSpec& spec) {
  ComparisonQuery query;
  query.experiment = spec.subject;
  query.options = spec.comparison;
  query.figure = {kindOf(spec),
                  spec.metric,
                  spec.spread,
                  spec.profile_value,
                  spec.kind == "runs",
                  spec.is_over_time,
                  spec.reference};
  if (query.figure.kind == FigureKind::kValues && !spec.metric.empty()) {
    query.options.metrics = {spec.metric};
  }
  CatalogueCache cache;
  const auto data = loadComparisonData(store, query, cache);
  if (!data) {
    return failWith(data.error());
  }
  for (const std::string& problem : {data->table_error, data->figure_error}) {
    if (!problem.empty()) {
      return fail(ErrorCode::kUsage, problem);
    }
  }
  return query.figure.kind == FigureKind::kValues ? saveValues(spec, *data)
                                                  : saveCurves(spec, *data);
}

std::string rowLabel(const SeriesKey& key) {
  const std::string text = dimensionText(key);
  return text.empty() ? key.metric : text;
}

/// Rows of a heat map: the run's curves of the metric, in the order of the window.
Result<std::vector<HeatMapRow>> loadCurves(storage::WorkspaceStore& store,
                                           const std::string& run_id,
                                           const std::string& metric) {
  const auto curves = store.metrics().series(run_id, metric);
  if (!curves) {
    return failWith(curves.error());
  }
  std::map<std::int64_t, SeriesKey> by_id;  // ids are given as curves come
  std::map<SeriesKey, std::int64_t> ids;
  for (const storage::SeriesInfo& curve : *curves) {
    by_id.emplace(curve.series_id, curve.key);
    ids.emplace(curve.key, curve.series_id);
  }
  std::vector<SeriesKey> keys;
  for (const auto& [id, key] : by_id) {
    keys.push_back(key);
  }
  std::vector<HeatMapRow> rows;
  for (const SeriesKey& key : inNaturalOrder(keys)) {
    const auto points = store.metrics().points(ids.at(key));
    if (!points) {
      return failWith(points.error());
    }
    auto data = std::make_shared<SeriesData>();
    data->append(*points);
    rows.push_back({rowLabel(key), std::move(data)});
  }
  return rows;
}

/// The same rows over the time since the run's first step.
Status putOverTime(storage::WorkspaceStore& store,
                   const std::string& run_id,
                   std::vector<HeatMapRow>& rows) {
  const auto times = store.metrics().stepTimes(run_id);
  if (!times) {
    return failWith(times.error());
  }
  auto clock = std::make_shared<StepClock>();
  clock->append(*times);
  WorkRoom room = WorkRoom::unlimited();
  for (HeatMapRow& row : rows) {
    TimedSeries timed(clock, XQuantity::kElapsed);
    timed.update(*row.data, room);
    row.data = timed.data();
  }
  return {};
}

Result<std::vector<HeatMapRow>> loadRows(storage::WorkspaceStore& store,
                                         const std::string& run_id,
                                         const FigureSpec& spec) {
  auto rows = loadCurves(store, run_id, spec.metric);
  if (rows && spec.is_over_time) {
    if (Status put = putOverTime(store, run_id, *rows); !put) {
      return failWith(put.error());
    }
  }
  return rows;
}

/// How the map's values become colours; a difference is a ratio wherever that is defined, as in the
/// window.
HeatScale scaleOf(const FigureSpec& spec, const std::vector<HeatMapRow>& rows) {
  HeatScale scale;
  scale.is_log = spec.is_log;
  scale.is_difference = !spec.minus.empty();
  scale.is_ratio = scale.is_difference && !hasNegative(rows);
  scale.label = QString::fromStdString(escapeForTerminal(spec.metric));
  if (scale.is_difference) {
    scale.label = (scale.is_ratio ? QCoreApplication::translate("PlotCommand", "%1, ratio")
                                  : QCoreApplication::translate("PlotCommand", "%1, difference"))
                      .arg(scale.label);
  }
  return scale;
}

Status saveHeatMap(storage::WorkspaceStore& store, FigureSpec spec) {
  if (spec.metric.empty()) {
    spec.metric = "grad_norm";
  }
  const auto rows = loadRows(store, spec.subject, spec);
  if (!rows) {
    return failWith(rows.error());
  }
  const HeatScale scale = scaleOf(spec, *rows);
  HeatMap map;
  if (scale.is_difference) {
    const auto others = loadRows(store, spec.minus, spec);
    if (!others) {
      return failWith(others.error());
    }
    map = makeDifferenceMap(*rows, *others, kMostColumns, scale.is_ratio);
  } else {
    map = makeHeatMap(*rows, kMostColumns);
  }
  if (map.isEmpty()) {
    return nothingToDraw(spec, spec.metric);
  }
  HeatMapPlot plot;
  plot.setMap(std::move(map), scale);
  plot.setXAxis(spec.is_over_time
                    ? QCoreApplication::translate("PlotCommand", "Time since the first step")
                    : QCoreApplication::translate("PlotCommand", "Step"),
                spec.is_over_time ? AxisKind::kElapsed : AxisKind::kSteps);
  const FigureOptions options = optionsOf(spec);
  layOut(plot, options);
  return savePlot(plot, spec.file, options);
}

Status draw(std::string_view description) {
  const auto json = parseJson(description);
  if (!json) {
    return failWith(json.error());
  }
  const auto spec = figureSpecFromJson(*json);
  if (!spec) {
    return failWith(spec.error());
  }
  auto store = storage::WorkspaceStore::open(spec->workspace, storage::Access::kReadOnly);
  if (!store) {
    return failWith(store.error());
  }
  if (const auto runs = store->runs().list({.with_spec = false})) {
    numberRuns(*runs);  // the window's colours
  }
  return spec->kind == "heatmap" ? saveHeatMap(*store, *spec) : saveComparison(*store, *spec);
}

}  // namespace

bool isPlotCommand(int argc, char** argv) {
  return argc == 3 && std::string_view(argv[1]) == "--plot";
}

int runPlotCommand(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const std::string description = argv[2];
  const QApplication application(argc, argv);
  const Status drawn = draw(description);
  if (!drawn) {
    std::fprintf(stderr, "%s\n", escapeForTerminal(drawn.error().message).c_str());
    return exitCode(drawn.error().code);
  }
  return 0;
}

}  // namespace retort::gui
