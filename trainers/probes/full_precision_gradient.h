#pragma once

#include "trainers/probes/probe.h"

namespace retort::train {

/// What the gradients of this step would be without quantization: the same objective on the same
/// batch, without dropout, through the student's latent weights in full precision (decoder.md 3.2
/// and 3.4). Of each weight the L2 norm of that gradient g, the ratio of the student's norm to it,
/// and the cosine between the student's gradient (straight through the quantizers) and g. The
/// student's is computed again without dropout, so that nothing but quantization differs.
[[nodiscard]] const ProbeDefinition& fullPrecisionGradientProbe();

}  // namespace retort::train
