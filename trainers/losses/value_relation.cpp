#include "trainers/losses/value_relation.h"

#include "trainers/losses/attention_map.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include <cmath>
#include <limits>

namespace retort::train {
namespace {

std::vector<LossTerm> relationTerms(const LossInput& input, const LayerSelection& layers) {
  const at::Tensor& lengths = input.batch.lengths;
  return overLayers(layers,
                    input.student.value,
                    input.teacher.value,
                    [&](const at::Tensor& student, const at::Tensor& teacher) {
                      return attentionMapDivergence(valueRelation(student, lengths),
                                                    valueRelation(teacher, lengths),
                                                    lengths);
                    });
}

}  // namespace

at::Tensor valueRelation(const at::Tensor& value, const at::Tensor& lengths) {
  const double root = std::sqrt(static_cast<double>(value.size(-1)));
  const at::Tensor score = value.matmul(value.transpose(-1, -2)) / root;
  const at::Tensor is_padding =
      at::arange(value.size(-2), lengths.options()) >= lengths.unsqueeze(1);
  return score
      .masked_fill(is_padding.unsqueeze(1).unsqueeze(1), -std::numeric_limits<double>::infinity())
      .softmax(-1);
}

const LossDefinition& valueRelationLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "value_relation",
               .documentation = "relations between values, Kullback-Leibler divergence from the "
                                "teacher's; MiniLM distils the last layer only (layers: last)",
               .formula = "\\sum_l \\frac{1}{BH}\\sum_{b,h} \\frac{1}{n_b}\\sum_{i<n_b} "
                          "\\mathrm{KL}(R^T_i \\Vert R^S_i),\\ R = "
                          "\\mathrm{softmax}(V V^\\top/\\sqrt{d})",
               .source = "MiniLM, arXiv 2002.10957, eq. 5-7"},
      .make = [](const LossRequest&) {
        return Loss{.needs = TracePart::kValue, .terms = relationTerms};
      }};
  return kLoss;
}

}  // namespace retort::train
