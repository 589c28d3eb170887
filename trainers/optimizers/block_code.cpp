#include "trainers/optimizers/block_code.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bucketize.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace retort::train {
namespace {

constexpr int kExponents = 7;

std::vector<double> codeNumbers(bool is_signed) {
  std::vector<double> numbers = {0, 1};
  for (int i = 0; i < kExponents; ++i) {
    const int parts = 1 << (is_signed ? i : i + 1);
    const double scale = std::pow(10.0, i - (kExponents - 1));
    for (int part = 0; part < parts; ++part) {
      const double middle = scale * (0.1 + 0.9 * (part + 0.5) / parts);
      numbers.push_back(middle);
      if (is_signed) {
        numbers.push_back(-middle);
      }
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// [255]: between neighbouring codes.
at::Tensor middles(bool is_signed, const at::TensorOptions& options) {
  const at::Tensor numbers = dynamicCode(is_signed).to(options);
  const std::int64_t pairs = numbers.numel() - 1;
  return (numbers.narrow(0, 0, pairs) + numbers.narrow(0, 1, pairs)) / 2;
}

}  // namespace

at::Tensor dynamicCode(bool is_signed) {
  return at::tensor(codeNumbers(is_signed), at::TensorOptions(at::kFloat));
}

BlockCode encodeBlocks(const at::Tensor& values, bool is_signed) {
  const std::int64_t missing = (kCodeBlock - values.numel() % kCodeBlock) % kCodeBlock;
  const at::Tensor blocks =
      at::constant_pad_nd(values.detach().flatten(), {0, missing}).view({-1, kCodeBlock});
  const at::Tensor largest = blocks.abs().amax(-1, /*keepdim=*/true);
  const at::Tensor shares = blocks / largest.clamp_min(std::numeric_limits<float>::min());
  const at::Tensor codes =
      at::bucketize(shares, middles(is_signed, values.options()), /*out_int32=*/true);
  return {.codes = codes.to(at::kByte), .largest = largest};
}

at::Tensor decodeBlocks(const BlockCode& code, bool is_signed, at::IntArrayRef sizes) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) {
    count *= size;
  }
  const at::Tensor numbers = dynamicCode(is_signed).to(code.largest.options());
  const at::Tensor values =
      numbers.index_select(0, code.codes.flatten().to(at::kInt)).view(code.codes.sizes());
  return (values * code.largest).flatten().narrow(0, 0, count).reshape(sizes);
}

}  // namespace retort::train
