#include "trainers/probes/special_token_mass.h"

#include "trainers/probes/attention_points.h"

namespace retort::train {

namespace {

constexpr const char* kFormula =
    "\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i<n_b} P_{i,0},\\quad "
    "\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i<n_b} P_{i,n_b-1}";
constexpr const char* kSource = "quant_task_glue.py of MarsJacobs/kd-qat-large-enc";

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const at::Tensor& mask = input.batch.attention_mask;
  addMapPoints(
      input,
      {.metric = "special_token_mass", .component = "cls"},
      [&](const at::Tensor& map) { return specialTokenMass(map, mask).cls; },
      points);
  addMapPoints(
      input,
      {.metric = "special_token_mass", .component = "sep"},
      [&](const at::Tensor& map) { return specialTokenMass(map, mask).sep; },
      points);
}

}  // namespace

SpecialTokenMass specialTokenMass(const at::Tensor& map, const at::Tensor& mask) {
  checkAttentionMaps("specialTokenMass", map, mask);
  const at::NoGradGuard no_grad;
  const at::Tensor real = mask.to(at::kDouble);
  const at::Tensor lengths = real.sum(1, /*keepdim=*/true);
  // Received by each key: [B, H, N].
  const at::Tensor received = (map.to(at::kDouble) * real.unsqueeze(1).unsqueeze(3)).sum(2);
  const at::Tensor last = (lengths - 1).to(at::kLong).expand({-1, map.size(1)}).unsqueeze(2);
  return {.cls = (received.select(2, 0) / lengths).mean(0),
          .sep = (received.gather(2, last).squeeze(2) / lengths).mean(0)};
}

const ProbeDefinition& specialTokenMassProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "special_token_mass",
               .documentation = "how much of its attention each head gives to [CLS] and [SEP]",
               .formula = kFormula,
               .source = kSource},
      .metrics = mapMetrics({.name = "special_token_mass",
                             .dimensions = {"layer", "head", "component"},
                             .documentation = "share of the attention that goes to the first token "
                                              "(cls) and to the last [SEP] (sep), mean over "
                                              "queries and sentences of the batch, without dropout",
                             .formula = kFormula,
                             .source = kSource}),
      .needs = TracePart::kProb,
      .is_of_encoders = true,
      .pass = ProbePass::kEvaluation,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
