#include "trainers/losses/kl.h"

#include "trainers/data/data_settings.h"
#include "trainers/losses/task_loss.h"
#include "trainers/settings/setting_group.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>

#include <cmath>
#include <tuple>

namespace retort::train {
namespace {

constexpr double kTsldTemperature = 10;

const SettingGroup<KlOptions>& klOptions() {
  static const auto kGroup =
      SettingGroup<KlOptions>()
          .add(&KlOptions::divergence,
               {.key = "distill.kl.divergence",
                .documentation = "forward: KL(teacher, student); reverse: KL(student, teacher); "
                                 "jensen_shannon; cakld: both, weighed by the teacher's confidence "
                                 "(BitDistiller)",
                .choices = {"forward", "reverse", "jensen_shannon", "cakld"}})
          .add(&KlOptions::temperature,
               {.key = "distill.kl.temperature",
                .documentation = "divides the logits of student and teacher",
                .minimum = 0,
                .is_minimum_exclusive = true})
          .add(&KlOptions::scale_by_temperature_squared,
               {.key = "distill.kl.scale_by_temperature_squared",
                .documentation = "multiply by the temperature's square, so that gradients keep "
                                 "their size (Hinton et al. 2015)"})
          .add(&KlOptions::reduction,
               {.key = "distill.kl.reduction",
                .documentation = "token_mean: mean over the judged tokens; sequence_sum: their sum "
                                 "over the number of sequences, as AIMET and LLM-QAT compute it "
                                 "(it grows with the length); sum: of all",
                .choices = {"token_mean", "sequence_sum", "sum"}})
          .add(&KlOptions::token_weight,
               {.key = "distill.kl.token_weight",
                .documentation = "none; entropy: tokens of which the teacher is unsure count more; "
                                 "tsld: tokens that the teacher predicts badly count more",
                .choices = {"none", "entropy", "tsld"}})
          .add(&KlOptions::beta,
               {.key = "distill.kl.beta",
                .documentation = "the teacher's share in the mixture of jensen_shannon",
                .minimum = 0,
                .maximum = 1,
                .when = {{.key = "distill.kl.divergence", .any_of = {"jensen_shannon"}}}})
          .add(&KlOptions::confidence,
               {.key = "distill.kl.confidence",
                .documentation = "weight of the reverse divergence in cakld: the teacher's mean "
                                 "highest probability; that of each batch when not given",
                .minimum = 0,
                .maximum = 1,
                .when = {{.key = "distill.kl.divergence", .any_of = {"cakld"}}}})
          .add(&KlOptions::entropy_power,
               {.key = "distill.kl.entropy_power",
                .documentation = "power of the normalised entropy that weighs a token",
                .minimum = 0,
                .maximum = 10,
                .when = {{.key = "distill.kl.token_weight", .any_of = {"entropy"}}}})
          .add(&KlOptions::top_k,
               {.key = "distill.kl.top_k",
                .documentation = "compare the tokens that the teacher finds likeliest at each "
                                 "place, so many; 0: all tokens",
                .unit = "tokens",
                .minimum = 0,
                .maximum = 1e6})
          .add(&KlOptions::rest,
               {.key = "distill.kl.rest",
                .documentation = "the other tokens: left out, both distributions renormalized over "
                                 "those that are compared; or one bucket more, the probability of "
                                 "another token",
                .choices = {"renormalized", "bucket"},
                .when = {{.key = "distill.kl.top_k", .none_of = {0}}}})
          .add(
              &KlOptions::cache_teacher,
              {.key = "distill.kl.cache_teacher",
               .documentation = "compute the teacher's top_k logits of all training rows once, and "
                                "keep them in a file for all runs with this teacher and this "
                                "data; their steps then need no pass of the teacher",
               .when = {{.key = "distill.kl.top_k", .none_of = {0}}, taskIsForLanguageModels()}});
  return kGroup;
}

/// log(1 - exp(a)) of rows' log probabilities, for what is left beside them; finite also where
/// rounding leaves nothing.
at::Tensor logOfRest(const at::Tensor& log_sum) {
  const double least = log_sum.scalar_type() == at::kDouble ? 1e-15 : 1e-7;
  return (-at::expm1(log_sum.clamp_max(-least))).log();
}

/// Log probabilities of some tokens, [M, k], as those of all that is compared.
at::Tensor reduced(const at::Tensor& kept, const std::string& rest) {
  const at::Tensor sum = kept.logsumexp(-1, /*keepdim=*/true);
  return rest == "bucket" ? at::cat({kept, logOfRest(sum)}, -1) : kept - sum;
}

/// sum_v exp(a_v) (a_v - b_v) of rows of log probabilities.
at::Tensor divergence(const at::Tensor& a, const at::Tensor& b) {
  return (a.exp() * (a - b)).sum(-1);
}

/// log(beta exp(a) + (1 - beta) exp(b))
at::Tensor logMixture(const at::Tensor& a, const at::Tensor& b, double beta) {
  if (beta == 0 || beta == 1) {
    return beta == 1 ? a : b;
  }
  return at::logaddexp(a + std::log(beta), b + std::log1p(-beta));
}

/// Of rows of log probabilities of teacher and student.
at::Tensor divergenceOf(const at::Tensor& p, const at::Tensor& q, const KlOptions& options) {
  if (options.divergence == "forward") {
    return divergence(p, q);
  }
  if (options.divergence == "reverse") {
    return divergence(q, p);
  }
  if (options.divergence == "jensen_shannon") {
    const at::Tensor mixture = logMixture(p, q, options.beta);
    return options.beta * divergence(p, mixture) + (1 - options.beta) * divergence(q, mixture);
  }
  const at::Tensor confidence = options.confidence
                                    ? at::scalar_tensor(*options.confidence, p.options())
                                    : p.amax(-1).exp().mean();
  return confidence * divergence(q, p) + (1 - confidence) * divergence(p, q);
}

/// The number of the sequence that each judged position is in, [M].
at::Tensor sequenceOfRows(const at::Tensor& labels) {
  return (labels != kIgnoredLabel).nonzero().select(1, 0);
}

at::Tensor tsldWeights(const at::Tensor& teacher, const TokenBatch& batch) {
  TORCH_CHECK(batch.labels.defined(), "tsld weighs by labels, but the batch has none");
  const at::Tensor targets = batch.targets();
  const at::Tensor error = at::cross_entropy_loss(teacher, targets, {}, at::Reduction::None);
  const at::Tensor scaled = error / kTsldTemperature;
  if (batch.labels.dim() == 1) {
    return at::ones_like(scaled);  // one position a sequence
  }
  const at::Tensor sequence = sequenceOfRows(batch.labels);
  const at::Tensor powers = (scaled - scaled.max()).exp();
  const at::Tensor sums =
      at::zeros({batch.labels.size(0)}, powers.options()).index_add(0, sequence, powers);
  return powers / sums.index_select(0, sequence);
}

/// What is kept of the teacher; the normalization counts only beside a rest.
std::optional<TopLogitsRequest> cachedLogits(const KlOptions& options) {
  if (!options.cache_teacher) {
    return std::nullopt;
  }
  if (options.token_weight != "none") {
    throw TrainError(ExitCode::kBadSpec,
                     "distill.kl.cache_teacher keeps some of the teacher's logits, but "
                     "distill.kl.token_weight is " +
                         options.token_weight +
                         ", which looks at all; set one of them to none or false");
  }
  return TopLogitsRequest{.count = options.top_k,
                          .temperature = options.rest == "bucket" ? options.temperature : 1};
}

}  // namespace

at::Tensor tokenDivergence(const at::Tensor& student,
                           const at::Tensor& teacher,
                           const KlOptions& options) {
  TORCH_CHECK(student.dim() == 2 && student.sizes() == teacher.sizes(),
              "logits of student and teacher must be [M, V], but are ",
              student.sizes(),
              " and ",
              teacher.sizes());
  at::Tensor q = (student / options.temperature).log_softmax(-1);
  at::Tensor p = (teacher.detach() / options.temperature).log_softmax(-1);
  if (options.top_k > 0 && options.top_k < p.size(-1)) {
    const at::Tensor ids = std::get<1>(p.topk(options.top_k, -1));
    p = reduced(p.gather(-1, ids), options.rest);
    q = reduced(q.gather(-1, ids), options.rest);
  }
  return divergenceOf(p, q, options);
}

at::Tensor tokenDivergence(const at::Tensor& student,
                           const TopLogits& teacher,
                           const KlOptions& options) {
  TORCH_CHECK(
      student.dim() == 2 && teacher.values.dim() == 2 && student.size(0) == teacher.values.size(0),
      "logits of the student must be [M, V] and the teacher's likeliest [M, k], but they "
      "are ",
      student.sizes(),
      " and ",
      teacher.values.sizes());
  // All tokens leave no rest.
  const bool is_all = teacher.values.size(-1) == student.size(-1);
  const std::string rest = is_all ? "renormalized" : options.rest;
  const at::Tensor q = (student / options.temperature).log_softmax(-1).gather(-1, teacher.ids);
  const at::Tensor p = teacher.values / options.temperature - teacher.log_sum.unsqueeze(-1);
  return divergenceOf(reduced(p, rest), reduced(q, rest), options);
}

at::Tensor tokenWeights(const at::Tensor& teacher,
                        const TokenBatch& batch,
                        const KlOptions& options) {
  if (options.token_weight == "tsld") {
    return tsldWeights(teacher.detach(), batch);
  }
  if (options.token_weight == "entropy") {
    const at::Tensor p = (teacher.detach() / options.temperature).log_softmax(-1);
    const at::Tensor entropy = -(p.exp() * p).sum(-1);
    return (entropy / std::log(static_cast<double>(teacher.size(-1)))).pow(options.entropy_power);
  }
  return {};
}

at::Tensor klDivergence(const LossInput& input, const KlOptions& options) {
  at::Tensor values = input.teacher_top != nullptr
                          ? tokenDivergence(input.student.logits, *input.teacher_top, options)
                          : tokenDivergence(input.student.logits, input.teacher.logits, options);
  const at::Tensor weights = tokenWeights(input.teacher.logits, input.batch, options);
  if (weights.defined()) {
    values = values * weights;
  }
  at::Tensor loss = values.sum();
  if (options.reduction == "token_mean") {
    loss = loss / values.size(0);
  } else if (options.reduction == "sequence_sum") {
    loss = loss / input.batch.input_ids.size(0);
  }
  const double scale = options.temperature * options.temperature;
  return options.scale_by_temperature_squared ? loss * scale : loss;
}

const LossDefinition& klLoss() {
  static const LossDefinition kLoss = {
      .spec = {.kind = "distillation_loss",
               .name = "kl",
               .documentation = "divergence of the student's output distribution from the "
                                "teacher's, on every judged token",
               .formula =
                   "\\frac{t^2}{M} \\sum_i \\mathrm{KL}(\\mathrm{softmax}(z_i^T/t) \\,\\|\\, "
                   "\\mathrm{softmax}(z_i^S/t))",
               .source = "Hinton et al. 2015; LLM-QAT (arXiv 2305.17888); AIMET, llm_qat_kd; "
                         "BitDistiller (arXiv 2402.10631)"},
      .layers = LossLayers::kNone,
      .options = klOptions().specs(),
      .make = [](const LossRequest& request) {
        const KlOptions options = klOptions().read(request.settings);
        const LossMean mean = options.reduction == "token_mean"     ? LossMean::kLogits
                              : options.reduction == "sequence_sum" ? LossMean::kSequences
                                                                    : LossMean::kNothing;
        Loss loss = wholeLoss(
            {}, [options](const LossInput& input) { return klDivergence(input, options); }, mean);
        loss.couples_tokens = options.token_weight == "tsld" ||
                              (options.divergence == "cakld" && !options.confidence);
        loss.top_logits = cachedLogits(options);
        loss.needs_teacher = !loss.top_logits;
        return loss;
      }};
  return kLoss;
}

}  // namespace retort::train
