#pragma once

#include "gui/models/series_data.h"
#include "gui/models/work_room.h"
#include "storage/metric_store.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace retort::gui {

/// What stands along the X axis of curves.
enum class XQuantity {
  kStep,
  kElapsed,  ///< seconds since the run reported its first step
  kClock,    ///< seconds since 1970, UTC
};

/// When a run reported its steps: the way from steps to time. Grows at its end.
class StepClock {
 public:
  /// By step, later than those that are known.
  void append(const std::vector<storage::StepTime>& times);

  [[nodiscard]] bool isEmpty() const { return times_.empty(); }

  /// The time of the first step from `step` on that was reported, of the last one behind that; in
  /// seconds. `hint` is where the search begins: 0, or what the last call for an earlier step left.
  /// There must be times.
  [[nodiscard]] double secondsAt(double step, XQuantity quantity, std::size_t& hint) const;

 private:
  std::vector<storage::StepTime> times_;
};

/// A curve over time instead of steps, which grows with its curve. Empty while the clock is.
class TimedSeries {
 public:
  /// `quantity` is not kStep.
  TimedSeries(std::shared_ptr<const StepClock> clock, XQuantity quantity);

  /// Takes in what was appended to `raw` since the last call, or all of it after a `clear`, as far
  /// as there is room; true when that was all. Always the same curve.
  bool update(const SeriesData& raw, WorkRoom& room);

  [[nodiscard]] std::shared_ptr<const SeriesData> data() const { return data_; }

 private:
  std::shared_ptr<const StepClock> clock_;
  XQuantity quantity_;
  std::int64_t generation_ = 0;
  std::size_t hint_ = 0;
  std::shared_ptr<SeriesData> data_ = std::make_shared<SeriesData>();
};

}  // namespace retort::gui
