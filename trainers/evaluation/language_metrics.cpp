#include "trainers/evaluation/language_metrics.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace retort::train {

namespace {

constexpr std::int64_t kRowsAtOnce = 256;
constexpr const char* kHarness = "lm-evaluation-harness";

at::Tensor logProbabilities(const at::Tensor& logits) {
  const bool is_double = logits.scalar_type() == at::kDouble;
  return logits.to(is_double ? at::kDouble : at::kFloat).log_softmax(-1);
}

double sumOf(const at::Tensor& values) {
  return values.to(at::kDouble).sum().item<double>();
}

}  // namespace

at::Tensor tokenLogProbabilities(const at::Tensor& logits, const at::Tensor& targets) {
  const std::int64_t rows = logits.size(0);
  TORCH_CHECK(targets.numel() == rows, rows, " rows of logits for ", targets.numel(), " targets");
  at::Tensor result = at::empty({rows}, at::kDouble);
  for (std::int64_t first = 0; first < rows; first += kRowsAtOnce) {
    const std::int64_t count = std::min(kRowsAtOnce, rows - first);
    const at::Tensor q = logProbabilities(logits.narrow(0, first, count));
    const at::Tensor labels = targets.narrow(0, first, count).unsqueeze(1);
    result.narrow(0, first, count).copy_(q.gather(1, labels).squeeze(1));
  }
  return result;
}

void addLanguageSums(LanguageSums& sums,
                     const at::Tensor& logits,
                     const at::Tensor& targets,
                     const at::Tensor& teacher_logits) {
  const std::int64_t rows = logits.size(0);
  TORCH_CHECK(targets.numel() == rows, rows, " rows of logits for ", targets.numel(), " targets");
  sums.tokens += rows;
  sums.has_teacher = teacher_logits.defined();
  for (std::int64_t first = 0; first < rows; first += kRowsAtOnce) {
    const std::int64_t count = std::min(kRowsAtOnce, rows - first);
    const at::Tensor q = logProbabilities(logits.narrow(0, first, count));
    const at::Tensor labels = targets.narrow(0, first, count);
    const at::Tensor choice = q.argmax(-1);
    sums.nats -= sumOf(q.gather(1, labels.unsqueeze(1)));
    sums.correct += sumOf(choice == labels);
    if (teacher_logits.defined()) {
      const at::Tensor p = logProbabilities(teacher_logits.narrow(0, first, count));
      sums.kl += sumOf((p.exp() * (p - q)).sum(-1));
      sums.agreed += sumOf(choice == p.argmax(-1));
    }
  }
}

std::map<std::string, double> languageMetrics(const LanguageSums& sums, const TextSize& text) {
  const double tokens =
      sums.tokens > 0 ? static_cast<double>(sums.tokens) : std::numeric_limits<double>::quiet_NaN();
  std::map<std::string, double> values = {{"eval.loss", sums.nats / tokens},
                                          {"eval.perplexity", std::exp(sums.nats / tokens)},
                                          {"eval.token_accuracy", sums.correct / tokens}};
  if (text.words > 0) {
    values["eval.word_perplexity"] = std::exp(sums.nats / static_cast<double>(text.words));
  }
  if (text.bytes > 0) {
    const auto bytes = static_cast<double>(text.bytes);
    values["eval.byte_perplexity"] = std::exp(sums.nats / bytes);
    values["eval.bits_per_byte"] = sums.nats / (bytes * std::numbers::ln2);
  }
  if (sums.has_teacher) {
    values["eval.kl"] = sums.kl / tokens;
    values["eval.top1_agreement"] = sums.agreed / tokens;
  }
  return values;
}

std::vector<MetricSpec> languageMetricSpecs() {
  return {{.name = "eval.perplexity",
           .better = "min",
           .documentation = "exponential of the mean loss of a token",
           .formula = "\\exp(\\frac{1}{n} \\sum_i -\\log q(x_i))",
           .source = "transformers, Perplexity of fixed-length models"},
          {.name = "eval.token_accuracy",
           .better = "max",
           .documentation = "share of tokens that are the model's first choice",
           .formula = "\\frac{1}{n} \\sum_i [\\arg\\max_v q_i(v) = x_i]",
           .source = "transformers, run_clm.py: accuracy"},
          {.name = "eval.word_perplexity",
           .better = "min",
           .documentation = "the same of a word of the text (parts between white space)",
           .formula = "\\exp(\\frac{1}{\\mathrm{words}} \\sum_i -\\log q(x_i))",
           .source = kHarness},
          {.name = "eval.byte_perplexity",
           .better = "min",
           .documentation = "the same of a byte of the text",
           .formula = "\\exp(\\frac{1}{\\mathrm{bytes}} \\sum_i -\\log q(x_i))",
           .source = kHarness},
          {.name = "eval.bits_per_byte",
           .better = "min",
           .documentation = "binary logarithm of the byte perplexity",
           .formula = "\\frac{1}{\\mathrm{bytes}} \\sum_i -\\log_2 q(x_i)",
           .source = kHarness},
          {.name = "eval.kl",
           .unit = "nats",
           .better = "min",
           .documentation = "divergence from the teacher's distribution, mean over the tokens",
           .formula = "\\frac{1}{n} \\sum_i \\mathrm{KL}(p^T_i \\,\\|\\, p^S_i)",
           .source = "arXiv 2403.18159, section 3"},
          {.name = "eval.top1_agreement",
           .better = "max",
           .documentation = "share of tokens at which student and teacher have the same first "
                            "choice",
           .formula = "\\frac{1}{n} \\sum_i [\\arg\\max_v p^T_i(v) = \\arg\\max_v p^S_i(v)]",
           .source = "Stanton et al. 2021, arXiv 2106.05945: top-1 agreement"}};
}

}  // namespace retort::train
