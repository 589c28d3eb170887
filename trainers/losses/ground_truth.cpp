#include "trainers/losses/ground_truth.h"

#include "trainers/losses/task_loss.h"

#include <ATen/TensorOperators.h>

namespace retort::train {

at::Tensor labelLoss(const at::Tensor& logits, const at::Tensor& labels) {
  const bool is_regression = logits.size(-1) == 1;
  return is_regression ? taskLoss(logits, labels) : taskLoss(logits, labels) * labels.size(0);
}

const LossDefinition& groundTruthLoss() {
  static const LossDefinition kLoss = {
      .spec =
          {.kind = "distillation_loss",
           .name = "ground_truth",
           .documentation =
               "cross entropy with the labels, summed over the batch; squared error for regression",
           .formula = "-\\sum_b \\log \\mathrm{softmax}(z^S_b)_{y_b}",
           .source = "code of arXiv 2211.11014, main.py (off by default)"},
      .layers = LossLayers::kNone,
      .make = [](const LossRequest&) {
        return wholeLoss({}, [](const LossInput& input) {
          return labelLoss(input.student.logits, input.batch.labels);
        });
      }};
  return kLoss;
}

}  // namespace retort::train
