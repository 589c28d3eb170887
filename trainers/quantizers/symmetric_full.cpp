#include "trainers/quantizers/symmetric_full.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <limits>

namespace retort::train {
namespace {

double smallestScale(const at::Tensor& x) {
  return x.scalar_type() == at::kDouble ? std::numeric_limits<double>::min()
                                        : std::numeric_limits<float>::min();
}

at::Tensor scaleOf(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor largest =
      x.abs().amax(statisticDimensions(x, options.granularity), /*keepdim=*/true);
  return largest.div_((std::exp2(options.bits) - 1) / 2).clamp_min_(smallestScale(x));
}

/// Before they are clipped. The reciprocal first, as in torchao: the last bit depends on it.
at::Tensor levelsOf(const at::Tensor& x, const at::Tensor& scale) {
  return (x * scale.reciprocal()).round_();
}

at::Tensor passesGradient(const at::Tensor& x, const QuantizerOptions& options) {
  const double half = std::exp2(options.bits - 1);
  const at::Tensor levels = levelsOf(x, scaleOf(x, options));
  return levels.ge(-half).logical_and_(levels.le(half - 1));
}

}  // namespace

at::Tensor symmetricFullQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const double half = std::exp2(options.bits - 1);
  const at::Tensor scale = scaleOf(x, options);
  return levelsOf(x, scale).clamp_(-half, half - 1).mul_(scale);
}

QuantizerDefinition symmetricFullDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "symmetric_full",
                   .documentation = "symmetric min-max quantization on all levels; a row's largest "
                                    "value may be clipped and then gets no gradient",
                   .formula = "s = \\max|x| / ((2^b-1)/2),\\ x_q = s\\,\\mathrm{clip}("
                              "\\mathrm{round}(x/s), -2^{b-1}, 2^{b-1}-1)",
                   .source = "torchao, quant_primitives.py (MappingType.SYMMETRIC)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.weight.granularity"}},
          .quantize = symmetricFullQuantize,
          .passes_gradient = passesGradient};
}

}  // namespace retort::train
