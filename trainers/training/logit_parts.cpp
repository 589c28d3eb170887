#include "trainers/training/logit_parts.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

namespace retort::train {
namespace {

/// The same rows, judged only at positions first … first + count - 1 of all that are judged.
TokenBatch judgedAt(const TokenBatch& batch,
                    const at::Tensor& judged,
                    std::int64_t first,
                    std::int64_t count) {
  const at::Tensor chosen = judged.narrow(0, first, count);
  const at::Tensor labels = batch.labels.flatten();
  TokenBatch part = batch;
  part.labels = at::full_like(labels, kIgnoredLabel)
                    .index_copy_(0, chosen, labels.index_select(0, chosen))
                    .view(batch.labels.sizes());
  return part;
}

at::Tensor teacherLogits(const HeadProduct& teacher, std::int64_t first, std::int64_t count) {
  const at::NoGradGuard no_grad;
  return teacher.input.defined() ? at::linear(teacher.input.narrow(0, first, count), teacher.weight)
                                 : at::Tensor();
}

/// A scalar of value 0 whose gradient at x is `gradient`.
at::Tensor carrier(const at::Tensor& x, const at::Tensor& gradient) {
  const at::Tensor product = x.flatten().dot(gradient.flatten());
  return product - product.detach();
}

}  // namespace

LossTerms inLogitParts(const PartedLogits& logits,
                       const BatchPart& part,
                       const std::function<LossTerms(const LogitPart&)>& objective) {
  TORCH_CHECK(part.batch.labels.defined() && part.batch.labels.dim() == 2,
              "logits in parts need labels [B, N]");
  const at::Tensor judged = part.batch.labels.flatten().ne(kIgnoredLabel).nonzero().squeeze(1);
  const at::Tensor& input = logits.student.input;
  const bool trains_weight = logits.student.weight.requires_grad();
  const at::Tensor weight = logits.student.weight.detach().requires_grad_(trains_weight);
  const std::int64_t total = input.size(0);
  at::Tensor value = at::zeros({}, input.options());
  std::vector<at::Tensor> input_gradients;
  LossTerms result;
  for (std::int64_t first = 0; first < total; first += logits.rows) {
    const std::int64_t count = std::min(logits.rows, total - first);
    const at::Tensor rows = input.narrow(0, first, count).detach().requires_grad_();
    LogitPart now{.batch = judgedAt(part.batch, judged, first, count), .share = part.share};
    now.share.logits *= static_cast<double>(count) / static_cast<double>(total);
    now.student.logits = at::linear(rows, weight);
    now.teacher.logits = teacherLogits(logits.teacher, first, count);
    if (logits.teacher_top != nullptr) {
      now.teacher_top = logits.teacher_top->narrow(first, count);
    }
    const LossTerms terms = objective(now);
    terms.total.backward();
    value = value + terms.total.detach();
    input_gradients.push_back(rows.grad());
    addComponents(result.components, terms.components);
  }
  if (input_gradients.empty()) {
    result.total = input.sum() * 0;
    return result;
  }
  result.total = value + carrier(input, at::cat(input_gradients));
  if (trains_weight) {
    result.total = result.total + carrier(logits.student.weight, weight.grad());
  }
  return result;
}

}  // namespace retort::train
