#include "trainers/losses/logits.h"

#include "trainers/settings/setting_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/mse_loss.h>

namespace retort::train {
namespace {

const SettingGroup<LogitsOptions>& logitsOptions() {
  static const auto kGroup =
      SettingGroup<LogitsOptions>()
          .add(&LogitsOptions::temperature,
               {.key = "distill.logits.temperature",
                .documentation = "divides the logits of student and teacher",
                .minimum = 0,
                .is_minimum_exclusive = true})
          .add(&LogitsOptions::scale_by_temperature_squared,
               {.key = "distill.logits.scale_by_temperature_squared",
                .documentation = "multiply by the temperature's square, so that gradients keep "
                                 "their size (Hinton et al. 2015)"})
          .add(&LogitsOptions::reduction,
               {.key = "distill.logits.reduction",
                .documentation = "batch_mean: summed over classes, mean over rows (code of arXiv "
                                 "2211.11014); mean: over both (TernaryBERT's code); sum: of both",
                .choices = {"batch_mean", "mean", "sum"}});
  return kGroup;
}

/// elements: [B, C].
at::Tensor reduce(const at::Tensor& elements, const std::string& reduction) {
  if (reduction == "sum") {
    return elements.sum();
  }
  return reduction == "mean" ? elements.mean() : elements.sum(-1).mean();
}

}  // namespace

at::Tensor softCrossEntropy(const at::Tensor& student,
                            const at::Tensor& teacher,
                            const LogitsOptions& options) {
  TORCH_CHECK(student.dim() == 2 && student.sizes() == teacher.sizes(),
              "logits of student and teacher must be [B, C], but are ",
              student.sizes(),
              " and ",
              teacher.sizes());
  if (student.size(1) == 1) {
    const bool is_sum = options.reduction == "sum";
    return at::mse_loss(
        student, teacher.detach(), is_sum ? at::Reduction::Sum : at::Reduction::Mean);
  }
  const double temperature = options.temperature;
  const at::Tensor target = (teacher.detach() / temperature).softmax(-1);
  const at::Tensor loss =
      -reduce(target * (student / temperature).log_softmax(-1), options.reduction);
  return options.scale_by_temperature_squared ? loss * (temperature * temperature) : loss;
}

const LossDefinition& logitsLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "logits",
               .documentation =
                   "soft cross entropy of the class distributions; squared error for regression",
               .formula = "-\\frac{1}{B}\\sum_b \\sum_c \\mathrm{softmax}(z^T/t)_c \\log "
                          "\\mathrm{softmax}(z^S/t)_c",
               .source = "Hinton et al. 2015; code of arXiv 2211.11014, main.py"},
      .default_coefficient = 1,
      .layers = LossLayers::kNone,
      .options = logitsOptions().specs(),
      .make = [](const LossRequest& request) {
        const LogitsOptions options = logitsOptions().read(request.settings);
        return wholeLoss(
            {},
            [options](const LossInput& input) {
              return softCrossEntropy(input.student.logits, input.teacher.logits, options);
            },
            options.reduction == "sum" ? LossMean::kNothing : LossMean::kLogits);
      }};
  return kLoss;
}

}  // namespace retort::train
