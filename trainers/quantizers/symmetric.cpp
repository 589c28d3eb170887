#include "trainers/quantizers/symmetric.h"

#include "trainers/kernels/fused_quantize.h"

#include <ATen/TensorOperators.h>

#include <utility>

namespace retort::train {
namespace {

// Large enough that 127 / kSmallestMaximum is a finite float32.
constexpr double kSmallestMaximum = 1e-30;

}  // namespace

at::Tensor symmetricQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  if (auto fused = fusedSymmetric(x, options)) {
    return *std::move(fused);
  }
  at::Tensor maximum;
  if (options.granularity == Granularity::kTensor) {
    // max|clip(x)| without a pass that writes: clipping cannot change which of the extremes is
    // larger.
    const auto [low, high] = x.aminmax();
    maximum = high.maximum(-low).clamp_max(options.clip);
  } else {
    maximum = x.abs().amax(statisticDimensions(x, options.granularity), /*keepdim=*/true);
    maximum.clamp_max_(options.clip);
  }
  const int largest = (1 << (options.bits - 1)) - 1;
  // Python divides a number by a tensor so: the last bit depends on it.
  const at::Tensor scale = maximum.clamp_min(kSmallestMaximum).reciprocal_().mul_(largest);
  return x.clamp(-options.clip, options.clip).mul_(scale).round_().div_(scale);
}

QuantizerDefinition symmetricDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "symmetric",
                   .documentation = "symmetric min-max quantization with a dynamic scale",
                   .formula = "s = (2^{b-1}-1)/\\max|x^c|,\\ x_q = \\mathrm{round}(x^c s)/s",
                   .source = "code of arXiv 2211.11014, utils_quant.py (SymQuantizer)",
                   .settings = {"quant.activation.bits",
                                "quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.clip"}},
          .quantize = symmetricQuantize};
}

}  // namespace retort::train
