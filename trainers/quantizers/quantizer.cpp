#include "trainers/quantizers/quantizer.h"

#include "trainers/quantizers/straight_through.h"

#include <ATen/core/grad_mode.h>

#include <numeric>

namespace retort::train {

Quantizer::Quantizer(QuantizeFunction quantize, const QuantizerOptions& options)
    : quantize_(quantize),
      options_(options) {}

at::Tensor Quantizer::operator()(const at::Tensor& x) const {
  return isIdentity() ? x : straightThrough(x, quantized(x), options_.clip);
}

at::Tensor Quantizer::quantized(const at::Tensor& x) const {
  const at::NoGradGuard no_grad;
  return isIdentity() ? x.detach() : quantize_(x.detach(), options_);
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
