#include "trainers/probes/full_precision_gradient.h"

#include "trainers/analysis/gradient_statistics.h"
#include "trainers/analysis/tensor_list.h"
#include "trainers/probes/gradient_norm.h"

#include <string>
#include <utility>

namespace retort::train {

namespace {

/// Weights that have a series of their own and a gradient in the student.
NamedTensors weightsOf(const NamedTensors& parameters) {
  NamedTensors weights;
  for (const NamedTensor& parameter : parameters) {
    if (gradientNormSeries(parameter.name)) {
      weights.push_back(parameter);
    }
  }
  return weights;
}

/// The tensors of the model that have these names, requiring gradients.
NamedTensors sameIn(const Model& model, const NamedTensors& weights) {
  NamedTensors found;
  for (const NamedTensor& weight : weights) {
    const at::Tensor& tensor = *findTensor(model.parameters(), weight.name);
    found.push_back({weight.name, tensor.requires_grad_()});
  }
  return found;
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const ProbedTraining& training = input.training;
  if (training.student == nullptr || !training.full_precision) {
    return;
  }
  const std::unique_ptr<Model> model = training.full_precision();
  const NamedTensors weights = weightsOf(*input.parameters);
  const TensorList quantized =
      gradientOf(training.objective(*training.student, input.batch).total, tensorsOf(weights));
  const TensorList full =
      gradientOf(training.objective(*model, input.batch).total, tensorsOf(sameIn(*model, weights)));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    SeriesKey series = *gradientNormSeries(weights[i].name);
    const double norm_full = norm({full[i]});
    series.metric = "full_precision_grad_norm";
    points.push_back({.series = series, .value = norm_full});
    series.metric = "full_precision_grad_norm_squared";
    points.push_back({.series = series, .value = norm_full * norm_full});
    if (norm_full > 0) {
      series.metric = "grad_norm_ratio";
      points.push_back({.series = series, .value = norm({quantized[i]}) / norm_full});
    }
    if (const auto value = cosine({quantized[i]}, {full[i]})) {
      series.metric = "full_precision_grad_cosine";
      points.push_back({.series = series, .value = *value});
    }
  }
}

}  // namespace

const ProbeDefinition& fullPrecisionGradientProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "full_precision_gradient",
               .documentation = "gradients of the same weights on the same batch without "
                                "quantization, as the reference of the student's",
               .formula = "g = \\partial L(W) / \\partial W,\\quad \\cos(\\partial L(Q(W)) / "
                          "\\partial W, g)",
               .source = "arXiv 2403.18159"},
      .metrics = {{.name = "full_precision_grad_norm",
                   .dimensions = {"layer", "projection"},
                   .documentation = "L2 norm of the gradient through the unquantized weights",
                   .formula = "\\lVert g \\rVert_2",
                   .combine = Combination::kRootOfSquares},
                  {.name = "full_precision_grad_norm_squared",
                   .dimensions = {"layer", "projection"},
                   .documentation = "its square, the paper's statistic: the reference of "
                                    "grad_norm_squared",
                   .formula = "\\lVert g \\rVert_2^2",
                   .source = "arXiv 2403.18159",
                   .combine = Combination::kSum},
                  {.name = "grad_norm_ratio",
                   .dimensions = {"layer", "projection"},
                   .documentation = "the student's norm over it; nothing where it is zero",
                   .formula = "\\lVert g_q \\rVert_2 / \\lVert g_f \\rVert_2"},
                  {.name = "full_precision_grad_cosine",
                   .dimensions = {"layer", "projection"},
                   .documentation = "cosine between the student's gradient, straight through the "
                                    "quantizers, and the one without them: the bias of the "
                                    "straight-through estimator",
                   .formula = "\\langle g_q, g_f \\rangle / (\\lVert g_q \\rVert_2 \\lVert g_f "
                              "\\rVert_2)"}},
      .needs_teacher = true,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
