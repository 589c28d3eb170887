#include "trainers/losses/attention_map.h"

#include "trainers/settings/setting_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cosine_similarity.h>

#include <map>

namespace retort::train {
namespace {

// The authors' guard against log 0.
constexpr double kSmallestProbability = 1e-8;

using MapDistance = at::Tensor (*)(const at::Tensor& student,
                                   const at::Tensor& teacher,
                                   const at::Tensor& lengths);

/// 1 for the tokens of each sentence, 0 for padding: [B, N].
at::Tensor tokens(const at::Tensor& lengths, std::int64_t size, at::ScalarType dtype) {
  return (at::arange(size, lengths.options()) < lengths.unsqueeze(1)).to(dtype);
}

/// The n_b x n_b corner of each sentence as 0 and 1: [B, 1, N, N].
at::Tensor tokenBlock(const at::Tensor& lengths, const at::Tensor& map) {
  const at::Tensor inside = tokens(lengths, map.size(-1), map.scalar_type());
  return (inside.unsqueeze(2) * inside.unsqueeze(1)).unsqueeze(1);
}

/// KL(target || map), mean over rows, heads and sentences.
at::Tensor divergence(const at::Tensor& map,
                      const at::Tensor& target,
                      const at::Tensor& block,
                      const at::Tensor& lengths) {
  const at::Tensor clamped = target.clamp_min(kSmallestProbability);
  const at::Tensor difference = clamped.log() - map.clamp_min(kSmallestProbability).log();
  return ((clamped * block * difference).sum({-1, -2}) / lengths.unsqueeze(1)).mean();
}

const std::map<std::string, MapDistance>& distances() {
  static const std::map<std::string, MapDistance> kDistances = {{"kl", attentionMapDivergence},
                                                                {"mse", attentionMapSquaredError},
                                                                {"js", attentionMapJensenShannon},
                                                                {"cosine", attentionMapCosine}};
  return kDistances;
}

struct MapOptions {
  std::string distance = "kl";
};

const SettingGroup<MapOptions>& mapOptions() {
  static const auto kGroup = SettingGroup<MapOptions>().add(
      &MapOptions::distance,
      {.key = "distill.attention_map.distance",
       .documentation = "between the maps of a sentence's tokens: kl (Kullback-Leibler, of the "
                        "paper), mse, js (Jensen-Shannon) or cosine (1 - cosine, row by row)",
       .choices = {"kl", "mse", "js", "cosine"}});
  return kGroup;
}

}  // namespace

at::Tensor attentionMapDivergence(const at::Tensor& student,
                                  const at::Tensor& teacher,
                                  const at::Tensor& lengths) {
  return divergence(student, teacher.detach(), tokenBlock(lengths, student), lengths);
}

at::Tensor attentionMapSquaredError(const at::Tensor& student,
                                    const at::Tensor& teacher,
                                    const at::Tensor& lengths) {
  const at::Tensor error = (student - teacher.detach()).square() * tokenBlock(lengths, student);
  return (error.sum({-1, -2}) / lengths.square().unsqueeze(1)).mean();
}

at::Tensor attentionMapJensenShannon(const at::Tensor& student,
                                     const at::Tensor& teacher,
                                     const at::Tensor& lengths) {
  const at::Tensor block = tokenBlock(lengths, student);
  const at::Tensor target = teacher.detach();
  const at::Tensor middle = (student + target) / 2;
  return (divergence(middle, target, block, lengths) +
          divergence(middle, student, block, lengths)) /
         2;
}

at::Tensor attentionMapCosine(const at::Tensor& student,
                              const at::Tensor& teacher,
                              const at::Tensor& lengths) {
  const at::Tensor inside = tokens(lengths, student.size(-1), student.scalar_type());
  const at::Tensor keys = inside.unsqueeze(1).unsqueeze(1);
  const at::Tensor similarity =
      at::cosine_similarity(student * keys, teacher.detach() * keys, -1, kSmallestProbability);
  const at::Tensor rows = (1 - similarity) * inside.unsqueeze(1);
  return (rows.sum(-1) / lengths.unsqueeze(1)).mean();
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
      .options = mapOptions().specs(),
      .make = [](const LossRequest& request) {
        const MapDistance distance = distances().at(mapOptions().read(request.settings).distance);
        return Loss{.needs = TracePart::kProb,
                    .terms = [distance](const LossInput& input, const LayerSelection& layers) {
                      return overLayers(layers,
                                        input.student.prob,
                                        input.teacher.prob,
                                        [&](const at::Tensor& student, const at::Tensor& teacher) {
                                          return distance(student, teacher, input.batch.lengths);
                                        });
                    }};
      }};
  return kLoss;
}

}  // namespace retort::train
