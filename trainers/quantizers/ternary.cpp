#include "trainers/quantizers/ternary.h"

#include "trainers/kernels/fused_quantize.h"

#include <ATen/TensorOperators.h>

#include <utility>

namespace retort::train {

at::Tensor ternaryQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  if (auto fused = fusedTernary(x, options)) {
    return *std::move(fused);
  }
  const at::Tensor clipped = x.clamp(-options.clip, options.clip);
  const at::Tensor magnitude = clipped.abs();
  const auto sum = [&options](const at::Tensor& values) {
    return statisticSum(values, options.granularity);
  };
  const std::int64_t count = statisticCount(x, options.granularity);

  // The order of operations is that of the authors' code: the results agree with it bit for bit.
  const at::Tensor threshold = options.threshold_factor * sum(magnitude) / count;
  const at::Tensor survivors = (magnitude > threshold).to(x.scalar_type());
  // At least 1: without survivors the numerator is 0 and so is alpha.
  const at::Tensor alpha = sum(survivors * magnitude) / sum(survivors).clamp_min(1);
  return clipped.sign().mul_(alpha).mul_(survivors);
}

QuantizerDefinition ternaryDefinition() {
  return {
      .spec = {.kind = "quantizer",
               .name = "ternary",
               .documentation = "ternary weight networks: levels -alpha, 0, +alpha",
               .formula =
                   "\\Delta = 0.7\\,\\overline{|W|},\\ \\alpha = \\overline{|W|}_{|W|>\\Delta},\\ "
                   "W_q = \\alpha\\,\\mathrm{sign}(W)\\,1[|W|>\\Delta]",
               .source = "Li et al. 2016, arXiv 1605.04711; TernaryBERT, arXiv 2009.12812",
               .settings = {"quant.weight.scheme",
                            "quant.weight.granularity",
                            "quant.weight.threshold_factor",
                            "quant.embedding.scheme",
                            "quant.clip"}},
      .quantize = ternaryQuantize};
}

}  // namespace retort::train
