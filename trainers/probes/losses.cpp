#include "trainers/probes/losses.h"

#include <ATen/ATen.h>

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const std::vector<MetricPoint> added = lossPoints(*input.losses);
  points.insert(points.end(), added.begin(), added.end());
}

}  // namespace

std::vector<MetricPoint> lossPoints(const std::vector<LossComponent>& losses) {
  std::vector<MetricPoint> points;
  for (const LossComponent& loss : losses) {
    points.push_back({.series = {.metric = "train.loss_component", .component = loss.name},
                      .value = loss.value.item<double>()});
  }
  for (const LossComponent& loss : losses) {
    for (const LossTerm& term : loss.layers) {
      points.push_back(
          {.series = {.metric = "train.loss_layer", .layer = term.layer, .component = loss.name},
           .value = term.value.item<double>()});
    }
  }
  for (const LossComponent& loss : losses) {
    for (const LearnedNumber& number : loss.learned ? loss.learned() : LearnedNumbers()) {
      points.push_back({.series = {.metric = "train.loss_weight",
                                   .layer = number.layer,
                                   .component = loss.name + "." + number.name},
                        .value = number.value});
    }
  }
  return points;
}

const ProbeDefinition& lossesProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "losses",
               .documentation = "the training loss by component, and each component by layer",
               .formula = "L = \\sum_i c_i L_i,\\quad L_i = \\sum_l L_{i,l}\\ \\text{or its mean}",
               .source = "the loss's"},
      .metrics = {{.name = "train.loss_component",
                   .dimensions = {"component"},
                   .better = "min",
                   .documentation = "one loss of the sum on the step's batch, before its "
                                    "coefficient",
                   .formula = "L_i"},
                  {.name = "train.loss_layer",
                   .dimensions = {"component", "layer"},
                   .better = "min",
                   .documentation = "one layer's term of a loss; of the hidden loss, layer 0 is "
                                    "the embeddings' output",
                   .formula = "L_{i,l}"},
                  {.name = "train.loss_weight",
                   .dimensions = {"component", "layer"},
                   .documentation = "weight that a loss has learned to give one of its parts in a "
                                    "layer; the component is LOSS.PART",
                   .formula = "w_{i,l}"}},
      .default_every = 10,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
