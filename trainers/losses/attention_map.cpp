#include "trainers/losses/attention_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

namespace retort::train {
namespace {

// The authors' guard against log 0.
constexpr double kSmallestProbability = 1e-8;

/// The n_b x n_b corner of each sentence as 0 and 1: [B, 1, N, N].
at::Tensor tokenBlock(const at::Tensor& lengths, std::int64_t size, at::ScalarType dtype) {
  const at::Tensor inside = (at::arange(size, lengths.options()) < lengths.unsqueeze(1)).to(dtype);
  return (inside.unsqueeze(2) * inside.unsqueeze(1)).unsqueeze(1);
}

at::Tensor divergence(const at::Tensor& student,
                      const at::Tensor& teacher,
                      const at::Tensor& block,
                      const at::Tensor& lengths) {
  const at::Tensor target = teacher.clamp_min(kSmallestProbability);
  const at::Tensor difference = target.log().sub_(student.clamp_min(kSmallestProbability).log());
  return ((target * block * difference).sum({-1, -2}) / lengths.unsqueeze(1)).mean();
}

std::vector<LossTerm> mapTerms(const LossInput& input, const LayerSelection& layers) {
  return overLayers(layers,
                    input.student.prob,
                    input.teacher.prob,
                    [&input](const at::Tensor& student, const at::Tensor& teacher) {
                      return attentionMapDivergence(student, teacher, input.batch.lengths);
                    });
}

}  // namespace

at::Tensor attentionMapDivergence(const at::Tensor& student,
                                  const at::Tensor& teacher,
                                  const at::Tensor& lengths) {
  const at::Tensor block = tokenBlock(lengths, student.size(-1), student.scalar_type());
  return divergence(student, teacher.detach(), block, lengths);
}

const LossDefinition& attentionMapLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "attention_map",
               .documentation =
                   "attention maps after softmax, Kullback-Leibler divergence from the teacher's",
               .formula = "\\sum_l \\frac{1}{BH}\\sum_{b,h} \\frac{1}{n_b}\\sum_{i,j<n_b} "
                          "P^T_{ij}\\,(\\ln P^T_{ij} - \\ln P^S_{ij})",
               .source = "arXiv 2211.11014; its code, main.py"},
      .make = [](const LossRequest&) {
        return Loss{.needs = TracePart::kProb, .terms = mapTerms};
      }};
  return kLoss;
}

}  // namespace retort::train
