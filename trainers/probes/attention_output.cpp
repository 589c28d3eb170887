#include "trainers/probes/attention_output.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const auto& student = input.student->output;
  const auto& teacher = input.teacher->output;
  for (std::size_t layer = 0; layer < student.size(); ++layer) {
    const at::Tensor error = tokenMse(student[layer], teacher[layer], input.batch.attention_mask);
    points.push_back(
        {.series = {.metric = "attention_output_mse", .layer = static_cast<int>(layer)},
         .value = error.item<double>()});
  }
}

}  // namespace

at::Tensor tokenMse(const at::Tensor& student, const at::Tensor& teacher, const at::Tensor& mask) {
  TORCH_CHECK(student.dim() == 3 && student.sizes() == teacher.sizes(),
              "tokenMse: student ",
              student.sizes(),
              " and teacher ",
              teacher.sizes(),
              " must both be [B, N, D]");
  const at::NoGradGuard no_grad;
  const at::Tensor real = mask.to(at::kDouble);
  const at::Tensor difference = student.to(at::kDouble) - teacher.to(at::kDouble);
  const at::Tensor squares = difference.square().sum(2) * real;
  return squares.sum() / (real.sum() * student.size(2));
}

const ProbeDefinition& attentionOutputProbe() {
  static const ProbeDefinition kDefinition = {
      .spec =
          {
              .kind = "probe",
              .name = "attention_output",
              .documentation = "error of each layer's attention output against the teacher's",
              .formula = "\\frac{1}{nD} \\sum_{t} \\lVert Y^S_t - Y^T_t \\rVert^2",
              .source = "Kim et al. 2022 (arXiv 2211.11014), attention-output loss, by layer",
          },
      .metrics = {{.name = "attention_output_mse",
                   .dimensions = {"layer"},
                   .better = "min",
                   .documentation = "mean squared error of the attention output (after projection, "
                                    "residual and LayerNorm) over real tokens of the batch",
                   .formula = "\\frac{1}{nD} \\sum_{t} \\lVert Y^S_t - Y^T_t \\rVert^2",
                   .source = "arXiv 2211.11014, attention-output loss"}},
      .default_every = 20,
      .needs = TracePart::kOutput,
      .needs_teacher = true,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
