#pragma once

#include "gui/models/background_query.h"
#include "gui/models/series_data.h"
#include "gui/models/series_reader.h"
#include "gui/models/step_clock.h"

#include <QObject>

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace retort::gui {

/// The curves of one run that are followed.
using RunSeries = std::map<SeriesKey, std::shared_ptr<const SeriesData>>;

/// Follows the curves of some runs: reads away from the GUI thread what is new since the last time,
/// and appends it in place. The curves of a run that was resumed from an earlier step are read
/// again. What was read stays when the workspace cannot be read any more.
class CurveSource final : public QObject {
  Q_OBJECT

 public:
  explicit CurveSource(std::filesystem::path workspace, QObject* parent = nullptr);

  /// From now on these metrics of these runs; curves of others are forgotten, those in common stay.
  /// `has_times`: also when their steps were reported.
  void follow(const std::vector<std::string>& run_ids,
              const std::set<std::string>& metrics,
              bool has_times = false);

  /// Something was committed: reads what is new. While a read is under way it is done after it.
  void refresh();

  /// Empty for a run that is not followed.
  [[nodiscard]] const RunSeries& seriesOf(const std::string& run_id) const;

  /// Empty unless times are followed; never null.
  [[nodiscard]] std::shared_ptr<const StepClock> clockOf(const std::string& run_id) const;

  /// The curves of a followed run in the order in which the trainer first named them.
  [[nodiscard]] std::vector<SeriesKey> keysOf(const std::string& run_id) const;

  /// All metrics that the followed runs have, followed or not; sorted.
  [[nodiscard]] const std::vector<std::string>& metricNames() const { return metric_names_; }

  /// True from `follow` until its curves have been read for the first time.
  [[nodiscard]] bool isLoading() const { return is_loading_; }

  /// Takes in what was read; `seriesChanged` or `grown` tells. Used by `refresh`, and by tests.
  void apply(const SeriesAnswer& answer);
  [[nodiscard]] SeriesQuery query() const;

 Q_SIGNALS:
  void grown();          ///< curves have new points at their ends
  void seriesChanged();  ///< curves came or went, or were read again; also after the first read
  void readFailed(const QString& reason);

 private:
  struct FollowedRun {
    RunCursor cursor;
    std::map<SeriesKey, std::shared_ptr<SeriesData>> data;
    RunSeries shown;  ///< the same, read-only
    std::shared_ptr<StepClock> clock = std::make_shared<StepClock>();
  };

  void startReading();
  bool applyRun(FollowedRun& run, const RunChunk& chunk, bool& has_grown);

  BackgroundQuery reader_;
  std::vector<std::string> run_ids_;
  std::set<std::string> metrics_;
  bool has_times_ = false;
  std::map<std::string, FollowedRun> runs_;
  std::vector<std::string> metric_names_;
  bool is_loading_ = false;
  bool is_reading_ = false;
  bool is_dirty_ = false;  ///< something was committed since the read under way began
};

}  // namespace retort::gui
