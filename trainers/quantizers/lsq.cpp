#include "trainers/quantizers/lsq.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/where.h>

#include <cmath>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

// BiT's floor; BinaryBERT stops at a step that is not positive.
constexpr double kSmallestStep = 1e-5;

struct Levels {
  double smallest = 0;
  double largest = 0;
};

Levels levelsOf(const GridOptions& options) {
  if (options.is_unsigned) {
    return {.smallest = 0, .largest = std::exp2(options.bits) - 1};
  }
  const double half = std::exp2(options.bits - 1);
  return {.smallest = -half, .largest = half - 1};
}

/// x from where the grid begins.
at::Tensor fromOrigin(const at::Tensor& x, const at::Tensor& step, const GridOptions& options) {
  return options.is_unsigned ? x - x.amin(sharedDimensions(x, step.sizes()), /*keepdim=*/true) : x;
}

at::Tensor inSteps(const at::Tensor& x, const Parameters& parameters, const GridOptions& options) {
  return fromOrigin(x, parameters[0], options) / usableStep(parameters[0]);
}

Parameters start(const RangeStatistics& seen, const GridOptions& options, bool uses_range) {
  const double largest = levelsOf(options).largest;
  if (uses_range) {
    const at::Tensor reach =
        options.is_unsigned ? seen.high - seen.low : seen.high.abs().maximum(seen.low.abs());
    return {usableStep(reach / largest)};
  }
  const double factor = options.is_unsigned ? 4 : 2;
  return {usableStep(seen.mean_magnitude * (factor / std::sqrt(largest)))};
}

at::Tensor quantize(const at::Tensor& x, const Parameters& parameters, const GridOptions& options) {
  const Levels levels = levelsOf(options);
  const at::Tensor step = usableStep(parameters[0]);
  const at::Tensor on_grid =
      inSteps(x, parameters, options).round_().clamp_(levels.smallest, levels.largest).mul_(step);
  return options.is_unsigned ? on_grid + x.amin(sharedDimensions(x, step.sizes()), /*keepdim=*/true)
                             : on_grid;
}

GridDerivatives derivatives(const at::Tensor& x,
                            const Parameters& parameters,
                            const GridOptions& options) {
  const Levels levels = levelsOf(options);
  const StepDerivatives local =
      stepDerivatives(inSteps(x, parameters, options), levels.smallest, levels.largest);
  return {local.input, {local.step}};
}

at::Tensor isClipped(const at::Tensor& x,
                     const Parameters& parameters,
                     const GridOptions& options) {
  const Levels levels = levelsOf(options);
  const at::Tensor v = inSteps(x, parameters, options);
  return v.lt(levels.smallest).logical_or_(v.gt(levels.largest));
}

double gradientScale(double count, const GridOptions& options) {
  return lsqGradientScale(count, levelsOf(options).largest);
}

}  // namespace

at::Tensor usableStep(const at::Tensor& step) {
  return step.detach().clamp_min(kSmallestStep);
}

double lsqGradientScale(double count, double largest) {
  return 1 / std::sqrt(count * largest);
}

StepDerivatives stepDerivatives(const at::Tensor& v, double smallest, double largest) {
  const at::Tensor clipped = v.clamp(smallest, largest);
  const at::Tensor is_inside = v.eq(clipped);
  return {is_inside.to(v.scalar_type()), at::where(is_inside, v.round() - v, clipped)};
}

const HeldGrid& lsqGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "lsq",
               .documentation = "learned step size",
               .formula = "x_q = a\\,\\mathrm{clip}(\\mathrm{round}(x/a), n, p),\\ \\partial x_q/"
                          "\\partial a = \\mathrm{round}(x/a) - x/a \\text{ inside}, n, p "
                          "\\text{ outside}, \\text{ times } 1/\\sqrt{N p}",
               .source = "Esser et al. 2020, arXiv 1902.08153; code of BinaryBERT, utils_quant.py "
                         "(SymLsqQuantizer, AsymLsqQuantizer)",
               .settings = {"quant.activation.scheme",
                            "quant.weight.scheme",
                            "quant.weight.bits",
                            "quant.activation.grid",
                            "quant.learned.learning_rate"}},
      .parameters = {"step"},
      .start = start,
      .quantize = quantize,
      .derivatives = derivatives,
      .isClipped = isClipped,
      .gradientScale = gradientScale};
  return kGrid;
}

}  // namespace retort::train
