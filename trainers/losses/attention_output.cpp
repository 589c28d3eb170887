#include "trainers/losses/attention_output.h"

#include "trainers/losses/layer_mse.h"
#include "trainers/settings/setting_group.h"

#include <map>

namespace retort::train {
namespace {

/// One part of the traces.
struct Point {
  TracePart part;
  TraceLayers ModelTrace::*tensors;
};

const std::map<std::string, Point>& points() {
  static const std::map<std::string, Point> kPoints = {
      {"norm", {TracePart::kOutput, &ModelTrace::output}},
      {"sum", {TracePart::kSum, &ModelTrace::sum}},
      {"norm_without_residual", {TracePart::kNormedDense, &ModelTrace::normed_dense}},
      {"projection", {TracePart::kDense, &ModelTrace::dense}}};
  return kPoints;
}

struct OutputOptions {
  std::string point = "norm";
};

const SettingGroup<OutputOptions>& outputOptions() {
  static const auto kGroup = SettingGroup<OutputOptions>().add(
      &OutputOptions::point,
      {.key = "distill.attention_output.point",
       .documentation =
           "where the block's output is taken: norm (after residual and LayerNorm, the "
           "paper's code), sum (after the residual), norm_without_residual, or "
           "projection (before both)",
       .choices = {"norm", "sum", "norm_without_residual", "projection"}});
  return kGroup;
}

}  // namespace

const LossDefinition& attentionOutputLoss() {
  static const LossDefinition kLoss = {
      .spec =
          {.kind = "distillation_loss",
           .name = "attention_output",
           .documentation =
               "output of the attention block, after residual and LayerNorm, mean squared error",
           .formula = "\\sum_{l} \\mathrm{MSE}(Y_l^S, Y_l^T)",
           .source = "arXiv 2211.11014; its code, main.py"},
      .options = outputOptions().specs(),
      .make = [](const LossRequest& request) {
        const Point& point = points().at(outputOptions().read(request.settings).point);
        return layerMseLoss(point.part, point.tensors);
      }};
  return kLoss;
}

}  // namespace retort::train
