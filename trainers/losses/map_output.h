#pragma once

#include "trainers/losses/loss.h"

#include <string>

namespace retort::train {

struct MapOutputOptions {
  std::string mixing = "gamma";  ///< gamma, coefficients or learned
  double gamma = 0.5;
  double map_coefficient = 1;
  double output_coefficient = 1;
  double temperature = 1;  ///< of the learned mix
};

/// Weights of map and output: scalars, with gradients where they are learned.
struct MixWeights {
  at::Tensor map;
  at::Tensor output;
};

/// The unified loss of attention map and attention output, layer by layer: w_m map_l + w_o
/// output_l, with map_l the KL of attentionMapDivergence and output_l the MSE after LayerNorm.
///   gamma:        w_m = gamma, w_o = 1 - gamma       arXiv 2211.11014, appendix A.3
///   coefficients: w_m, w_o as given                  its code: map_coeff and output_coeff
///   learned:      (w_m, w_o) = softmax(c_l / t), c_l trained from 0 on, without weight decay; its
///                 code, modeling_quant_loss.py:772-790. Training can lower this loss by moving
///                 the weight to the smaller term.
/// `mix`: the learned c, [L, 2]; undefined for the others. `type`: of the weights.
[[nodiscard]] MixWeights mixWeights(const MapOutputOptions& options,
                                    const at::Tensor& mix,
                                    std::int64_t layer,
                                    const at::TensorOptions& type);

[[nodiscard]] const LossDefinition& mapOutputLoss();

}  // namespace retort::train
