#include "gui/models/step_clock.h"

#include "core/base/check.h"

#include <algorithm>
#include <utility>

namespace retort::gui {
namespace {

constexpr double kMsPerSecond = 1000;

}  // namespace

void StepClock::append(const std::vector<storage::StepTime>& times) {
  times_.insert(times_.end(), times.begin(), times.end());
}

double StepClock::secondsAt(double step, XQuantity quantity, std::size_t& hint) const {
  RETORT_CHECK(!times_.empty(), "a clock with times");
  while (hint + 1 < times_.size() && static_cast<double>(times_[hint].step) < step) {
    ++hint;
  }
  const std::int64_t start_ms = quantity == XQuantity::kElapsed ? times_.front().time_ms : 0;
  return static_cast<double>(times_[hint].time_ms - start_ms) / kMsPerSecond;
}

TimedSeries::TimedSeries(std::shared_ptr<const StepClock> clock, XQuantity quantity)
    : clock_(std::move(clock)),
      quantity_(quantity) {}

bool TimedSeries::update(const SeriesData& raw, WorkRoom& room) {
  if (clock_->isEmpty()) {
    return true;
  }
  if (generation_ != raw.generation() || data_->size() > raw.size()) {
    generation_ = raw.generation();
    hint_ = 0;
    data_->clear();
  }
  for (std::size_t i = data_->size(); i < raw.size() && !room.isEmpty(); ++i) {
    room.use(2);
    const Sample& sample = raw.samples()[i];
    data_->append({clock_->secondsAt(sample.x, quantity_, hint_), sample.y});
  }
  return data_->size() == raw.size();
}

}  // namespace retort::gui
