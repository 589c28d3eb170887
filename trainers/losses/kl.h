#pragma once

#include "trainers/losses/loss.h"

#include <cstdint>
#include <optional>
#include <string>

namespace retort::train {

/// What a divergence between the next-token distributions of teacher and student is.
struct KlOptions {
  std::string divergence = "forward";        ///< forward, reverse, jensen_shannon, cakld
  double temperature = 1;                    ///< t > 0
  bool scale_by_temperature_squared = true;  ///< times t^2 (Hinton et al. 2015, section 2)
  std::string reduction = "token_mean";      ///< token_mean, sequence_sum, sum
  std::string token_weight = "none";         ///< none, entropy, tsld
  double beta = 0.5;                         ///< jensen_shannon only: share of the teacher
  std::optional<double> confidence;          ///< cakld only; empty: of the batch
  double entropy_power = 1;                  ///< token_weight entropy only
  std::int64_t top_k = 0;                    ///< tokens of each row that count; 0: all
  std::string rest = "renormalized";         ///< with top_k: renormalized, bucket
  bool cache_teacher = false;                ///< with top_k: see Loss::top_logits
};

/// Divergence of each row, [M]: with p = softmax(z^T / t) and q = softmax(z^S / t), in nats,
///   forward:        KL(p || q) = sum_v p_v (log p_v - log q_v)
///   reverse:        KL(q || p)
///   jensen_shannon: beta KL(p || m) + (1 - beta) KL(q || m),  m = beta p + (1 - beta) q
///   cakld:          gamma KL(q || p) + (1 - gamma) KL(p || q), gamma the teacher's confidence, the
///                   mean of max_v p_v (BitDistiller, arXiv 2402.10631; its code averages over
///                   calibration batches and counts padding; here it is `confidence`, or that of
///                   these rows)
/// With top_k = k > 0, p and q are first reduced to the k tokens that the teacher finds likeliest
/// in the row:
///   renormalized: to their distributions among these, p_v / sum_{u in top} p_u and the same of q
///   bucket:       to k + 1 events, the last of which is "another token", so that the student's
///                 mass there counts; never more than the divergence of all tokens
/// student, teacher: [M, V], M judged positions; the teacher is detached.
[[nodiscard]] at::Tensor tokenDivergence(const at::Tensor& student,
                                         const at::Tensor& teacher,
                                         const KlOptions& options);

/// The same of top_k tokens, when only these are known of the teacher; its log_sum is looked at
/// with `rest` bucket alone, and is of the temperature of the options.
[[nodiscard]] at::Tensor tokenDivergence(const at::Tensor& student,
                                         const TopLogits& teacher,
                                         const KlOptions& options);

/// Weight of each row, [M], without gradient; an undefined tensor stands for equal weights.
///   entropy: (H(p) / log V)^power, H(p) = -sum_v p_v log p_v: a stand-in for the ambiguity of
///            DB-LLM (arXiv 2402.11960), whose formula is not published
///   tsld:    softmax over the judged positions of a sequence of the teacher's cross entropy with
///            the label, divided by 10 (token-scaled logit distillation, arXiv 2308.06744, as in
///            BitDistiller's code); they sum to 1 in each sequence
[[nodiscard]] at::Tensor tokenWeights(const at::Tensor& teacher,
                                      const TokenBatch& batch,
                                      const KlOptions& options);

/// The loss on the judged positions of a batch of B sequences, d_i the divergences and w_i their
/// weights (1 when there are none): token_mean 1/M sum_i w_i d_i; sequence_sum 1/B sum_i w_i d_i,
/// which is what `batchmean` makes of three-dimensional logits (AIMET's llm_qat_kd, LLM-QAT) and
/// grows with the length; sum. Times t^2 when scale_by_temperature_squared. Positions without a
/// label (padding, prompts) are not in it. With LossInput::teacher_top nothing else of the teacher
/// is looked at.
[[nodiscard]] at::Tensor klDivergence(const LossInput& input, const KlOptions& options);

[[nodiscard]] const LossDefinition& klLoss();

}  // namespace retort::train
