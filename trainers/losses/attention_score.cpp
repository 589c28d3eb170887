#include "trainers/losses/attention_score.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mse_loss.h>

namespace retort::train {
namespace {

// Scores at or below it belong to masked keys (the mask adds -10000).
constexpr double kMasked = -100.0;

}  // namespace

at::Tensor attentionScoreError(const at::Tensor& student, const at::Tensor& teacher) {
  const auto unmasked = [](const at::Tensor& score) {
    return score.masked_fill(score <= kMasked, 0.0);
  };
  return at::mse_loss(unmasked(student), unmasked(teacher.detach()));
}

const LossDefinition& attentionScoreLoss() {
  static const LossDefinition kLoss = {
      .spec =
          {.kind = "distillation_loss",
           .name = "attention_score",
           .documentation = "attention scores before softmax, mean squared error",
           .formula =
               "\\sum_l \\mathrm{MSE}(\\tilde a_l^S, \\tilde a_l^T),\\ \\tilde a = a\\,1[a > -100]",
           .source = "TernaryBERT, arXiv 2009.12812; code of arXiv 2211.11014, main.py"},
      .make = [](const LossRequest&) {
        return layerLoss(TracePart::kScore, &ModelTrace::score, attentionScoreError);
      }};
  return kLoss;
}

}  // namespace retort::train
