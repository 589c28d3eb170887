#include "trainers/quantizers/quantizer.h"

#include "trainers/quantizers/held_grid.h"
#include "trainers/quantizers/straight_through.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/where.h>

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
  if (!x.defined()) {
    return x;
  }
  TORCH_CHECK(x.size(-1) % group_size == 0,
              "groups of ",
              group_size,
              " do not fit into rows of ",
              x.size(-1));
  return x.reshape({-1, group_size});
}

/// One row for each grid that a weight has.
at::Tensor rowsOfGrids(const at::Tensor& x, const QuantizerOptions& options) {
  switch (options.granularity) {
    case Granularity::kGroup:
      return groupsAsRows(x, options.group_size);
    case Granularity::kRow:
      return x;
    case Granularity::kTensor:
      break;
  }
  return x.reshape({1, -1});
}

at::Tensor threeDeviations(const at::Tensor& rows, int bits) {
  const at::Tensor mean = rows.mean(-1, /*keepdim=*/true);
  const at::Tensor reach = (rows - mean).square().mean(-1, /*keepdim=*/true).sqrt() * 3;
  return (mean - reach).abs().maximum((mean + reach).abs()) / std::exp2(bits - 1);
}

/// Parameters that reach to `share` of the extremes.
std::vector<at::Tensor> reachingTo(const HeldGrid& grid,
                                   const RangeStatistics& seen,
                                   const GridOptions& options,
                                   double share) {
  const RangeStatistics shrunk = {.low = seen.low * share,
                                  .high = seen.high * share,
                                  .mean_magnitude = seen.mean_magnitude,
                                  .share = share};
  return grid.start(shrunk, options, /*uses_range=*/true);
}

std::vector<at::Tensor> leastError(const HeldGrid& grid,
                                   const at::Tensor& rows,
                                   const RangeStatistics& seen,
                                   const GridOptions& options) {
  constexpr int kShares = 100;
  constexpr int kTried = 80;
  std::vector<at::Tensor> best = reachingTo(grid, seen, options, 1);
  at::Tensor least;
  for (int i = 0; i < kTried; ++i) {
    const double share = 1 - static_cast<double>(i) / kShares;
    const std::vector<at::Tensor> tried = reachingTo(grid, seen, options, share);
    const at::Tensor error =
        (grid.quantize(rows, tried, options) - rows).square_().mean(-1, /*keepdim=*/true);
    if (!least.defined()) {
      least = error;
      continue;
    }
    const at::Tensor is_better = error < least;
    least = least.minimum(error);
    for (std::size_t k = 0; k < best.size(); ++k) {
      best[k] = at::where(is_better, tried[k], best[k]);
    }
  }
  return best;
}

}  // namespace

Quantizer::Quantizer(const QuantizerDefinition& definition, const QuantizerOptions& options)
    : quantize_(definition.quantize),
      quantize_by_curvature_(definition.quantize_by_curvature),
      options_(options),
      has_plain_gradient_(definition.has_plain_gradient),
      is_row_local_(!definition.sees_whole_tensor && options.granularity != Granularity::kTensor),
      passes_gradient_(definition.passes_gradient) {}

Quantizer::Quantizer(const HeldGrid& grid, GridStart start, const QuantizerOptions& options)
    : options_(options),
      is_row_local_(false),
      grid_(&grid),
      start_(start) {}

std::vector<at::Tensor> Quantizer::startParameters(const at::Tensor& x) const {
  const at::NoGradGuard no_grad;
  const at::Tensor rows = rowsOfGrids(x.detach(), options_);
  const GridOptions options = {.bits = options_.bits, .clip = options_.clip};
  const RangeStatistics seen = {.low = rows.amin(-1, /*keepdim=*/true),
                                .high = rows.amax(-1, /*keepdim=*/true),
                                .mean_magnitude = rows.abs().mean(-1, /*keepdim=*/true)};
  std::vector<at::Tensor> parameters;
  switch (start_) {
    case GridStart::kScheme:
      parameters = grid_->start(seen, options, /*uses_range=*/false);
      break;
    case GridStart::kThreeDeviations:
      parameters = {threeDeviations(rows, options_.bits)};
      break;
    case GridStart::kExtremes:
      parameters = reachingTo(*grid_, seen, options, 1);
      break;
    case GridStart::kLeastError:
      parameters = leastError(*grid_, rows, seen, options);
      break;
  }
  if (options_.granularity == Granularity::kTensor) {
    for (at::Tensor& parameter : parameters) {
      parameter = parameter.flatten();
    }
  }
  return parameters;
}

Quantizer Quantizer::bound(std::vector<at::Tensor> parameters) const {
  Quantizer quantizer = *this;
  quantizer.parameters_ = std::move(parameters);
  return quantizer;
}

Quantizer::Quantizer(QuantizeFunction quantize, const QuantizerOptions& options)
    : Quantizer(QuantizerDefinition{.quantize = quantize}, options) {}

at::Tensor Quantizer::onGrid(const at::Tensor& x) const {
  TORCH_CHECK(!parameters_.empty(), "a learned grid is not bound to its parameters");
  const GridOptions options = {.bits = options_.bits, .clip = options_.clip};
  if (options_.granularity != Granularity::kGroup) {
    return quantizeOnGrid(*grid_, x, parameters_, options);
  }
  return quantizeOnGrid(*grid_, groupsAsRows(x, options_.group_size), parameters_, options)
      .view(x.sizes());
}

at::Tensor Quantizer::gradientMask(const at::Tensor& x) const {
  const at::NoGradGuard no_grad;
  if (options_.granularity != Granularity::kGroup) {
    return passes_gradient_(x.detach(), options_);
  }
  QuantizerOptions by_row = options_;
  by_row.granularity = Granularity::kRow;
  return passes_gradient_(groupsAsRows(x.detach(), options_.group_size), by_row).view(x.sizes());
}

at::Tensor Quantizer::operator()(const at::Tensor& x, const at::Tensor& second_moment) const {
  if (grid_ != nullptr) {
    return onGrid(x);
  }
  if (isIdentity()) {
    return x;
  }
  if (passes_gradient_ != nullptr) {
    const bool records = at::GradMode::is_enabled() && x.requires_grad();
    const at::Tensor x_q = quantized(x, second_moment);
    return records ? straightThroughWhere(x, x_q, gradientMask(x)) : x_q;
  }
  const double clip = has_plain_gradient_ ? std::numeric_limits<double>::infinity() : options_.clip;
  return straightThrough(x, quantized(x, second_moment), clip);
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
