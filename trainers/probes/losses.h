#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// The values of each loss, before its coefficient: the sum over layers (train.loss_component) and
/// each layer's term (train.loss_layer), as the loss itself counts layers; and what losses have
/// learned (train.loss_weight).
[[nodiscard]] std::vector<MetricPoint> lossPoints(const std::vector<LossComponent>& losses);

[[nodiscard]] const ProbeDefinition& lossesProbe();

}  // namespace retort::train
