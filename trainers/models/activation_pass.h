#pragma once

#include "trainers/models/activation_quantizers.h"
#include "trainers/models/forward_options.h"
#include "trainers/models/model_trace.h"

#include <ATen/core/Tensor.h>

#include <cstddef>

namespace retort::train {

/// What the places of one pass share where activations are quantized. References must outlive it.
struct ActivationPass {
  const ActivationQuantizers& quantizers;
  const ForwardOptions& options;
  at::Tensor is_real;       ///< [B, 1, 1, N]: true for tokens, false for padding
  Quantizer kv_cache = {};  ///< of a decoder's keys and values, before they are heads
  ModelTrace& trace;        ///< gets the shares of clipped values when options.trace asks for them
};

/// x on the grid of that place, or as it is when the observer takes it.
[[nodiscard]] at::Tensor quantizeAt(ActivationPoint point,
                                    std::size_t layer,
                                    const at::Tensor& x,
                                    const ActivationPass& pass);

/// True when quantizeAt would do more there than hand x on.
[[nodiscard]] bool sees(ActivationPoint point, std::size_t layer, const ActivationPass& pass);

}  // namespace retort::train
