#include "trainers/probes/projection_signal.h"

#include "trainers/probes/activation.h"
#include "trainers/probes/hidden_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <string>
#include <utility>

namespace retort::train {

namespace {

MetricSpec metric(std::string name, std::string text, std::string formula = "") {
  return {.name = std::move(name),
          .dimensions = {"layer", "projection"},
          .documentation = std::move(text),
          .formula = std::move(formula)};
}

/// Adds one projection's points.
class PointsOfProjection {
 public:
  PointsOfProjection(std::size_t layer, std::string projection, std::vector<MetricPoint>& points)
      : layer_(static_cast<int>(layer)),
        projection_(std::move(projection)),
        points_(points) {}

  void add(const char* name, double value) {
    points_.push_back(
        {.series = {.metric = name, .layer = layer_, .projection = projection_}, .value = value});
  }

 private:
  int layer_;
  std::string projection_;
  std::vector<MetricPoint>& points_;
};

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const at::Tensor& mask = input.batch.attention_mask;
  for (std::size_t layer = 0; layer < input.student->projection.size(); ++layer) {
    for (const auto& [projection, y] : input.student->projection[layer]) {
      PointsOfProjection of(layer, projection, points);
      const ActivationMoments moments = activationMoments(y, mask);
      of.add("projection_mean", moments.mean);
      of.add("projection_variance", moments.variance);
      of.add("projection_kurtosis", kurtosis(y, mask));
      if (input.teacher != nullptr) {
        const at::Tensor& teacher = input.teacher->projection.at(layer).at(projection);
        const HiddenStateError error = hiddenStateError(y, teacher, mask);
        of.add("projection_variance_ratio",
               moments.variance / activationMoments(teacher, mask).variance);
        of.add("projection_sqnr", error.sqnr);
        of.add("projection_cosine", error.cosine);
      }
    }
  }
}

}  // namespace

double kurtosis(const at::Tensor& y, const at::Tensor& mask) {
  const at::NoGradGuard no_grad;
  const ActivationMoments moments = activationMoments(y, mask);
  const at::Tensor real = mask.to(at::kDouble).unsqueeze(2);
  const at::Tensor fourth = ((y.to(at::kDouble) - moments.mean).pow(4) * real).sum();
  const double count = real.sum().item<double>() * static_cast<double>(y.size(2));
  return fourth.item<double>() / count / (moments.variance * moments.variance);
}

const ProbeDefinition& projectionSignalProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "projection_signal",
               .documentation = "forward signal by layer and projection: moments of each linear's "
                                "output, and how far it is from the teacher's",
               .formula = "10 \\log_{10} (\\sum (y^T)^2 / \\sum (y^S - y^T)^2)",
               .source = "arXiv 2403.18159"},
      .metrics = {metric("projection_mean",
                         "mean of the output of a linear, real tokens of the batch",
                         "\\bar y = E[y]"),
                  metric("projection_variance", "its variance", "E[(y - \\bar y)^2]"),
                  metric("projection_kurtosis",
                         "its fourth moment over the squared variance: 3 for a normal distribution",
                         "E[(y - \\bar y)^4] / \\mathrm{Var}(y)^2"),
                  metric("projection_variance_ratio",
                         "the student's variance over the teacher's",
                         "\\mathrm{Var}(y^S) / \\mathrm{Var}(y^T)"),
                  metric("projection_sqnr",
                         "signal over quantization noise against the teacher's output, in dB",
                         "10 \\log_{10} (\\sum (y^T)^2 / \\sum (y^S - y^T)^2)"),
                  metric("projection_cosine",
                         "cosine with the teacher's output, mean over the tokens",
                         "\\langle y^S, y^T \\rangle / (\\lVert y^S \\rVert_2 \\lVert y^T "
                         "\\rVert_2)")},
      .needs = TracePart::kProjection,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
