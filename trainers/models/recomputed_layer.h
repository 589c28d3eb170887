#pragma once

#include "trainers/models/model_trace.h"
#include "trainers/models/named_tensors.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <vector>

namespace retort::train {

/// Tensors from a layer's input: its output first, then whatever else is wanted of it. Called
/// twice; what it refers to must live until the gradients are there.
using LayerPass = std::function<std::vector<at::Tensor>(const at::Tensor& x)>;

/// compute(x) with gradients for x and for those of `leaves` that it uses, of which nothing but x
/// and the results is kept: the backward pass computes the layer again (activation checkpointing,
/// arXiv 1604.06174). Random numbers are drawn as the first time. The results are the same bits,
/// and so are gradients that reach the layer through its output alone. No gradients of gradients.
[[nodiscard]] std::vector<at::Tensor> recomputed(const LayerPass& compute,
                                                 const at::Tensor& x,
                                                 const std::vector<at::Tensor>& leaves);

/// The output of a layer, which puts what is wanted of it into `trace`. Called twice; what it
/// refers to must live until the gradients are there.
using TracedLayer = std::function<at::Tensor(const at::Tensor& x, ModelTrace& trace)>;

/// layer(x, trace) by `recomputed`, with gradients for x and for those of `trainable` that it uses.
[[nodiscard]] at::Tensor recomputedInTrace(const TracedLayer& layer,
                                           const at::Tensor& x,
                                           const NamedTensors& trainable,
                                           ModelTrace& trace);

}  // namespace retort::train
