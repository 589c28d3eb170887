#include "trainers/quantizers/quantizer.h"

#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/straight_through.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace retort::train {

namespace {

// LAQ's and Adam's guard against weights that never had a gradient.
constexpr double kCurvatureEpsilon = 1e-8;

/// x as rows of one group each; undefined stays undefined.
at::Tensor groupsAsRows(const at::Tensor& x, std::int64_t group_size) {
  return x.defined() ? x.reshape({-1, group_size}) : x;
}

}  // namespace

Quantizer::Quantizer(const QuantizerDefinition& definition, const QuantizerOptions& options)
    : quantize_(definition.quantize),
      quantize_by_curvature_(definition.quantize_by_curvature),
      options_(options),
      has_plain_gradient_(definition.has_plain_gradient),
      is_row_local_(!definition.sees_whole_tensor && options.granularity != Granularity::kTensor) {}

Quantizer::Quantizer(const HeldGrid& grid, GridStart start, const QuantizerOptions& options)
    : options_(options),
      is_row_local_(false),
      grid_(&grid),
      start_(start) {}

std::vector<at::Tensor> Quantizer::startParameters(const at::Tensor& x) const {
  const at::NoGradGuard no_grad;
  const bool by_row = options_.granularity == Granularity::kRow;
  const at::Tensor values = by_row ? x.detach() : x.detach().reshape({1, -1});
  if (start_ == GridStart::kThreeDeviations) {
    const at::Tensor mean = values.mean(-1, /*keepdim=*/true);
    const at::Tensor reach = (values - mean).square().mean(-1, /*keepdim=*/true).sqrt() * 3;
    const at::Tensor step =
        (mean - reach).abs().maximum((mean + reach).abs()) / std::exp2(options_.bits - 1);
    return {by_row ? step : step.flatten()};
  }
  const at::Tensor magnitude = values.abs().mean(-1, /*keepdim=*/true);
  const RangeStatistics seen = {.mean_magnitude = by_row ? magnitude : magnitude.flatten()};
  return grid_->start(seen, {.bits = options_.bits}, /*uses_range=*/false);
}

Quantizer Quantizer::bound(std::vector<at::Tensor> parameters) const {
  Quantizer quantizer = *this;
  quantizer.parameters_ = std::move(parameters);
  return quantizer;
}

Quantizer::Quantizer(QuantizeFunction quantize, const QuantizerOptions& options)
    : Quantizer(QuantizerDefinition{.quantize = quantize}, options) {}

at::Tensor Quantizer::operator()(const at::Tensor& x, const at::Tensor& second_moment) const {
  if (grid_ != nullptr) {
    TORCH_CHECK(!parameters_.empty(), "a learned grid is not bound to its parameters");
    return quantizeOnGrid(*grid_, x, parameters_, {.bits = options_.bits});
  }
  const double clip = has_plain_gradient_ ? std::numeric_limits<double>::infinity() : options_.clip;
  return isIdentity() ? x : straightThrough(x, quantized(x, second_moment), clip);
}

at::Tensor Quantizer::quantized(const at::Tensor& x, const at::Tensor& second_moment) const {
  const at::NoGradGuard no_grad;
  if (isIdentity()) {
    return x.detach();
  }
  if (grid_ != nullptr) {
    return (*this)(x.detach());
  }
  if (options_.granularity == Granularity::kGroup) {
    TORCH_CHECK(x.size(-1) % options_.group_size == 0,
                "groups of ",
                options_.group_size,
                " do not fit into rows of ",
                x.size(-1));
    Quantizer by_row = *this;
    by_row.options_.granularity = Granularity::kRow;
    return by_row
        .quantized(groupsAsRows(x, options_.group_size),
                   groupsAsRows(second_moment, options_.group_size))
        .view(x.sizes());
  }
  if (options_.uses_curvature && quantize_by_curvature_ != nullptr && second_moment.defined()) {
    return quantize_by_curvature_(
        x.detach(), second_moment.sqrt().add_(kCurvatureEpsilon), options_);
  }
  return quantize_(x.detach(), options_);
}

std::vector<std::int64_t> statisticDimensions(const at::Tensor& x, Granularity granularity) {
  if (granularity == Granularity::kRow) {
    return x.dim() == 4 ? std::vector<std::int64_t>{2, 3} : std::vector<std::int64_t>{x.dim() - 1};
  }
  std::vector<std::int64_t> all(static_cast<std::size_t>(x.dim()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

at::Tensor statisticSum(const at::Tensor& x, Granularity granularity) {
  return granularity == Granularity::kTensor
             ? x.sum()
             : x.sum(statisticDimensions(x, granularity), /*keepdim=*/true);
}

std::int64_t statisticCount(const at::Tensor& x, Granularity granularity) {
  std::int64_t count = 1;
  for (const std::int64_t dimension : statisticDimensions(x, granularity)) {
    count *= x.size(dimension);
  }
  return count;
}

}  // namespace retort::train
