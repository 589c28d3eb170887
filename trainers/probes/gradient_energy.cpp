#include "trainers/probes/gradient_energy.h"

#include "trainers/probes/gradient_norm.h"

#include <cmath>
#include <map>
#include <string>

namespace retort::train {

namespace {

constexpr const char* kSource = "arXiv 2403.18159";

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  std::map<std::string, double> of_projection;
  double total = 0;
  for (std::size_t i = 0; i < input.parameters->size(); ++i) {
    const NamedTensor& parameter = (*input.parameters)[i];
    auto series = gradientNormSeries(parameter.name);
    if (!series) {
      continue;
    }
    const double norm = (*input.gradient_norms)[i];
    series->metric = "grad_norm_squared";
    points.push_back({.series = *series, .value = norm * norm});
    series->metric = "grad_rms";
    const auto count = static_cast<double>(parameter.tensor.numel());
    points.push_back({.series = *series, .value = norm / std::sqrt(count)});
    if (series->layer) {
      of_projection[series->projection] += norm * norm;
      total += norm * norm;
    }
  }
  for (const auto& [projection, energy] : of_projection) {
    if (total > 0) {
      points.push_back(
          {.series = {.metric = "grad_share", .projection = projection}, .value = energy / total});
    }
  }
}

}  // namespace

const ProbeDefinition& gradientEnergyProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "gradient_energy",
               .documentation = "squared norm of each weight's gradient, its root mean square, and "
                                "each projection's share of the whole",
               .formula = "\\lVert \\partial L / \\partial W \\rVert_F^2",
               .source = kSource},
      .metrics = {{.name = "grad_norm_squared",
                   .dimensions = {"layer", "projection"},
                   .documentation = "squared Frobenius norm of the gradient of the latent weight, "
                                    "before clipping; frozen weights have none",
                   .formula = "\\lVert \\partial L / \\partial W \\rVert_F^2",
                   .source = kSource,
                   .combine = Combination::kSum},
                  {.name = "grad_rms",
                   .dimensions = {"layer", "projection"},
                   .documentation = "root mean square of its elements",
                   .formula = "\\lVert \\partial L / \\partial W \\rVert_F / \\sqrt{n}"},
                  {.name = "grad_share",
                   .dimensions = {"projection"},
                   .documentation = "share of a projection's squared norms, summed over the "
                                    "layers, in those of all projections of all layers",
                   .formula = "\\sum_l \\lVert g_{l,p} \\rVert_2^2 / \\sum_{l,p'} \\lVert g_{l,p'} "
                              "\\rVert_2^2",
                   .combine = Combination::kSum}},
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
