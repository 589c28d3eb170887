#include "trainers/quantizers/pact.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

// A range that training closed still has a scale.
constexpr double kSmallestRange = 1e-5;

struct Clips {
  at::Tensor low;
  at::Tensor high;
};

Clips clipsOf(const Parameters& parameters, const GridOptions& options) {
  const at::Tensor low = parameters[0].detach();
  return {options.is_unsigned ? at::zeros_like(low) : low, parameters[1].detach()};
}

Parameters start(const RangeStatistics& seen, const GridOptions& options, bool /*uses_range*/) {
  return {options.is_unsigned ? at::zeros_like(seen.low) : seen.low.clone(), seen.high.clone()};
}

at::Tensor quantize(const at::Tensor& x, const Parameters& parameters, const GridOptions& options) {
  const Clips clips = clipsOf(parameters, options);
  const at::Tensor low = clips.low.clamp_max(0);
  const at::Tensor range = (clips.high.clamp_min(0) - low).clamp_min(kSmallestRange);
  const at::Tensor scale = range.reciprocal().mul(std::exp2(options.bits) - 1);
  const at::Tensor zero_point = scale * low;
  return x.clamp(clips.low, clips.high)
      .mul_(scale)
      .sub_(zero_point)
      .round_()
      .add_(zero_point)
      .div_(scale);
}

GridDerivatives derivatives(const at::Tensor& x,
                            const Parameters& parameters,
                            const GridOptions& options) {
  const Clips clips = clipsOf(parameters, options);
  const at::Tensor is_inside = options.is_unsigned ? x.ge(clips.low).logical_and_(x.le(clips.high))
                                                   : x.gt(clips.low).logical_and_(x.lt(clips.high));
  const at::ScalarType type = x.scalar_type();
  const at::Tensor below = options.is_unsigned ? x.new_zeros({}) : x.le(clips.low).to(type);
  return {is_inside.to(type), {below, x.ge(clips.high).to(type)}};
}

at::Tensor isClipped(const at::Tensor& x,
                     const Parameters& parameters,
                     const GridOptions& options) {
  const Clips clips = clipsOf(parameters, options);
  return x.lt(clips.low).logical_or_(x.gt(clips.high));
}

}  // namespace

const HeldGrid& pactGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "pact",
               .documentation = "learned clipping values with uniform levels between them",
               .formula =
                   "x_q = Q(\\mathrm{clip}(x, \\alpha_n, \\alpha_p)),\\ \\partial L/\\partial"
                   "\\alpha_p = \\sum_{x \\ge \\alpha_p} \\partial L/\\partial x_q",
               .source = "Choi et al. 2018, arXiv 1805.06085; code of arXiv 2211.11014, "
                         "transformer/pact_func.py",
               .settings = {"quant.activation.scheme",
                            "quant.activation.grid",
                            "quant.learned.learning_rate"}},
      .parameters = {"low", "high"},
      .start = start,
      .quantize = quantize,
      .derivatives = derivatives,
      .isClipped = isClipped};
  return kGrid;
}

}  // namespace retort::train
