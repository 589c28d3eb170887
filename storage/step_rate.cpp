#include "storage/step_rate.h"

#include <algorithm>

namespace retort::storage {
namespace {

constexpr std::int64_t kRateSteps = 100;

}  // namespace

std::optional<double> stepsPerSecond(MetricStore& metrics, const RunRecord& run) {
  const auto times = metrics.stepTimes(run.spec.run_id, run.step - kRateSteps);
  if (!times || times->size() < 2 || times->back().time_ms <= times->front().time_ms) {
    return std::nullopt;
  }
  return 1000.0 * static_cast<double>(times->back().step - times->front().step) /
         static_cast<double>(times->back().time_ms - times->front().time_ms);
}

std::optional<double> secondsLeft(const RunRecord& run, std::optional<double> steps_per_second) {
  if (!steps_per_second || *steps_per_second <= 0 || run.total_steps <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(std::max<std::int64_t>(0, run.total_steps - run.step)) /
         *steps_per_second;
}

}  // namespace retort::storage
