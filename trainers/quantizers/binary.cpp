#include "trainers/quantizers/binary.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor binaryQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor alpha =
      statisticSum(x.abs(), options.granularity) / statisticCount(x, options.granularity);
  return x.sign().mul_(alpha);
}

QuantizerDefinition binaryDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "binary",
                   .documentation = "binary weight networks: levels -alpha, alpha",
                   .formula = "\\alpha = \\overline{|W|},\\ W_q = \\alpha\\,\\mathrm{sign}(W)",
                   .source = "Rastegari et al. 2016, arXiv 1603.05279; code of BinaryBERT, arXiv "
                             "2012.15701, utils_quant.py (BwnQuantizer)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.granularity",
                                "quant.embedding.scheme",
                                "quant.embedding.granularity"}},
          .quantize = binaryQuantize,
          .least_bits = 1,
          .most_bits = 1,
          .has_plain_gradient = true};
}

}  // namespace retort::train
