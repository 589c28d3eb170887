#include "trainers/probes/gradient_norm.h"

#include "trainers/models/parameter_place.h"
#include "trainers/optimizers/gradient_clipping.h"

#include <ATen/ATen.h>

#include <array>
#include <utility>

namespace retort::train {

namespace {

/// What tells the tables of a model from each other, and their series; one table alone is
/// "embeddings".
constexpr std::array<std::pair<const char*, const char*>, 4> kEmbeddings = {
    {{"word_embeddings", "word_embeddings"},
     {"position_embeddings", "position_embeddings"},
     {"token_type_embeddings", "token_type_embeddings"},
     {".wpe.", "position_embeddings"}}};

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  std::vector<at::Tensor> weight_norms;
  std::vector<MetricPoint> norms;
  for (std::size_t i = 0; i < input.parameters->size(); ++i) {
    const NamedTensor& parameter = (*input.parameters)[i];
    if (const auto series = gradientNormSeries(parameter.name)) {
      norms.push_back({.series = *series, .value = (*input.gradient_norms)[i]});
      const at::Tensor weight = parameter.tensor.detach();
      weight_norms.push_back(at::linalg_vector_norm(weight, 2, std::nullopt, false, at::kDouble));
    }
  }
  points.push_back(
      {.series = {.metric = "grad_norm_total"}, .value = totalNorm(*input.gradient_norms)});
  if (norms.empty()) {
    return;
  }
  points.insert(points.end(), norms.begin(), norms.end());
  const at::Tensor weights = at::stack(weight_norms).cpu();
  const auto weight_norm = weights.accessor<double, 1>();
  for (std::size_t i = 0; i < norms.size(); ++i) {
    norms[i].series.metric = "grad_norm_relative";
    norms[i].value = relativeNorm(norms[i].value, weight_norm[static_cast<std::int64_t>(i)]);
  }
  points.insert(points.end(), norms.begin(), norms.end());
}

}  // namespace

std::optional<SeriesKey> gradientNormSeries(const std::string& parameter) {
  const ParameterPlace place = parameterPlace(parameter);
  if (place.is_bias || place.is_norm || place.projection.empty()) {
    return std::nullopt;
  }
  SeriesKey series{.metric = "grad_norm", .projection = place.projection};
  if (place.layer >= 0) {
    series.layer = place.layer;
  }
  if (place.projection == "embeddings") {
    for (const auto& [table, name] : kEmbeddings) {
      if (parameter.find(table) != std::string::npos) {
        series.projection = name;
      }
    }
  }
  return series;
}

double relativeNorm(double gradient_norm, double weight_norm) {
  return gradient_norm == 0 ? 0 : gradient_norm / weight_norm;
}

const ProbeDefinition& gradientNormProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "gradient_norm",
               .documentation = "L2 norm of each weight's gradient, itself and relative to the "
                                "weight's norm",
               .formula = "\\lVert \\partial L / \\partial W \\rVert_2,\\quad "
                          "\\lVert \\partial L / \\partial W \\rVert_2 / \\lVert W \\rVert_2",
               .source = "arXiv 2403.18159; relative norm as in BinaryBERT, kd_learner_glue.py"},
      .metrics = {{.name = "grad_norm",
                   .dimensions = {"layer", "projection"},
                   .documentation =
                       "L2 norm of the gradient of the latent weight, before clipping; "
                       "frozen weights have none",
                   .formula = "\\lVert \\partial L / \\partial W \\rVert_2",
                   .combine = Combination::kRootOfSquares},
                  {.name = "grad_norm_relative",
                   .dimensions = {"layer", "projection"},
                   .documentation = "the same relative to the L2 norm of the latent weight",
                   .formula = "\\lVert \\partial L / \\partial W \\rVert_2 / \\lVert W \\rVert_2"},
                  {.name = "grad_norm_total",
                   .documentation = "L2 norm of all gradients together, before clipping",
                   .formula = "\\sqrt{\\sum_p \\lVert \\partial L / \\partial p \\rVert_2^2}"}},
      .default_every = 20,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
