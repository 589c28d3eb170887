#include "trainers/losses/coefficient_schedule.h"

#include <algorithm>

namespace retort::train {
namespace {

/// How far a linear schedule has come, 0 to 1.
double progress(const CoefficientSchedule& schedule, std::int64_t step, std::int64_t total_steps) {
  const std::int64_t length = schedule.length > 0 ? schedule.length : total_steps - schedule.start;
  if (step <= schedule.start) {
    return 0;
  }
  return std::min(1.0, static_cast<double>(step - schedule.start) / static_cast<double>(length));
}

}  // namespace

double coefficientAt(const CoefficientSchedule& schedule,
                     std::int64_t step,
                     std::int64_t total_steps) {
  if (schedule.kind == "linear") {
    const double x = progress(schedule, step, total_steps);
    return schedule.coefficient * (schedule.from + (schedule.to - schedule.from) * x);
  }
  if (schedule.kind == "switch") {
    return schedule.coefficient * (step < schedule.start ? schedule.from : schedule.to);
  }
  return schedule.coefficient;
}

}  // namespace retort::train
