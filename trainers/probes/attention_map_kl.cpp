#include "trainers/probes/attention_map_kl.h"

#include "trainers/probes/attention_points.h"

namespace retort::train {

namespace {

constexpr double kSmallestProbability = 1e-8;

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const auto& student = input.student->prob;
  const auto& teacher = input.teacher->prob;
  std::vector<at::Tensor> layers;
  for (std::size_t layer = 0; layer < student.size(); ++layer) {
    layers.push_back(attentionMapKl(student[layer], teacher[layer], input.batch.attention_mask));
  }
  addHeadPoints({.metric = "attention_map_kl"}, layers, points);
}

}  // namespace

at::Tensor attentionMapKl(const at::Tensor& student_map,
                          const at::Tensor& teacher_map,
                          const at::Tensor& mask) {
  TORCH_CHECK(student_map.dim() == 4 && student_map.sizes() == teacher_map.sizes(),
              "attentionMapKl: student map ",
              student_map.sizes(),
              " and teacher map ",
              teacher_map.sizes(),
              " must both be [B, H, N, N]");
  checkAttentionMaps("attentionMapKl", student_map, mask);
  const at::NoGradGuard no_grad;
  const at::Tensor real = mask.to(at::kDouble);
  const at::Tensor student = student_map.to(at::kDouble).clamp_min(kSmallestProbability);
  const at::Tensor teacher = teacher_map.to(at::kDouble).clamp_min(kSmallestProbability);
  const at::Tensor divergence = teacher * (teacher.log() - student.log()) * realCells(mask);
  return (divergence.sum({2, 3}) / real.sum(1, /*keepdim=*/true)).mean(0);
}

const ProbeDefinition& attentionMapKlProbe() {
  static const ProbeDefinition kDefinition = {
      .spec =
          {
              .kind = "probe",
              .name = "attention_map_kl",
              .documentation = "divergence of each head's attention map from the teacher's",
              .formula = "\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i,j<n_b} P^T_{ij} "
                         "(\\ln P^T_{ij} - \\ln P^S_{ij})",
              .source = "Kim et al. 2022 (arXiv 2211.11014), attention-map loss, by layer and head",
          },
      .metrics = {{.name = "attention_map_kl",
                   .dimensions = {"layer", "head"},
                   .unit = "nat",
                   .better = "min",
                   .documentation = "KL divergence of the student's attention map from the "
                                    "teacher's on the training batch, exact block of each row",
                   .formula = "\\frac{1}{B}\\sum_b \\frac{1}{n_b} \\sum_{i,j<n_b} P^T_{ij} "
                              "(\\ln P^T_{ij} - \\ln P^S_{ij})",
                   .source = "arXiv 2211.11014, attention-map loss"}},
      .default_every = 20,
      .needs = TracePart::kProb,
      .needs_teacher = true,
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
