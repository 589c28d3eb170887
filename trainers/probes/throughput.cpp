#include "trainers/probes/throughput.h"

namespace retort::train {

namespace {

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  for (const MetricPoint& point : throughputPoints(input.step_seconds, input.step_tokens)) {
    points.push_back(point);
  }
}

}  // namespace

std::vector<MetricPoint> throughputPoints(double step_seconds, double step_tokens) {
  if (step_seconds <= 0) {
    return {};
  }
  return {{.series = {.metric = "step_time"}, .value = step_seconds},
          {.series = {.metric = "tokens_per_second"}, .value = step_tokens / step_seconds}};
}

const ProbeDefinition& throughputProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "throughput",
               .documentation = "time of a step, and real tokens per second",
               .formula = "t_{\\mathrm{step}},\\quad n_{\\mathrm{tokens}} / t_{\\mathrm{step}}",
               .source = "Retort's own bookkeeping"},
      .metrics = {{.name = "step_time",
                   .unit = "s",
                   .better = "min",
                   .documentation = "forward, backward and update of the step before",
                   .formula = "t_{\\mathrm{step}}",
                   .is_deterministic = false},
                  {.name = "tokens_per_second",
                   .unit = "1/s",
                   .better = "max",
                   .documentation = "real tokens (padding not counted) of the step before per "
                                    "second",
                   .formula = "n_{\\mathrm{tokens}} / t_{\\mathrm{step}}",
                   .is_deterministic = false}},
      .default_every = 10,
      .measure = measure,
      .is_of_training = true};
  return kDefinition;
}

}  // namespace retort::train
