#include "trainers/probes/ternary_levels.h"

#include "trainers/probes/gradient_norm.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace retort::train {

namespace {

double shareOf(const at::Tensor& condition) {
  return condition.to(at::kDouble).mean().item<double>();
}

/// The series of a weight: as its gradient's.
SeriesKey seriesOf(const std::string& parameter, const char* metric, const char* level = "") {
  SeriesKey series = gradientNormSeries(parameter).value_or(SeriesKey{});
  series.metric = metric;
  series.component = level;
  return series;
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.training.student == nullptr) {
    return;
  }
  for (const NamedTensor& weight : input.training.student->quantizedWeights()) {
    const at::Tensor levels = levelsOf(weight.tensor);
    const LevelShares shares = levelShares(levels);
    const auto add = [&](const char* level, double share) {
      points.push_back({.series = seriesOf(weight.name, "level_share", level), .value = share});
    };
    add("negative", shares.negative);
    add("zero", shares.zero);
    add("positive", shares.positive);
    if (input.memory == nullptr) {
      continue;
    }
    at::Tensor& before = (*input.memory)[weight.name];
    if (before.defined()) {
      points.push_back({.series = seriesOf(weight.name, "flip_rate"),
                        .value = flipRate(before.to(levels.device()), levels)});
    }
    before = levels;
  }
}

}  // namespace

LevelShares levelShares(const at::Tensor& w_q) {
  TORCH_CHECK(w_q.numel() > 0, "levelShares: there are no weights");
  return {.negative = shareOf(w_q < 0), .zero = shareOf(w_q == 0), .positive = shareOf(w_q > 0)};
}

at::Tensor levelsOf(const at::Tensor& w_q) {
  return w_q.sign().to(at::kChar);
}

double flipRate(const at::Tensor& before, const at::Tensor& now) {
  TORCH_CHECK(before.sizes() == now.sizes(),
              "flipRate: levels of shape ",
              before.sizes(),
              " became levels of shape ",
              now.sizes());
  return shareOf(before != now);
}

const ProbeDefinition& ternaryLevelsProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "ternary_levels",
               .documentation = "how many of each matrix's quantized weights lie at each level "
                                "(negative, zero, positive), and how many change their level",
               .formula = "\\frac{1}{n} \\sum_i 1[\\mathrm{sign}(W_{q,i}) = s],\\quad "
                          "\\frac{1}{n} \\sum_i 1[\\mathrm{sign}(W_{q,i}^{t}) \\ne "
                          "\\mathrm{sign}(W_{q,i}^{t'})]",
               .source = "occupancy as in encoder.md 7b (sparsity of TWN); flips as in Nagel et "
                         "al. 2022, arXiv 2203.11086"},
      .metrics = {{.name = "level_share",
                   .dimensions = {"layer", "projection", "component"},
                   .documentation = "share of the quantized weights that are negative, zero or "
                                    "positive; with ternary weights their three levels",
                   .formula = "\\frac{1}{n} \\sum_i 1[\\mathrm{sign}(W_{q,i}) = s]"},
                  {.name = "flip_rate",
                   .dimensions = {"layer", "projection"},
                   .documentation = "share of the quantized weights whose sign is not what it was "
                                    "at the probe's last measurement",
                   .formula = "\\frac{1}{n} \\sum_i 1[\\mathrm{sign}(W_{q,i}^{t}) \\ne "
                              "\\mathrm{sign}(W_{q,i}^{t'})]"}},
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
