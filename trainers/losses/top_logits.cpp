#include "trainers/losses/top_logits.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/topk.h>

#include <algorithm>

namespace retort::train {

TopLogits TopLogits::narrow(std::int64_t first, std::int64_t count) const {
  return {.values = values.narrow(0, first, count),
          .ids = ids.narrow(0, first, count),
          .log_sum = log_sum.narrow(0, first, count)};
}

TopLogits topLogits(const at::Tensor& logits, const TopLogitsRequest& request) {
  TORCH_CHECK(logits.dim() == 2 && request.count > 0 && request.temperature > 0,
              "the likeliest tokens are those of logits [M, V], but there are ",
              logits.sizes());
  const at::NoGradGuard no_grad;
  const auto [values, ids] = logits.topk(std::min(request.count, logits.size(-1)), -1);
  return {.values = values, .ids = ids, .log_sum = (logits / request.temperature).logsumexp(-1)};
}

}  // namespace retort::train
