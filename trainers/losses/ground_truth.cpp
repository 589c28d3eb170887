#include "trainers/losses/ground_truth.h"

#include "trainers/losses/task_loss.h"
#include "trainers/settings/setting_group.h"

#include <ATen/TensorOperators.h>

namespace retort::train {
namespace {

const SettingGroup<GroundTruthOptions>& groundTruthOptions() {
  static const auto kGroup =
      SettingGroup<GroundTruthOptions>()
          .add(
              &GroundTruthOptions::reduction,
              {.key = "distill.ground_truth.reduction",
               .documentation = "over the rows of a batch: sum (code of arXiv 2211.11014) or mean; "
                                "a regression's error is always the mean",
               .choices = {"sum", "mean"}})
          .add(&GroundTruthOptions::regression_target,
               {.key = "distill.ground_truth.regression_target",
                .documentation = "what a regression is compared with: the labels, or the teacher's "
                                 "output (code of arXiv 2211.11014)",
                .choices = {"labels", "teacher"}});
  return kGroup;
}

LossTerm groundTruth(const LossInput& input, const GroundTruthOptions& options) {
  const at::Tensor& logits = input.student.logits;
  const bool is_of_teacher = logits.size(-1) == 1 && options.regression_target == "teacher";
  const at::Tensor target =
      is_of_teacher ? input.teacher.logits.detach().squeeze(-1) : input.batch.targets();
  const bool is_mean = logits.size(-1) == 1 || options.reduction == "mean";
  return {.value = labelLoss(logits, target, options.reduction),
          .mean = is_mean ? LossMean::kLogits : LossMean::kNothing};
}

}  // namespace

at::Tensor labelLoss(const at::Tensor& logits,
                     const at::Tensor& target,
                     const std::string& reduction) {
  const bool is_mean = logits.size(-1) == 1 || reduction == "mean";
  return is_mean ? taskLoss(logits, target) : taskLoss(logits, target) * target.size(0);
}

const LossDefinition& groundTruthLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "ground_truth",
               .documentation = "cross entropy with the labels; squared error for regression",
               .formula = "-\\sum_b \\log \\mathrm{softmax}(z^S_b)_{y_b}",
               .source = "code of arXiv 2211.11014, main.py (off by default)"},
      .layers = LossLayers::kNone,
      .options = groundTruthOptions().specs(),
      .make = [](const LossRequest& request) {
        const GroundTruthOptions options = groundTruthOptions().read(request.settings);
        return Loss{.needs = {},
                    .terms =
                        [options](const LossInput& input, const LayerSelection&) {
                          return std::vector<LossTerm>{groundTruth(input, options)};
                        },
                    .needs_teacher = false};
      }};
  return kLoss;
}

}  // namespace retort::train
