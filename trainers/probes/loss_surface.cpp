#include "trainers/probes/loss_surface.h"

#include "core/base/text.h"
#include "trainers/analysis/loss_surface.h"
#include "trainers/analysis/probed_loss.h"
#include "trainers/train_error.h"

#include <fmt/format.h>

namespace retort::train {

namespace {

constexpr const char* kSurface = "loss_surface";

struct SurfaceSettings {
  std::int64_t points = 11;
  double extent = 1;
  std::string normalization = "filter";
  std::string loss = "task";
  std::int64_t seed = 42;
};

const SettingGroup<SurfaceSettings>& surfaceSettings() {
  static const auto kGroup =
      SettingGroup<SurfaceSettings>()
          .add(&SurfaceSettings::points,
               {.key = "probe.loss_surface.points",
                .documentation = "points along each direction, an odd number; the cost is its "
                                 "square in forward passes",
                .minimum = 3,
                .maximum = 501})
          .add(
              &SurfaceSettings::extent,
              {.key = "probe.loss_surface.extent",
               .documentation = "how far the slice reaches to each side, in lengths of a direction",
               .minimum = 0,
               .is_minimum_exclusive = true})
          .add(&SurfaceSettings::normalization,
               {.key = "probe.loss_surface.normalization",
                .documentation = "filter: each row of a direction gets the norm of the weight's "
                                 "row, biases and LayerNorms stay; tensor: each tensor gets the "
                                 "norm of its weight; none: as drawn",
                .choices = {"filter", "tensor", "none"}})
          .add(&SurfaceSettings::loss,
               {.key = "probe.loss_surface.loss",
                .documentation = "which loss: the task loss on the labels, or what the run "
                                 "minimises",
                .choices = probedLossNames()})
          .add(&SurfaceSettings::seed,
               {.key = "probe.loss_surface.seed",
                .documentation = "seed of the two directions",
                .minimum = 0});
  return kGroup;
}

SurfaceNormalization normalizationOf(const std::string& name) {
  return name == "filter"   ? SurfaceNormalization::kFilter
         : name == "tensor" ? SurfaceNormalization::kTensor
                            : SurfaceNormalization::kNone;
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.training.student == nullptr || input.parameters->empty()) {
    return;
  }
  const SurfaceSettings settings = optionsOf(surfaceSettings(), input);
  if (settings.points % 2 == 0) {
    throw TrainError(ExitCode::kBadSpec,
                     fmt::format("probe.loss_surface.points: must be odd, so that the middle is "
                                 "the model itself, but is {}",
                                 settings.points));
  }
  const TensorList parameters = tensorsOf(*input.parameters);
  const SurfaceNormalization normalization = normalizationOf(settings.normalization);
  const std::vector<TensorList> drawn =
      gaussianVectors(parameters, static_cast<std::uint64_t>(settings.seed), 2);
  const auto surface = lossSurface(probedLoss(input, settings.loss, input.batch),
                                   parameters,
                                   normalizedDirection(drawn[0], parameters, normalization),
                                   normalizedDirection(drawn[1], parameters, normalization),
                                   surfaceAxis(settings.points, settings.extent),
                                   input.pulse);
  if (!surface) {
    return;
  }
  double sum = 0;
  for (const SurfacePoint& point : *surface) {
    sum += point.loss;
    points.push_back(
        {.series = {.metric = kSurface, .component = surfaceComponent(point.alpha, point.beta)},
         .value = point.loss});
  }
  const double middle = (*surface)[surface->size() / 2].loss;
  points.push_back({.series = {.metric = "loss_surface_rise"},
                    .value = sum / static_cast<double>(surface->size()) - middle});
}

}  // namespace

std::string surfaceComponent(double alpha, double beta) {
  // + 0.0 turns -0 into 0.
  return fmt::format("{:g},{:g}", alpha + 0.0, beta + 0.0);
}

std::string surfaceCsv(const std::vector<MetricPoint>& points) {
  std::string csv = "alpha,beta,loss\n";
  for (const MetricPoint& point : points) {
    if (point.series.metric == kSurface) {
      csv += fmt::format("{},{}\n", point.series.component, formatDouble(point.value));
    }
  }
  return csv;
}

const ProbeDefinition& lossSurfaceProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "loss_surface",
               .documentation = "slice through the loss around the weights along two random, "
                                "filter-normalised directions, without dropout",
               .formula = "f(\\alpha,\\beta) = L(w + \\alpha d + \\beta e)",
               .source = "Li et al. 2018, arXiv 1712.09913, sections 3 and 4"},
      .metrics = {{.name = kSurface,
                   .dimensions = {"component"},
                   .better = "min",
                   .documentation = "loss at the point \"alpha,beta\" of the slice",
                   .formula = "L(w + \\alpha d + \\beta e)",
                   .source = "Li et al. 2018, arXiv 1712.09913"},
                  {.name = "loss_surface_rise",
                   .better = "min",
                   .documentation = "mean loss over the points of the slice, less that of the "
                                    "weights themselves",
                   .formula = "\\overline{f(\\alpha,\\beta)} - f(0,0)"}},
      .settings = surfaceSettings().specs(),
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
