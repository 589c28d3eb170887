#include "trainers/quantizers/affine.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <limits>

namespace retort::train {
namespace {

struct AffineGrid {
  at::Tensor scale;
  at::Tensor zero;
  double largest = 0;
};

double smallestScale(const at::Tensor& x) {
  return x.scalar_type() == at::kDouble ? std::numeric_limits<double>::min()
                                        : std::numeric_limits<float>::min();
}

AffineGrid gridOf(const at::Tensor& x, const QuantizerOptions& options) {
  const std::vector<std::int64_t> dimensions = statisticDimensions(x, options.granularity);
  const at::Tensor low = x.amin(dimensions, /*keepdim=*/true).clamp_max_(0);
  const at::Tensor high = x.amax(dimensions, /*keepdim=*/true).clamp_min_(0);
  const double largest = std::exp2(options.bits) - 1;
  const at::Tensor scale = (high - low).div_(largest).clamp_min_(smallestScale(x));
  return {
      .scale = scale, .zero = (low / scale).round_().neg_().clamp_(0, largest), .largest = largest};
}

/// Before they are clipped. The reciprocal first, as in torchao: the last bit depends on it.
at::Tensor levelsOf(const at::Tensor& x, const AffineGrid& grid) {
  return (x * grid.scale.reciprocal()).round_().add_(grid.zero);
}

at::Tensor passesGradient(const at::Tensor& x, const QuantizerOptions& options) {
  const AffineGrid grid = gridOf(x, options);
  const at::Tensor levels = levelsOf(x, grid);
  return levels.ge(0).logical_and_(levels.le(grid.largest));
}

}  // namespace

at::Tensor affineQuantize(const at::Tensor& x, const QuantizerOptions& options) {
  const AffineGrid grid = gridOf(x, options);
  return levelsOf(x, grid).clamp_(0, grid.largest).sub_(grid.zero).mul_(grid.scale);
}

QuantizerDefinition affineDefinition() {
  return {.spec = {.kind = "quantizer",
                   .name = "affine",
                   .documentation = "asymmetric min-max quantization with an integer zero point",
                   .formula = "s = (h-l)/(2^b-1),\\ z = -\\mathrm{round}(l/s),\\ x_q = s\\,("
                              "\\mathrm{clip}(\\mathrm{round}(x/s)+z, 0, 2^b-1) - z)",
                   .source = "torchao, quant_primitives.py (MappingType.ASYMMETRIC)",
                   .settings = {"quant.weight.scheme",
                                "quant.weight.bits",
                                "quant.weight.granularity"}},
          .quantize = affineQuantize,
          .passes_gradient = passesGradient};
}

}  // namespace retort::train
