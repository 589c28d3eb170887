#include "trainers/quantizers/min_max.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/where.h>

#include <cmath>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

constexpr double kSmallestStep = 1e-8;

/// Of the values that share a grid, in the parameters' shape.
struct Ends {
  at::Tensor low;
  at::Tensor high;
};

Ends extremes(const at::Tensor& x, const at::Tensor& parameter) {
  const std::vector<std::int64_t> shared = sharedDimensions(x, parameter.sizes());
  return {.low = x.amin(shared, /*keepdim=*/true), .high = x.amax(shared, /*keepdim=*/true)};
}

Ends learnedEnds(const at::Tensor& /*x*/, const Parameters& parameters) {
  return {.low = parameters[0].detach(), .high = parameters[1].detach()};
}

Ends scaledEnds(const at::Tensor& x, const Parameters& parameters) {
  const Ends seen = extremes(x, parameters[0]);
  return {.low = parameters[0].detach() * seen.low, .high = parameters[1].detach() * seen.high};
}

struct Levels {
  at::Tensor step;
  at::Tensor zero;
  at::Tensor unclipped;  // round(x / s) + z
  double largest = 0;
};

Levels levelsOf(const at::Tensor& x, const Ends& ends, const GridOptions& options) {
  const double largest = std::exp2(options.bits) - 1;
  const at::Tensor step = ((ends.high - ends.low) / largest).clamp_min_(kSmallestStep);
  const at::Tensor zero = (ends.low / step).round_().neg_();
  return {
      .step = step, .zero = zero, .unclipped = (x / step).round_().add_(zero), .largest = largest};
}

at::Tensor quantizeBetween(const at::Tensor& x, const Ends& ends, const GridOptions& options) {
  const Levels levels = levelsOf(x, ends, options);
  return levels.unclipped.clamp(0, levels.largest).sub_(levels.zero).mul_(levels.step);
}

at::Tensor isBeyond(const at::Tensor& x, const Ends& ends, const GridOptions& options) {
  const Levels levels = levelsOf(x, ends, options);
  return levels.unclipped.lt(0).logical_or_(levels.unclipped.gt(levels.largest));
}

/// With respect to x, low and high.
GridDerivatives endDerivatives(const at::Tensor& x, const Ends& ends, const GridOptions& options) {
  const Levels levels = levelsOf(x, ends, options);
  const at::Tensor clipped = levels.unclipped.clamp(0, levels.largest);
  const at::Tensor is_outside = clipped.ne(levels.unclipped);
  const at::Tensor outside = is_outside.to(x.scalar_type());
  const at::Tensor shifted = clipped - levels.zero;
  const at::Tensor by_step =
      shifted - at::where(is_outside, ends.low / levels.step, x / levels.step);
  const at::Tensor by_high = by_step / levels.largest;
  return {1 - outside, {outside - by_high, by_high}};
}

Parameters startMinMax(const RangeStatistics& seen, const GridOptions& /*options*/, bool) {
  return {seen.low.clone(), seen.high.clone()};
}

at::Tensor quantizeMinMax(const at::Tensor& x,
                          const Parameters& parameters,
                          const GridOptions& options) {
  return quantizeBetween(x, learnedEnds(x, parameters), options);
}

GridDerivatives minMaxDerivatives(const at::Tensor& x,
                                  const Parameters& parameters,
                                  const GridOptions& options) {
  return endDerivatives(x, learnedEnds(x, parameters), options);
}

at::Tensor isClippedMinMax(const at::Tensor& x,
                           const Parameters& parameters,
                           const GridOptions& options) {
  return isBeyond(x, learnedEnds(x, parameters), options);
}

at::Tensor quantizeBetaGamma(const at::Tensor& x,
                             const Parameters& parameters,
                             const GridOptions& options) {
  return quantizeBetween(x, scaledEnds(x, parameters), options);
}

GridDerivatives betaGammaDerivatives(const at::Tensor& x,
                                     const Parameters& parameters,
                                     const GridOptions& options) {
  const Ends seen = extremes(x, parameters[0]);
  const GridDerivatives ends = endDerivatives(x, scaledEnds(x, parameters), options);
  return {ends.input, {ends.parameters[0] * seen.low, ends.parameters[1] * seen.high}};
}

at::Tensor isClippedBetaGamma(const at::Tensor& x,
                              const Parameters& parameters,
                              const GridOptions& options) {
  return isBeyond(x, scaledEnds(x, parameters), options);
}

Parameters startBetaGamma(const RangeStatistics& seen, const GridOptions& /*options*/, bool) {
  return {at::full_like(seen.low, seen.share), at::full_like(seen.high, seen.share)};
}

const std::vector<std::string> kSettings = {"quant.weight.scheme",
                                            "quant.weight.bits",
                                            "quant.weight.granularity",
                                            "quant.weight.start",
                                            "quant.activation.scheme",
                                            "quant.learned.learning_rate"};

}  // namespace

const HeldGrid& minMaxGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "min_max",
               .documentation = "asymmetric grid with learned ends",
               .formula = "s = (h-l)/(2^b-1),\\ z = -\\mathrm{round}(l/s),\\ x_q = s\\,("
                          "\\mathrm{clip}(\\mathrm{round}(x/s)+z, 0, 2^b-1) - z)",
               .source = "arXiv 2404.16898 (min/max); AIMET's learned ranges",
               .settings = kSettings},
      .parameters = {"low", "high"},
      .start = startMinMax,
      .quantize = quantizeMinMax,
      .derivatives = minMaxDerivatives,
      .isClipped = isClippedMinMax};
  return kGrid;
}

const HeldGrid& betaGammaGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "beta_gamma",
               .documentation = "asymmetric grid between learned multiples of the extremes",
               .formula = "l = \\gamma\\min x,\\ h = \\beta\\max x",
               .source = "arXiv 2404.16898 (beta/gamma without a sigmoid)",
               .settings = kSettings},
      .parameters = {"gamma", "beta"},
      .start = startBetaGamma,
      .quantize = quantizeBetaGamma,
      .derivatives = betaGammaDerivatives,
      .isClipped = isClippedBetaGamma};
  return kGrid;
}

}  // namespace retort::train
