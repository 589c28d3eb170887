#include "trainers/probes/clipped_share.h"

#include <ATen/ATen.h>

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  for (const ClippedActivations& place : input.student->clipped) {
    MetricPoint point{
        .series = {.metric = "clipped_share", .component = std::string(factsOf(place.point).name)},
        .value = place.share.item<double>()};
    if (place.point != ActivationPoint::kPoolerInput) {
      point.series.layer = static_cast<int>(place.layer);
    }
    points.push_back(std::move(point));
  }
}

}  // namespace

const ProbeDefinition& clippedShareProbe() {
  static const ProbeDefinition kDefinition = {
      .spec =
          {
              .kind = "probe",
              .name = "clipped_share",
              .documentation = "share of the activations beyond the grid of their quantizer",
              .formula = "\\frac{1}{n} \\sum_x 1[x < l \\lor x > h]",
              .source = "Krishnamoorthi 2018, arXiv 1806.08342, section 2: the clamp's range",
          },
      .metrics = {{.name = "clipped_share",
                   .dimensions = {"layer", "component"},
                   .documentation = "share of the real tokens' activations at a point (component) "
                                    "that lie beyond its grid: beyond plus or minus quant.clip, or "
                                    "the fixed or learned range; their gradient stops there",
                   .formula = "\\frac{1}{n} \\sum_x 1[x < l \\lor x > h]"}},
      .needs = TracePart::kClipped,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
