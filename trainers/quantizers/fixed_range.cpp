#include "trainers/quantizers/fixed_range.h"

#include <ATen/TensorOperators.h>

namespace retort::train {
namespace {

using Parameters = std::vector<at::Tensor>;

constexpr double kSmallestBound = 1e-30;
constexpr double kRangeEpsilon = 1e-8;  // the dynamic quantizer's

struct Range {
  at::Tensor low;
  at::Tensor high;
};

Range symmetricRange(const Parameters& parameters, const GridOptions& options) {
  const at::Tensor bound = parameters[0].clamp(kSmallestBound, options.clip);
  return {-bound, bound};
}

Range asymmetricRange(const Parameters& parameters, const GridOptions& options) {
  return {parameters[0].clamp(-options.clip, options.clip),
          parameters[1].clamp(-options.clip, options.clip)};
}

at::Tensor outside(const at::Tensor& x, const Range& range) {
  return x.lt(range.low).logical_or_(x.gt(range.high));
}

at::Tensor inside(const at::Tensor& x, const Range& range) {
  return outside(x, range).logical_not_().to(x.scalar_type());
}

Parameters startSymmetric(const RangeStatistics& seen, const GridOptions& /*options*/, bool) {
  return {seen.high.abs().maximum(seen.low.abs())};
}

at::Tensor quantizeSymmetric(const at::Tensor& x,
                             const Parameters& parameters,
                             const GridOptions& options) {
  const Range range = symmetricRange(parameters, options);
  const int largest = (1 << (options.bits - 1)) - 1;
  const at::Tensor scale = range.high.reciprocal().mul_(largest);
  return x.clamp(range.low, range.high).mul_(scale).round_().div_(scale);
}

GridDerivatives symmetricDerivatives(const at::Tensor& x,
                                     const Parameters& parameters,
                                     const GridOptions& options) {
  return {inside(x, symmetricRange(parameters, options)), {x.new_zeros({})}};
}

at::Tensor isClippedSymmetric(const at::Tensor& x,
                              const Parameters& parameters,
                              const GridOptions& options) {
  return outside(x, symmetricRange(parameters, options));
}

Parameters startAsymmetric(const RangeStatistics& seen, const GridOptions& /*options*/, bool) {
  return {seen.low.clone(), seen.high.clone()};
}

at::Tensor quantizeAsymmetric(const at::Tensor& x,
                              const Parameters& parameters,
                              const GridOptions& options) {
  const Range range = asymmetricRange(parameters, options);
  const at::Tensor width = (range.high - range.low) + kRangeEpsilon;
  const int intervals = (1 << options.bits) - 1;
  return x.clamp(range.low, range.high)
      .sub_(range.low)
      .div_(width)
      .mul_(intervals)
      .round_()
      .div_(intervals)
      .mul_(width)
      .add_(range.low);
}

GridDerivatives asymmetricDerivatives(const at::Tensor& x,
                                      const Parameters& parameters,
                                      const GridOptions& options) {
  return {inside(x, asymmetricRange(parameters, options)), {x.new_zeros({}), x.new_zeros({})}};
}

at::Tensor isClippedAsymmetric(const at::Tensor& x,
                               const Parameters& parameters,
                               const GridOptions& options) {
  return outside(x, asymmetricRange(parameters, options));
}

}  // namespace

const HeldGrid& fixedSymmetricGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "fixed_symmetric",
               .documentation = "symmetric quantization with a range from calibration: the scheme "
                                "symmetric where quant.activation.range is not dynamic",
               .formula =
                   "s = (2^{b-1}-1)/c,\\ x_q = \\mathrm{round}(\\mathrm{clip}(x,-c,c)\\,s)/s",
               .source = "Krishnamoorthi 2018, arXiv 1806.08342, section 2",
               .settings = {"quant.activation.range", "quant.activation.bits"}},
      .parameters = {"bound"},
      .is_learned = false,
      .start = startSymmetric,
      .quantize = quantizeSymmetric,
      .derivatives = symmetricDerivatives,
      .isClipped = isClippedSymmetric};
  return kGrid;
}

const HeldGrid& fixedAsymmetricGrid() {
  static const HeldGrid kGrid = {
      .spec = {.kind = "quantizer",
               .name = "fixed_asymmetric",
               .documentation = "asymmetric quantization with a range from calibration: the scheme "
                                "asymmetric where quant.activation.range is not dynamic",
               .formula = "x_q = \\mathrm{round}((x^c-l)/(h-l)\\,(2^b-1))\\,(h-l)/(2^b-1) + l",
               .source = "Krishnamoorthi 2018, arXiv 1806.08342, section 2",
               .settings = {"quant.activation.range", "quant.activation.bits"}},
      .parameters = {"low", "high"},
      .is_learned = false,
      .start = startAsymmetric,
      .quantize = quantizeAsymmetric,
      .derivatives = asymmetricDerivatives,
      .isClipped = isClippedAsymmetric};
  return kGrid;
}

}  // namespace retort::train
