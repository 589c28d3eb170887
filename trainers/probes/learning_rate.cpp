#include "trainers/probes/learning_rate.h"

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  points.push_back({.series = {.metric = "learning_rate"}, .value = input.learning_rate});
  if (input.quantizer_learning_rate) {
    points.push_back(
        {.series = {.metric = "quantizer_learning_rate"}, .value = *input.quantizer_learning_rate});
  }
}

}  // namespace

const ProbeDefinition& learningRateProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "learning_rate",
               .documentation = "the learning rate of each update",
               .formula = "\\eta\\,s(x),\\ x = \\mathrm{step} / \\mathrm{steps}",
               .source = "the schedule's"},
      .metrics = {{.name = "learning_rate",
                   .documentation = "learning rate of the step's update",
                   .formula = "\\eta\\,s(x)"},
                  {.name = "quantizer_learning_rate",
                   .documentation =
                       "learning rate of what quantizers learn (steps, offsets, clips, "
                       "shifts) in the step's update",
                   .formula = "\\eta_q\\,s(x)"}},
      .default_every = 10,
      .measure = measure,
      .is_of_training = true};
  return kDefinition;
}

}  // namespace retort::train
