#include "trainers/quantizers/llm_qat.h"

#include <ATen/TensorOperators.h>

#include <cmath>

namespace retort::train {
namespace {

constexpr double kEpsilon = 1e-6;
constexpr double kGradientBound = 2.0;
constexpr double kClip = 1 - 1e-2;

at::Tensor uniform(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor largest =
      x.abs().amax(statisticDimensions(x, options.granularity), /*keepdim=*/true);
  const double levels = std::exp2(options.bits - 1) - 1;
  // Python divides a number by a tensor so: the last bit depends on it.
  const at::Tensor scale = (largest + kEpsilon).reciprocal_().mul_(levels);
  return (x * scale).round_().div_(scale + kEpsilon);
}

at::Tensor meanMagnitude(const at::Tensor& x, const QuantizerOptions& options) {
  return x.abs().mean(statisticDimensions(x, options.granularity), /*keepdim=*/true);
}

at::Tensor fourLevels(const at::Tensor& x, const QuantizerOptions& options) {
  const at::Tensor scale = meanMagnitude(x, options).mul_(2);
  const at::Tensor share = (x / scale.masked_fill(scale == 0, 1)).clamp_(-kClip, kClip);
  return share.mul_(2).sub_(0.5).round_().add_(0.5).mul_(scale).div_(2);
}

at::Tensor passesGradient(const at::Tensor& x, const QuantizerOptions& options) {
  return options.bits < 3 ? x.eq(x) : x.abs().lt(kGradientBound);
}

}  // namespace

at::Tensor llmQatQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  switch (options.bits) {
    case 1:
      return x.sign().mul_(meanMagnitude(x, options));
    case 2:
      return fourLevels(x, options);
    default:
      return uniform(x, options);
  }
}

QuantizerDefinition llmQatDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "llm_qat",
                   .documentation = "LLM-QAT's symmetric weights, with its branches for 1 and 2 "
                                    "bits; weights of 2 and more get no gradient",
                   .formula = "s = (2^{b-1}-1)/(\\max|x|+10^{-6}),\\ x_q = \\mathrm{round}(x s)/(s+"
                              "10^{-6})",
                   .source = "arXiv 2305.17888; code of LLM-QAT, utils_quant.py",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.weight.granularity"}},
          .quantize = llmQatQuantize,
          .least_bits = 1,
          .passes_gradient = passesGradient};
}

}  // namespace retort::train
