#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Duration of the last completed step (forward, backward, update; probes, evaluations and
/// checkpoints not counted) and its real tokens per second.  Nothing before the second step.
[[nodiscard]] std::vector<MetricPoint> throughputPoints(double step_seconds, double step_tokens);

[[nodiscard]] const ProbeDefinition& throughputProbe();

}  // namespace retort::train
