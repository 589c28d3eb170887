#include "trainers/probes/cover_length_ratio.h"

#include "trainers/probes/attention_points.h"

#include <algorithm>

namespace retort::train {

namespace {

constexpr const char* kFormula =
    "\\frac{1}{B}\\sum_b \\frac{1}{n_b^2} \\sum_{r<n_b} \\max_{j \\in \\mathrm{top}_k(P^T_r)} "
    "\\mathrm{rank}_{P^S_r}(j)";
constexpr const char* kSource = "Kim et al. 2022 (arXiv 2211.11014), figure 4";

/// The keys of each row from the most to the least probable; equal ones in their own order.
at::Tensor descendingOrder(const at::Tensor& map) {
  return at::argsort(map, /*stable=*/true, /*dim=*/-1, /*descending=*/true);
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const std::int64_t k = optionsOf(coverLengthSettings(), input).k;
  const at::Tensor& mask = input.batch.attention_mask;
  std::vector<at::Tensor> layers;
  for (std::size_t layer = 0; layer < input.student->prob.size(); ++layer) {
    layers.push_back(coverLengthRatio(input.student->prob[layer],
                                      input.teacher->prob[layer],
                                      mask,
                                      k,
                                      /*leaves_last_row=*/input.is_published));
  }
  addHeadPoints({.metric = "cover_length_ratio"}, layers, points);
  points.push_back(
      {.series = {.metric = "cover_length_ratio_floor"}, .value = coverLengthFloor(mask, k)});
}

}  // namespace

const SettingGroup<CoverLengthSettings>& coverLengthSettings() {
  static const auto kGroup = SettingGroup<CoverLengthSettings>().add(
      &CoverLengthSettings::k,
      {.key = "probe.cover_length_ratio.k",
       .documentation = "how many of the teacher's most probable keys are to be covered (5 in the "
                        "paper's figure, 3 in its training logs)",
       .unit = "keys",
       .minimum = 1});
  return kGroup;
}

at::Tensor coverLengthRatio(const at::Tensor& student_map,
                            const at::Tensor& teacher_map,
                            const at::Tensor& mask,
                            std::int64_t k,
                            bool leaves_last_row) {
  TORCH_CHECK(k >= 1, "coverLengthRatio: k must be at least 1, but is ", k);
  TORCH_CHECK(student_map.sizes() == teacher_map.sizes(),
              "coverLengthRatio: student map ",
              student_map.sizes(),
              " and teacher map ",
              teacher_map.sizes(),
              " must have one shape");
  checkAttentionMaps("coverLengthRatio", student_map, mask);
  return meanOverSentences(
      student_map, teacher_map, mask, [&](const at::Tensor& student, const at::Tensor& teacher) {
        const std::int64_t n = student.size(1);
        const at::Tensor first = descendingOrder(teacher).narrow(2, 0, std::min(k, n));
        // The order of the order gives each key's position.
        const at::Tensor position =
            at::argsort(descendingOrder(student), /*stable=*/true, /*dim=*/-1);
        const at::Tensor covered = std::get<0>(position.gather(2, first).max(2));
        const at::Tensor rows = covered.narrow(1, 0, leaves_last_row ? n - 1 : n);
        return rows.to(at::kDouble).sum(1) / static_cast<double>(n * n);
      });
}

double coverLengthFloor(const at::Tensor& mask, std::int64_t k) {
  const at::Tensor lengths = mask.sum(1).to(at::kDouble);
  return ((lengths.clamp_max(static_cast<double>(k)) - 1) / lengths).mean().item<double>();
}

const ProbeDefinition& coverLengthRatioProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "cover_length_ratio",
               .documentation = "how far down each head's order of the keys the teacher's k first "
                                "ones lie",
               .formula = kFormula,
               .source = kSource},
      .metrics = {{.name = "cover_length_ratio",
                   .dimensions = {"layer", "head"},
                   .better = "min",
                   .documentation = "share of the student's descending order of the keys that "
                                    "covers the teacher's k most probable ones; mean over queries "
                                    "and sentences of the batch, without dropout",
                   .formula = kFormula,
                   .source = kSource},
                  {.name = "cover_length_ratio_floor",
                   .documentation = "the least that the cover length ratio can be on the batch: "
                                    "the teacher's own",
                   .formula = "\\frac{1}{B}\\sum_b \\frac{\\min(k, n_b) - 1}{n_b}",
                   .source = "quant_task_glue.py of MarsJacobs/kd-qat-large-enc"}},
      .needs = TracePart::kProb,
      .needs_teacher = true,
      .pass = ProbePass::kEvaluation,
      .published =
          PublishedVariant{.documentation =
                               "dropout is active in both models, and the last query is left out "
                               "of the sum but not of the mean (Exp1 notebook)",
                           .pass = ProbePass::kDropout},
      .settings = coverLengthSettings().specs(),
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
