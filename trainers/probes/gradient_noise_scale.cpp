#include "trainers/probes/gradient_noise_scale.h"

#include "trainers/analysis/gradient_statistics.h"
#include "trainers/analysis/probed_loss.h"

#include <algorithm>

namespace retort::train {

namespace {

constexpr const char* kScale = "gradient_noise_scale";
constexpr const char* kTrace = "gradient_noise_trace";
constexpr const char* kSquaredNorm = "gradient_squared_norm";

struct NoiseSettings {
  std::int64_t rows = 0;
  std::string loss = "training";
};

const SettingGroup<NoiseSettings>& noiseSettings() {
  static const auto kGroup =
      SettingGroup<NoiseSettings>()
          .add(&NoiseSettings::rows,
               {.key = "probe.gradient_noise_scale.rows",
                .documentation = "rows of a small batch; 0: a quarter of the batch",
                .unit = "rows",
                .minimum = 0})
          .add(&NoiseSettings::loss,
               {.key = "probe.gradient_noise_scale.loss",
                .documentation = "which loss: the task loss on the labels, or what the run "
                                 "minimises (both means over rows)",
                .choices = probedLossNames()});
  return kGroup;
}

double squaredNorm(const ProbeInput& input,
                   const std::string& loss,
                   const TokenBatch& batch,
                   const TensorList& parameters) {
  const TensorList gradient = gradientOf(probedLoss(input, loss, batch)(), parameters);
  return dot(gradient, gradient);
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  if (input.training.student == nullptr || input.parameters->empty()) {
    return;
  }
  const NoiseSettings settings = optionsOf(noiseSettings(), input);
  const std::int64_t rows = input.batch.input_ids.size(0);
  const std::int64_t small =
      settings.rows > 0 ? settings.rows : std::max<std::int64_t>(1, rows / 4);
  if (small >= rows) {
    return;  // a last, short batch: one size tells nothing
  }
  const TensorList parameters = tensorsOf(*input.parameters);
  const std::int64_t parts = rows / small;
  double sum = 0;
  for (std::int64_t part = 0; part < parts; ++part) {
    if (input.pulse && !input.pulse()) {
      return;
    }
    sum += squaredNorm(input, settings.loss, rowsOf(input.batch, part * small, small), parameters);
  }
  const GradientNoise noise =
      gradientNoise(sum / static_cast<double>(parts),
                    static_cast<double>(small),
                    squaredNorm(input, settings.loss, input.batch, parameters),
                    static_cast<double>(rows));
  points.push_back({.series = {.metric = kScale}, .value = noise.scale});
  points.push_back({.series = {.metric = kTrace}, .value = noise.trace});
  points.push_back({.series = {.metric = kSquaredNorm}, .value = noise.squared_norm});
}

double valueOf(const std::vector<MetricPoint>& points, const std::string& metric) {
  const auto found = std::find_if(points.begin(), points.end(), [&](const MetricPoint& point) {
    return point.series.metric == metric;
  });
  return found == points.end() ? 0 : found->value;
}

}  // namespace

void correctNoiseScale(std::vector<MetricPoint>& means) {
  const double scale = noiseScale(valueOf(means, kTrace), valueOf(means, kSquaredNorm));
  for (MetricPoint& point : means) {
    if (point.series.metric == kScale) {
      point.value = scale;
    }
  }
}

const ProbeDefinition& gradientNoiseScaleProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "gradient_noise_scale",
               .documentation = "how noisy the gradient is: the batch size at which noise and "
                                "signal are equal, from two batch sizes, without dropout",
               .formula = "B = \\mathrm{tr}(\\Sigma) / |G|^2",
               .source = "McCandlish et al. 2018, arXiv 1812.06162, appendix A.1"},
      .metrics = {{.name = kScale,
                   .unit = "rows",
                   .documentation =
                       "simple noise scale; of one batch it is biased and may be negative: "
                       "divide the means of its two parts instead",
                   .formula = "S / |G|^2",
                   .source = "arXiv 1812.06162, equation 2.9"},
                  {.name = kTrace,
                   .documentation = "unbiased estimate of the variance of one row's gradient",
                   .formula = "S = (|G_{small}|^2 - |G_{big}|^2) / (1/B_{small} - 1/B_{big})",
                   .source = "arXiv 1812.06162, equation A.3"},
                  {.name = kSquaredNorm,
                   .documentation = "unbiased estimate of the squared norm of the true gradient",
                   .formula = "|G|^2 = (B_{big} |G_{big}|^2 - B_{small} |G_{small}|^2) / "
                              "(B_{big} - B_{small})",
                   .source = "arXiv 1812.06162, equation A.2"}},
      .settings = noiseSettings().specs(),
      .measure = measure,
      .correct_means = correctNoiseScale};
  return kDefinition;
}

}  // namespace retort::train
