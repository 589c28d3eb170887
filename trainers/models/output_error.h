#pragma once

#include "trainers/models/model.h"
#include "trainers/models/token_batch.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// The first grid of a weight by the error of what it computes instead of its own: the clip search
/// of AWQ and BitDistiller (quant.weight.start: output_mse).
namespace retort::train {

/// Documentation of the search, for the catalogue.
[[nodiscard]] TechniqueSpec outputErrorTechnique();

/// The parameters of `quantizer`'s grid (held_grid.h), in their shape, with the least error of the
/// output x W^T over the inputs x, for each group of weights that share a grid by itself:
///   ||x (Q(W) - W)^T||^2 = sum_rows d G d^T,   d = Q(W) - W,   G = sum x^T x
/// Tried are the extremes times 1, 0.95 … 0.55; of grids with two parameters the low and the high
/// end each by itself. Of equals the widest is taken. `weight`: [R, I]; `gram`: [I / n, n, n], the
/// blocks of G along the diagonal, with n the size of a group, else I. Source:
/// DD-DuDa/BitDistiller, clip_utils (auto_clip_2clip_layer); AWQ's auto_clip shrinks both ends
/// alike.
[[nodiscard]] std::vector<at::Tensor> leastOutputError(const Quantizer& quantizer,
                                                       const at::Tensor& weight,
                                                       const at::Tensor& gram);

/// Weights of `model` that want the search: quant.weight.start or a rule of quant.map says so, and
/// they have a held grid and an input that activations could be quantized at. A head and tables of
/// embeddings have none: they start with the least error of their own.
[[nodiscard]] std::vector<std::string> outputErrorWeights(const Model& model);

/// Gives these weights' grids their first numbers, from what `reference` (the same weights in full
/// precision) feeds to them over the batches; only real tokens count. Of the inputs their products
/// G alone are kept, in float32 or wider. Draws no random numbers. Returns false when `goes_on`
/// did; some grids are as before then. Throws TrainError (bad data) when an input is not finite.
[[nodiscard]] bool searchOutputError(Model& model,
                                     const Model& reference,
                                     const std::vector<std::string>& weights,
                                     const std::vector<TokenBatch>& batches,
                                     const std::function<bool()>& goes_on);

}  // namespace retort::train
