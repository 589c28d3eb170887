#include "trainers/quantizers/binary_centered.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor binaryCenteredQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor alpha =
      statisticSum(x.abs(), options.granularity) / statisticCount(x, options.granularity);
  return (x - x.mean()).sign_().mul_(alpha);
}

QuantizerDefinition binaryCenteredDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "binary_centered",
                   .documentation = "binary weights around the tensor's mean: levels -alpha, alpha",
                   .formula = "\\alpha = \\overline{|W|},\\ "
                              "W_q = \\alpha\\,\\mathrm{sign}(W - \\overline{W})",
                   .source = "BiT, arXiv 2205.13016, and its code, utils_quant.py (BwnQuantizer)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.granularity",
                                "quant.embedding.scheme",
                                "quant.embedding.granularity"}},
          .quantize = binaryCenteredQuantize,
          .least_bits = 1,
          .most_bits = 1,
          .has_plain_gradient = true,
          .sees_whole_tensor = true};
}

}  // namespace retort::train
