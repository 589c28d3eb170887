#include "trainers/probes/ranking_loss.h"

#include "trainers/probes/attention_points.h"

#include <algorithm>

namespace retort::train {

namespace {

constexpr const char* kFormula =
    "\\frac{1}{B}\\sum_b \\sum_{r<n_b} \\sum_{i<j<n_b} \\max(0, -(P^S_{ri} - P^S_{rj}) "
    "\\mathrm{sgn}(P^T_{ri} - P^T_{rj}))";
constexpr const char* kSource =
    "Kim et al. 2022 (arXiv 2211.11014), figure 4; Liu et al. 2021 (arXiv 2106.14156)";

constexpr std::int64_t kElementsAtOnce = 1 << 22;

/// [n, n]: 1 for the pairs (i, j) that count.
at::Tensor pairWeights(std::int64_t n, RankingPairs pairs, const at::TensorOptions& options) {
  at::Tensor weights = at::ones({n, n}, options);
  if (pairs == RankingPairs::kOnce) {
    return weights.triu(1);
  }
  weights.select(0, n - 1).zero_();
  weights.select(1, 0).zero_();
  return weights;
}

/// Blocks [H, n, n] -> [H].
at::Tensor blockRankingLoss(const at::Tensor& student,
                            const at::Tensor& teacher,
                            RankingPairs pairs) {
  const std::int64_t heads = student.size(0);
  const std::int64_t n = student.size(1);
  const at::Tensor weights = pairWeights(n, pairs, student.options());
  // All pairs of all rows at once would be H n^3 numbers: rows come in groups.
  const std::int64_t rows = std::max<std::int64_t>(1, kElementsAtOnce / (heads * n * n));
  at::Tensor total = at::zeros({heads}, student.options());
  for (std::int64_t row = 0; row < n; row += rows) {
    const auto differences = [&](const at::Tensor& map) {
      const at::Tensor part = map.narrow(1, row, std::min(rows, n - row));
      return part.unsqueeze(3) - part.unsqueeze(2);
    };
    const at::Tensor swapped = differences(student).neg_().mul_(differences(teacher).sgn_());
    total += swapped.clamp_min_(0).mul_(weights).sum({1, 2, 3});
  }
  return total;
}

void measure(const ProbeInput& input, std::vector<MetricPoint>& points) {
  const RankingPairs pairs = input.is_published ? RankingPairs::kPublished : RankingPairs::kOnce;
  std::vector<at::Tensor> layers;
  for (std::size_t layer = 0; layer < input.student->prob.size(); ++layer) {
    layers.push_back(rankingLoss(
        input.student->prob[layer], input.teacher->prob[layer], input.batch.attention_mask, pairs));
  }
  addHeadPoints({.metric = "ranking_loss"}, layers, points);
}

}  // namespace

at::Tensor rankingLoss(const at::Tensor& student_map,
                       const at::Tensor& teacher_map,
                       const at::Tensor& mask,
                       RankingPairs pairs) {
  TORCH_CHECK(student_map.sizes() == teacher_map.sizes(),
              "rankingLoss: student map ",
              student_map.sizes(),
              " and teacher map ",
              teacher_map.sizes(),
              " must have one shape");
  checkAttentionMaps("rankingLoss", student_map, mask);
  return meanOverSentences(student_map,
                           teacher_map,
                           mask,
                           [pairs](const at::Tensor& student, const at::Tensor& teacher) {
                             return blockRankingLoss(student, teacher, pairs);
                           });
}

const ProbeDefinition& rankingLossProbe() {
  static const ProbeDefinition kDefinition = {
      .spec = {.kind = "probe",
               .name = "ranking_loss",
               .documentation = "how far each head orders the keys otherwise than the teacher's",
               .formula = kFormula,
               .source = kSource},
      .metrics = {{.name = "ranking_loss",
                   .dimensions = {"layer", "head"},
                   .better = "min",
                   .documentation = "sum over queries and pairs of keys of what the student's "
                                    "probabilities miss to have the teacher's order; mean over the "
                                    "sentences of the batch, without dropout; grows with the "
                                    "length of the sentences",
                   .formula = kFormula,
                   .source = kSource}},
      .needs = TracePart::kProb,
      .needs_teacher = true,
      .pass = ProbePass::kEvaluation,
      .published =
          PublishedVariant{.documentation =
                               "dropout is active in both models, and pairs of inner tokens count "
                               "twice (Exp1 notebook)",
                           .pass = ProbePass::kDropout},
      .measure = measure};
  return kDefinition;
}

}  // namespace retort::train
