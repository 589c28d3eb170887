#include "trainers/probes/activation.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace retort::train {

namespace {

MetricSpec metric(std::string name, std::string text, std::string formula) {
  return {.name = std::move(name),
          .dimensions = {"layer"},
          .documentation = std::move(text) +
                           " of the hidden states, real tokens of the batch; layer 0 is the "
                           "embeddings' output, layer l the output of encoder layer l - 1",
          .formula = std::move(formula)};
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const auto& states = input.student->hidden;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const ActivationMoments moments = activationMoments(states[i], input.batch.attention_mask);
    const int layer = static_cast<int>(i);
    points.push_back(
        {.series = {.metric = "activation_mean", .layer = layer}, .value = moments.mean});
    points.push_back(
        {.series = {.metric = "activation_variance", .layer = layer}, .value = moments.variance});
    if (input.teacher != nullptr) {
      const auto& teacher = input.teacher->hidden[i];
      const double ratio =
          moments.variance / activationMoments(teacher, input.batch.attention_mask).variance;
      points.push_back(
          {.series = {.metric = "activation_variance_ratio", .layer = layer}, .value = ratio});
    }
  }
}

}  // namespace

ActivationMoments activationMoments(const at::Tensor& x, const at::Tensor& mask) {
  TORCH_CHECK(
      x.dim() == 3 && mask.dim() == 2 && mask.size(0) == x.size(0) && mask.size(1) == x.size(1),
      "activationMoments: mask ",
      mask.sizes(),
      " does not fit activations ",
      x.sizes());
  const at::NoGradGuard no_grad;
  const at::Tensor real = mask.to(at::kDouble).unsqueeze(2);
  const at::Tensor values = x.to(at::kDouble);
  const at::Tensor count = real.sum() * x.size(2);
  const at::Tensor mean = (values * real).sum() / count;
  const at::Tensor variance = ((values - mean).square() * real).sum() / count;
  return {.mean = mean.item<double>(), .variance = variance.item<double>()};
}

const ProbeDefinition& activationProbe() {
  static const ProbeDefinition kDefinition = {
      .spec =
          {
              .kind = "probe",
              .name = "activation",
              .documentation =
                  "mean and variance of each layer's output, and the variance's ratio to the "
                  "teacher's",
              .formula = "\\mathrm{Var}(X^S_l) / \\mathrm{Var}(X^T_l)",
              .source = "arXiv 2403.18159; He et al. 2015, arXiv 1502.01852, section 2.2",
          },
      .metrics = {metric("activation_mean", "mean", "\\bar X = E[X]"),
                  metric("activation_variance", "variance", "E[(X - \\bar X)^2]"),
                  metric("activation_variance_ratio",
                         "student's variance over the teacher's",
                         "\\mathrm{Var}(X^S) / \\mathrm{Var}(X^T)")},
      .default_every = 20,
      .needs = TracePart::kHidden,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
