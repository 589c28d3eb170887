#include "trainers/quantizers/lsq_plus.h"

#include "trainers/quantizers/lsq.h"

#include <ATen/TensorOperators.h>

#include <cmath>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

double largestLevel(const GridOptions& options) {
  return std::exp2(options.bits) - 1;
}

at::Tensor inSteps(const at::Tensor& x, const Parameters& parameters) {
  return (x - parameters[1].detach()) / usableStep(parameters[0]);
}

Parameters start(const RangeStatistics& seen, const GridOptions& options, bool /*uses_range*/) {
  return {usableStep((seen.high - seen.low) / largestLevel(options)), seen.low.clone()};
}

at::Tensor quantize(const at::Tensor& x, const Parameters& parameters, const GridOptions& options) {
  return inSteps(x, parameters)
      .round_()
      .clamp_(0, largestLevel(options))
      .mul_(usableStep(parameters[0]))
      .add_(parameters[1].detach());
}

GridDerivatives derivatives(const at::Tensor& x,
                            const Parameters& parameters,
                            const GridOptions& options) {
  const StepDerivatives local = stepDerivatives(inSteps(x, parameters), 0, largestLevel(options));
  return {local.input, {local.step, 1 - local.input}};
}

at::Tensor isClipped(const at::Tensor& x,
                     const Parameters& parameters,
                     const GridOptions& options) {
  const at::Tensor v = inSteps(x, parameters);
  return v.lt(0).logical_or_(v.gt(largestLevel(options)));
}

double gradientScale(double count, const GridOptions& options) {
  return lsqGradientScale(count, largestLevel(options));
}

}  // namespace

const HeldGrid& lsqPlusGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "lsq_plus",
               .documentation = "learned step size and offset",
               .formula = "x_q = a\\,\\mathrm{clip}(\\mathrm{round}((x-\\beta)/a), 0, 2^b-1) + "
                          "\\beta",
               .source = "Bhalgat et al. 2020, arXiv 2004.09576",
               .settings = {"quant.activation.scheme", "quant.learned.learning_rate"}},
      .parameters = {"step", "offset"},
      .start = start,
      .quantize = quantize,
      .derivatives = derivatives,
      .isClipped = isClipped,
      .gradientScale = gradientScale};
  return kGrid;
}

}  // namespace retort::train
