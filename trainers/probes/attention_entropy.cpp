#include "trainers/probes/attention_entropy.h"

#include "trainers/probes/attention_points.h"

namespace retort::train {

namespace {

constexpr const char* kFormula =
    "-\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i,j<n_b} P_{ij} \\ln P_{ij}";
constexpr const char* kSource = "Clark et al. 2019 (arXiv 1906.04341), section 3.3";

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  addMapPoints(
      input,
      {.metric = "attention_entropy"},
      [&](const at::Tensor& map) { return attentionEntropy(map, input.batch.attention_mask); },
      points);
}

}  // namespace

at::Tensor attentionEntropy(const at::Tensor& map, const at::Tensor& mask) {
  checkAttentionMaps("attentionEntropy", map, mask);
  const at::NoGradGuard no_grad;
  const at::Tensor lengths = mask.to(at::kDouble).sum(1, /*keepdim=*/true);
  const at::Tensor information = at::special_entr(map.to(at::kDouble)) * realCells(mask);
  return (information.sum({2, 3}) / lengths).mean(0);
}

const ProbeDefinition& attentionEntropyProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "attention_entropy",
               .documentation = "how widely each head spreads its attention",
               .formula = kFormula,
               .source = kSource},
      .metrics = mapMetrics({.name = "attention_entropy",
                             .dimensions = {"layer", "head"},
                             .unit = "nat",
                             .documentation = "entropy of a query's attention, mean over queries "
                                              "and sentences of the batch, without dropout",
                             .formula = kFormula,
                             .source = kSource}),
      .needs = TracePart::kProb,
      .pass = ProbePass::kEvaluation,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
