#include "trainers/quantizers/elastic_binary.h"

#include "trainers/quantizers/lsq.h"

#include <ATen/TensorOperators.h>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

Parameters start(const RangeStatistics& seen, const GridOptions& options, bool uses_range) {
  if (uses_range) {
    return {usableStep(options.is_unsigned ? seen.high : seen.high.abs().maximum(seen.low.abs()))};
  }
  return {usableStep(seen.mean_magnitude * (options.is_unsigned ? 4 : 2))};
}

at::Tensor quantize(const at::Tensor& x, const Parameters& parameters, const GridOptions& options) {
  const at::Tensor scale = usableStep(parameters[0]);
  const at::Tensor level = options.is_unsigned ? (x / scale).round_().clamp_(0, 1) : x.sign();
  return level * scale;
}

GridDerivatives derivatives(const at::Tensor& x,
                            const Parameters& parameters,
                            const GridOptions& options) {
  const at::Tensor v = x / usableStep(parameters[0]);
  const StepDerivatives local = stepDerivatives(v, options.is_unsigned ? 0 : -1, 1);
  return {local.input, {options.is_unsigned ? local.step : x.sign()}};
}

at::Tensor isClipped(const at::Tensor& x,
                     const Parameters& parameters,
                     const GridOptions& options) {
  const at::Tensor v = x / usableStep(parameters[0]);
  return v.lt(options.is_unsigned ? 0 : -1).logical_or_(v.gt(1));
}

double gradientScale(double count, const GridOptions& /*options*/) {
  return lsqGradientScale(count, 1);
}

}  // namespace

const HeldGrid& elasticBinaryGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "elastic_binary",
               .documentation = "binary activations with a learned scale: {-a, a}, or {0, a} on an "
                                "unsigned grid",
               .formula = "x_q = a\\,\\mathrm{sign}(x) \\text{ or } a\\,\\mathrm{clip}"
                          "(\\mathrm{round}(x/a), 0, 1)",
               .source = "Liu et al. 2022 (BiT), arXiv 2205.13016; its code, utils_quant.py "
                         "(ElasticQuantBinarizerSigned, ElasticQuantBinarizerUnsigned)",
               .settings = {"quant.activation.scheme",
                            "quant.activation.grid",
                            "quant.activation.shift",
                            "quant.learned.learning_rate"}},
      .parameters = {"scale"},
      .least_bits = 1,
      .most_bits = 1,
      .start = start,
      .quantize = quantize,
      .derivatives = derivatives,
      .isClipped = isClipped,
      .gradientScale = gradientScale};
  return kGrid;
}

}  // namespace retort::train
