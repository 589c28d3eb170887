#include "trainers/evaluation/language_metrics.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

const double kLog3 = std::log(3.0);

/// Probabilities (3/4, 1/4), (1/2, 1/2), (1/4, 3/4).
at::Tensor threeTokens() {
  return tensorOf({{kLog3, 0.0}, {0.0, 0.0}, {0.0, kLog3}});
}

TEST(LanguageMetrics, OfThreeTokensAreThoseByHand) {
  LanguageSums sums;

  addLanguageSums(sums, threeTokens(), at::tensor({0L, 0L, 0L}), {});

  const auto values = languageMetrics(sums, {.bytes = 12, .words = 2});
  const double nats = -std::log(0.75 * 0.5 * 0.25);
  EXPECT_NEAR(values.at("eval.loss"), nats / 3, 1e-15);
  EXPECT_NEAR(values.at("eval.perplexity"), std::exp(nats / 3), 1e-14);
  EXPECT_NEAR(values.at("eval.token_accuracy"), 2.0 / 3, 1e-15);
  EXPECT_NEAR(values.at("eval.word_perplexity"), std::exp(nats / 2), 1e-14);
  EXPECT_NEAR(values.at("eval.byte_perplexity"), std::exp(nats / 12), 1e-14);
  EXPECT_NEAR(values.at("eval.bits_per_byte"), nats / 12 / std::log(2.0), 1e-15);
  EXPECT_EQ(values.count("eval.kl"), 0U);
}

TEST(LanguageMetrics, CompareWithATeacher) {
  LanguageSums sums;
  const at::Tensor teacher = tensorOf({{kLog3, 0.0}, {kLog3, 0.0}, {kLog3, 0.0}});

  addLanguageSums(sums, threeTokens(), at::tensor({0L, 0L, 0L}), teacher);

  const auto values = languageMetrics(sums, {});
  const double second = 0.75 * std::log(0.75 / 0.5) + 0.25 * std::log(0.25 / 0.5);
  const double third = 0.75 * std::log(0.75 / 0.25) + 0.25 * std::log(0.25 / 0.75);
  EXPECT_NEAR(values.at("eval.kl"), (0 + second + third) / 3, 1e-15);
  EXPECT_NEAR(values.at("eval.top1_agreement"), 2.0 / 3, 1e-15);
  EXPECT_EQ(values.count("eval.word_perplexity"), 0U);
}

TEST(LanguageMetrics, AreTheSameInOneBatchOrSeveral) {
  const at::Tensor logits = randomTensor({700, 5}, 1);
  const at::Tensor teacher = randomTensor({700, 5}, 2);
  const at::Tensor targets = at::arange(700) % 5;
  LanguageSums at_once;
  addLanguageSums(at_once, logits, targets, teacher);
  LanguageSums in_parts;
  for (const auto& [first, count] : {std::pair{0, 300}, std::pair{300, 400}}) {
    addLanguageSums(in_parts,
                    logits.narrow(0, first, count),
                    targets.narrow(0, first, count),
                    teacher.narrow(0, first, count));
  }

  EXPECT_EQ(in_parts.tokens, at_once.tokens);
  EXPECT_NEAR(in_parts.nats, at_once.nats, 1e-10);
  EXPECT_NEAR(in_parts.kl, at_once.kl, 1e-10);
  EXPECT_EQ(in_parts.correct, at_once.correct);
  EXPECT_EQ(in_parts.agreed, at_once.agreed);
}

TEST(LanguageMetrics, OfNoTokensAreUndefined) {
  EXPECT_TRUE(std::isnan(languageMetrics({}, {}).at("eval.perplexity")));
}

TEST(LanguageMetrics, AreAllDeclared) {
  LanguageSums sums{.tokens = 1, .has_teacher = true};
  std::map<std::string, double> values = languageMetrics(sums, {.bytes = 1, .words = 1});
  values.erase("eval.loss");

  for (const MetricSpec& spec : languageMetricSpecs()) {
    EXPECT_EQ(values.erase(spec.name), 1U) << spec.name;
  }
  EXPECT_TRUE(values.empty());
}

}  // namespace
}  // namespace retort::train
