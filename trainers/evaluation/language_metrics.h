#pragma once

#include "core/settings/catalogue.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// How language models are judged on text. Names and definitions of perplexities are those of
/// lm-evaluation-harness.
namespace retort::train {

/// log softmax(logits)[m, targets[m]] of logits [M, V]: [M], on the CPU in float64. Computed as
/// addLanguageSums computes.
[[nodiscard]] at::Tensor tokenLogProbabilities(const at::Tensor& logits, const at::Tensor& targets);

/// Sums over judged tokens.
struct LanguageSums {
  std::int64_t tokens = 0;
  double nats = 0;     ///< -log of the model's probability of each token
  double correct = 0;  ///< tokens that are the model's first choice
  // Compared with a teacher; has_teacher says whether they mean something:
  bool has_teacher = false;
  double kl = 0;      ///< KL(teacher || model) of each token, in nats
  double agreed = 0;  ///< tokens at which both have the same first choice
};

/// Adds a batch: logits [M, V] of the judged positions, targets [M], the teacher's logits or an
/// undefined tensor. Computed in float (double when the logits are), in slices of rows, so that no
/// second tensor of [M, V] is made.
void addLanguageSums(LanguageSums& sums,
                     const at::Tensor& logits,
                     const at::Tensor& targets,
                     const at::Tensor& teacher_logits);

/// Sizes of the text that the judged tokens come from; 0 where that is not known.
struct TextSize {
  std::int64_t bytes = 0;
  std::int64_t words = 0;
};

/// With n tokens of s nats in all:
///   eval.loss s / n, eval.perplexity exp(s / n), eval.token_accuracy;
///   of a text of known size eval.word_perplexity exp(s / words), eval.byte_perplexity
///   exp(s / bytes), eval.bits_per_byte s / (bytes ln 2);
///   beside a teacher eval.kl and eval.top1_agreement, means over the tokens.
/// NaN when there are no tokens.
[[nodiscard]] std::map<std::string, double> languageMetrics(const LanguageSums& sums,
                                                            const TextSize& text);

/// The declarations of all of them but eval.loss, for the catalogue.
[[nodiscard]] std::vector<MetricSpec> languageMetricSpecs();

}  // namespace retort::train
