#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace retort::train {

/// Which of a model's logits are wanted.
struct TopLogitsRequest {
  std::int64_t count = 0;  ///< k > 0, the likeliest; all where there are fewer
  double temperature = 1;  ///< at which the normalization is needed

  bool operator==(const TopLogitsRequest&) const = default;
};

/// The k largest logits z of M rows, largest first, and what normalizes them among all: the
/// probability at temperature t of token ids[i, j] is exp(values[i, j] / t - log_sum[i]).
struct TopLogits {
  at::Tensor values;   ///< [M, k]
  at::Tensor ids;      ///< [M, k] int64
  at::Tensor log_sum;  ///< [M] log sum_v exp(z_v / t), over all tokens

  /// Rows first … first + count - 1.
  [[nodiscard]] TopLogits narrow(std::int64_t first, std::int64_t count) const;
};

/// Of logits [M, V], without gradient.
[[nodiscard]] TopLogits topLogits(const at::Tensor& logits, const TopLogitsRequest& request);

}  // namespace retort::train
