#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// Share of the activations that lie beyond the grid of their quantizer, by point and layer: beyond
/// plus or minus quant.clip where the range is dynamic, beyond the fixed or learned range
/// elsewhere. They are moved to the grid's end, and the straight-through gradient stops there. Real
/// tokens of the batch, in the student's own pass. Points in full precision have no value; the
/// pooler's input has no layer.
[[nodiscard]] const ProbeDefinition& clippedShareProbe();

}  // namespace retort::train
