#include "trainers/probes/attention_distance.h"

#include "trainers/probes/attention_points.h"

namespace retort::train {

namespace {

constexpr const char* kFormula =
    "\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i,j<n_b} P_{ij} |i - j|";
constexpr const char* kRelativeFormula =
    "\\frac{1}{B}\\sum_b \\frac{1}{n_b^2} \\sum_{i,j<n_b} P_{ij} |i - j|";
constexpr const char* kSource = "Vig and Belinkov 2019 (arXiv 1906.04284), section 4.2.2";
constexpr const char* kRelativeSource = "eval_code.py of MarsJacobs/kd-qat-large-enc";

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const at::Tensor& mask = input.batch.attention_mask;
  addMapPoints(
      input,
      {.metric = "attention_distance"},
      [&](const at::Tensor& map) { return attentionDistance(map, mask).tokens; },
      points);
  addMapPoints(
      input,
      {.metric = "attention_distance_relative"},
      [&](const at::Tensor& map) { return attentionDistance(map, mask).relative; },
      points);
}

std::vector<MetricSpec> metrics() {
  std::vector<MetricSpec> all =
      mapMetrics({.name = "attention_distance",
                  .dimensions = {"layer", "head"},
                  .unit = "tokens",
                  .documentation = "distance of a query from the keys it looks at, mean over "
                                   "queries and sentences of the batch, without dropout",
                  .formula = kFormula,
                  .source = kSource});
  const std::vector<MetricSpec> relative =
      mapMetrics({.name = "attention_distance_relative",
                  .dimensions = {"layer", "head"},
                  .documentation = "the same distance as a share of the sentence's length",
                  .formula = kRelativeFormula,
                  .source = kRelativeSource});
  all.insert(all.end(), relative.begin(), relative.end());
  return all;
}

}  // namespace

AttentionDistance attentionDistance(const at::Tensor& map, const at::Tensor& mask) {
  checkAttentionMaps("attentionDistance", map, mask);
  const at::NoGradGuard no_grad;
  const at::Tensor lengths = mask.to(at::kDouble).sum(1, /*keepdim=*/true);
  const at::Tensor place = at::arange(map.size(2), lengths.options());
  const at::Tensor apart = (place.unsqueeze(1) - place.unsqueeze(0)).abs();
  const at::Tensor sums = (map.to(at::kDouble) * apart * realCells(mask)).sum({2, 3});
  return {.tokens = (sums / lengths).mean(0), .relative = (sums / lengths.square()).mean(0)};
}

const ProbeDefinition& attentionDistanceProbe() {
  static const ProbeDefinition kDefinition = {.spec = {.kind = "probe",
                                                       .name = "attention_distance",
                                                       .documentation = "how far each head looks",
                                                       .formula = kFormula,
                                                       .source = kSource},
                                              .metrics = metrics(),
                                              .needs = TracePart::kProb,
                                              .pass = ProbePass::kEvaluation,
                                              .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
