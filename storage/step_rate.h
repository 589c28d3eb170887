#pragma once

#include "core/run/run_record.h"
#include "storage/metric_store.h"

#include <optional>

namespace retort::storage {

/// Steps a second of a run over its last hundred steps: long enough to smooth, short enough to
/// follow a change of phase. Nothing when it cannot be told (yet) or read: a view shows what it
/// can.
[[nodiscard]] std::optional<double> stepsPerSecond(MetricStore& metrics, const RunRecord& run);

/// Seconds until `run` has made all of its steps at this rate; nothing when either is not known.
[[nodiscard]] std::optional<double> secondsLeft(const RunRecord& run,
                                                std::optional<double> steps_per_second);

}  // namespace retort::storage
