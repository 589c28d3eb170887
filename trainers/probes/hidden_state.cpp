#include "trainers/probes/hidden_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace retort::train {

namespace {

MetricSpec metric(
    std::string name, std::string unit, std::string better, std::string text, std::string formula) {
  return {.name = std::move(name),
          .dimensions = {"layer"},
          .unit = std::move(unit),
          .better = std::move(better),
          .documentation = std::move(text) +
                           ", real tokens of the batch; layer 0 is the embeddings' output, layer l "
                           "the output of encoder layer l - 1",
          .formula = std::move(formula)};
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const auto& student = input.student->hidden;
  const auto& teacher = input.teacher->hidden;
  for (std::size_t i = 0; i < student.size(); ++i) {
    const HiddenStateError error =
        hiddenStateError(student[i], teacher[i], input.batch.attention_mask);
    const int layer = static_cast<int>(i);
    points.push_back({.series = {.metric = "hidden_mse", .layer = layer}, .value = error.mse});
    points.push_back(
        {.series = {.metric = "hidden_cosine", .layer = layer}, .value = error.cosine});
    points.push_back({.series = {.metric = "hidden_sqnr", .layer = layer}, .value = error.sqnr});
  }
}

}  // namespace

HiddenStateError hiddenStateError(const at::Tensor& student,
                                  const at::Tensor& teacher,
                                  const at::Tensor& mask) {
  TORCH_CHECK(student.dim() == 3 && student.sizes() == teacher.sizes(),
              "hiddenStateError: student ",
              student.sizes(),
              " and teacher ",
              teacher.sizes(),
              " must both be [B, N, D]");
  const at::NoGradGuard no_grad;
  const at::Tensor real = mask.to(at::kDouble);
  const at::Tensor s = student.to(at::kDouble);
  const at::Tensor t = teacher.to(at::kDouble);
  const at::Tensor tokens = real.sum();
  const at::Tensor noise = ((s - t).square().sum(2) * real).sum();
  const at::Tensor signal = (t.square().sum(2) * real).sum();
  const at::Tensor lengths = s.square().sum(2).sqrt() * t.square().sum(2).sqrt();
  const at::Tensor cosine = at::where(real > 0, (s * t).sum(2) / lengths, at::zeros_like(real));
  const at::Tensor values = at::stack({noise / (tokens * student.size(2)),
                                       cosine.sum() / tokens,
                                       10.0 * at::log10(signal / noise)})
                                .cpu();
  const auto value = values.accessor<double, 1>();
  return {.mse = value[0], .cosine = value[1], .sqnr = value[2]};
}

const ProbeDefinition& hiddenStateProbe() {
  static const ProbeDefinition kDefinition = {
      .spec =
          {
              .kind = "probe",
              .name = "hidden_state",
              .documentation =
                  "error of each layer's output against the teacher's: MSE, cosine, SQNR",
              .formula = "\\mathrm{SQNR} = 10 \\log_{10} \\frac{\\sum_t \\lVert X^T_t \\rVert^2}"
                         "{\\sum_t \\lVert X^S_t - X^T_t \\rVert^2}",
              .source = "MSE of layer outputs: Kim et al. 2023 (arXiv 2302.11812), figure 2",
          },
      .metrics = {metric("hidden_mse",
                         "",
                         "min",
                         "mean squared error of the hidden states",
                         "\\frac{1}{nD} \\sum_{t} \\lVert X^S_t - X^T_t \\rVert^2"),
                  metric("hidden_cosine",
                         "",
                         "max",
                         "mean cosine between the hidden states",
                         "\\frac{1}{n} \\sum_t \\frac{\\langle X^S_t, X^T_t \\rangle}"
                         "{\\lVert X^S_t \\rVert \\lVert X^T_t \\rVert}"),
                  metric("hidden_sqnr",
                         "dB",
                         "max",
                         "signal to quantization noise ratio of the hidden states",
                         "10 \\log_{10} \\frac{\\sum_t \\lVert X^T_t \\rVert^2}"
                         "{\\sum_t \\lVert X^S_t - X^T_t \\rVert^2}")},
      .default_every = 20,
      .needs = TracePart::kHidden,
      .needs_teacher = true,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
