#include "trainers/quantizers/asymmetric.h"

#include <ATen/TensorOperators.h>

namespace retort::train {
namespace {

// The authors' guard against a zero range.
constexpr double kRangeEpsilon = 1e-8;

}  // namespace

at::Tensor asymmetricQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor clipped = x.clamp(-options.clip, options.clip);
  const std::vector<std::int64_t> dimensions = statisticDimensions(x, options.granularity);
  const at::Tensor low = clipped.amin(dimensions, /*keepdim=*/true);
  const at::Tensor high = clipped.amax(dimensions, /*keepdim=*/true);
  const at::Tensor range = (high - low) + kRangeEpsilon;
  const int intervals = (1 << options.bits) - 1;
  return clipped.sub_(low).div_(range).mul_(intervals).round_().div_(intervals).mul_(range).add_(
      low);
}

QuantizerDefinition asymmetricDefinition() {
  return {
      .spec = {.kind = "quantizer",
               .name = "asymmetric",
               .documentation = "asymmetric min-max quantization with a dynamic range",
               .formula = "x_q = \\mathrm{round}((x^c-\\beta)/\\alpha\\,(2^b-1))\\,\\alpha/(2^b-1) "
                          "+ \\beta,\\ "
                          "\\alpha = \\max x^c - \\min x^c,\\ \\beta = \\min x^c",
               .source = "code of arXiv 2211.11014, utils_quant.py (AsymQuantizer)",
               .settings = {"quant.weight.scheme", "quant.weight.bits", "quant.activation.scheme"}},
      .quantize = asymmetricQuantize,
      .least_bits = 1};
}

}  // namespace retort::train
