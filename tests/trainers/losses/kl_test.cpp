#include "trainers/losses/kl.h"

#include "tests/trainers/losses/loss_testing.h"
#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {
namespace {

const double kLog3 = std::log(3.0);

/// Logits of (3/4, 1/4) and of (1/2, 1/2).
at::Tensor skewed() {
  return tensorOf({{kLog3, 0.0}});
}

at::Tensor even() {
  return tensorOf({{0.0, 0.0}});
}

/// KL((a, 1 - a) || (b, 1 - b))
double kl(double a, double b) {
  return a * std::log(a / b) + (1 - a) * std::log((1 - a) / (1 - b));
}

double divergenceOf(const at::Tensor& student,
                    const at::Tensor& teacher,
                    const KlOptions& options) {
  return tokenDivergence(student, teacher, options).item<double>();
}

/// Two sequences with three and one judged positions.
TokenBatch twoSequences() {
  return {.input_ids = at::zeros({2, 3}, at::kLong),
          .labels = at::tensor({0L, 1L, 0L, kIgnoredLabel, 1L, kIgnoredLabel}).reshape({2, 3})};
}

double lossOf(const at::Tensor& student, const at::Tensor& teacher, const KlOptions& options) {
  const ModelTrace student_trace{.logits = student};
  const ModelTrace teacher_trace{.logits = teacher};
  const TokenBatch batch = twoSequences();
  return klDivergence({.student = student_trace, .teacher = teacher_trace, .batch = batch}, options)
      .item<double>();
}

TEST(KlLoss, HasTheDivergencesOfTwoCoins) {
  EXPECT_NEAR(divergenceOf(even(), skewed(), {}), kl(0.75, 0.5), 1e-15);
  EXPECT_NEAR(divergenceOf(even(), skewed(), {.divergence = "reverse"}), kl(0.5, 0.75), 1e-15);
  EXPECT_NEAR(divergenceOf(even(), skewed(), {.divergence = "jensen_shannon"}),
              0.5 * kl(0.75, 0.625) + 0.5 * kl(0.5, 0.625),
              1e-15);
  EXPECT_NEAR(divergenceOf(even(), skewed(), {.divergence = "jensen_shannon", .beta = 0.2}),
              0.2 * kl(0.75, 0.55) + 0.8 * kl(0.5, 0.55),
              1e-15);
}

TEST(KlLoss, WeighsCakldByTheTeachersConfidence) {
  const double expected = 0.75 * kl(0.5, 0.75) + 0.25 * kl(0.75, 0.5);

  EXPECT_NEAR(divergenceOf(even(), skewed(), {.divergence = "cakld"}), expected, 1e-15);
  EXPECT_NEAR(divergenceOf(even(), skewed(), {.divergence = "cakld", .confidence = 0.9}),
              0.9 * kl(0.5, 0.75) + 0.1 * kl(0.75, 0.5),
              1e-15);
}

TEST(KlLoss, IsZeroForEqualDistributionsWhateverTheDivergence) {
  const at::Tensor logits = randomTensor({4, 7}, 1, 3);
  for (const char* divergence : {"forward", "reverse", "jensen_shannon", "cakld"}) {
    const at::Tensor value = tokenDivergence(logits + 5, logits, {.divergence = divergence});

    EXPECT_LT(value.abs().max().item<double>(), 1e-13) << divergence;
  }
}

// The trap of the squared temperature: gradients keep their size only with the factor.
/// Logits of (4, 3, 2, 1) / 10 and of (1, 2, 3, 4) / 10.
at::Tensor falling() {
  return tensorOf({4.0, 3.0, 2.0, 1.0}).log().unsqueeze(0);
}

at::Tensor rising() {
  return tensorOf({1.0, 2.0, 3.0, 4.0}).log().unsqueeze(0);
}

// Of the teacher's two likeliest: (4, 3) / 7 against (1, 2) / 3.
TEST(KlLoss, OfTheTopTokensIsRenormalizedByHand) {
  const KlOptions options = {.top_k = 2};

  EXPECT_NEAR(divergenceOf(rising(), falling(), options), kl(4.0 / 7, 1.0 / 3), 1e-15);
  EXPECT_NEAR(divergenceOf(rising(), falling(), {.divergence = "reverse", .top_k = 2}),
              kl(1.0 / 3, 4.0 / 7),
              1e-15);
  EXPECT_NEAR(divergenceOf(rising(), falling(), {.top_k = 1}), 0, 1e-15);
}

// (0.4, 0.3, 0.3 of the others) against (0.1, 0.2, 0.7).
TEST(KlLoss, OfTheTopTokensAndABucketIsThatByHand) {
  const double expected =
      0.4 * std::log(0.4 / 0.1) + 0.3 * std::log(0.3 / 0.2) + 0.3 * std::log(0.3 / 0.7);

  EXPECT_NEAR(divergenceOf(rising(), falling(), {.top_k = 2, .rest = "bucket"}), expected, 1e-14);
  EXPECT_NEAR(
      divergenceOf(rising(), falling(), {.top_k = 1, .rest = "bucket"}), kl(0.4, 0.1), 1e-14);
}

TEST(KlLoss, OfAllTokensIsThatOfTheTopOnes) {
  const at::Tensor student = randomTensor({5, 7}, 3);
  const at::Tensor teacher = randomTensor({5, 7}, 4);
  const at::Tensor all = tokenDivergence(student, teacher, {});

  EXPECT_TRUE(at::equal(tokenDivergence(student, teacher, {.top_k = 7}), all));
  EXPECT_TRUE(at::equal(tokenDivergence(student, teacher, {.top_k = 99, .rest = "bucket"}), all));
  at::Tensor least = at::zeros({5}, at::kDouble);
  for (const std::int64_t k : {1, 2, 4, 6}) {
    const at::Tensor bucket = tokenDivergence(student, teacher, {.top_k = k, .rest = "bucket"});
    EXPECT_TRUE(bucket.ge(least - 1e-12).all().item<bool>()) << k;  // finer events tell more
    EXPECT_TRUE(bucket.le(all + 1e-12).all().item<bool>()) << k;
    least = bucket;
  }
}

// Nearly all of the mass can be on the top tokens: nothing becomes infinite.
TEST(KlLoss, OfTheTopTokensIsFiniteWhereNothingIsLeft) {
  for (const at::ScalarType type : {at::kDouble, at::kFloat}) {
    const at::Tensor sure = tensorOf({{200.0, 0.0, 0.0, 0.0}}, type);
    const at::Tensor student = tensorOf({{0.0, 200.0, 0.0, 0.0}}, type).set_requires_grad(true);
    const at::Tensor value = tokenDivergence(student, sure, {.top_k = 2, .rest = "bucket"});
    value.sum().backward();

    EXPECT_NEAR(value.item<double>(), 200, 1e-3);
    EXPECT_TRUE(at::isfinite(student.grad()).all().item<bool>());
  }
}

TEST(KlLoss, OfTheTopTokensHasTheGradientOfItsValue) {
  const at::Tensor teacher = randomTensor({3, 6}, 8);
  for (const char* rest : {"renormalized", "bucket"}) {
    for (const char* divergence : {"forward", "reverse", "jensen_shannon", "cakld"}) {
      const KlOptions options = {.divergence = divergence, .top_k = 3, .rest = rest};
      const double error = gradientError(
          [&](const at::Tensor& x) { return tokenDivergence(x, teacher, options).sum(); },
          randomTensor({3, 6}, 9));
      EXPECT_LT(error, 1e-8) << rest << divergence;
    }
  }
}

// With what is known of the top tokens alone, the loss is what it is with all logits.
TEST(KlLoss, OfCachedTopTokensIsThatOfTheLogits) {
  const at::Tensor student = randomTensor({5, 9}, 8);
  const at::Tensor teacher = randomTensor({5, 9}, 9) * 3;
  for (const char* rest : {"renormalized", "bucket"}) {
    for (const char* divergence : {"forward", "reverse", "jensen_shannon", "cakld"}) {
      for (const std::int64_t k : {1, 4, 9}) {
        const KlOptions options = {
            .divergence = divergence, .temperature = 2, .top_k = k, .rest = rest};
        // Without a rest, the normalization of any temperature will do.
        const double temperature = std::string(rest) == "bucket" ? 2 : 1;
        const TopLogits top = topLogits(teacher, {.count = k, .temperature = temperature});

        EXPECT_LT(largestDifference(tokenDivergence(student, top, options),
                                    tokenDivergence(student, teacher, options)),
                  1e-13)
            << rest << divergence << k;
      }
    }
  }
}

// Of (4, 3, 2, 1) / 10 two are known: (0.4, 0.3, 0.3 of the others) against (0.1, 0.2, 0.7).
TEST(KlLoss, OfCachedTopTokensIsThatByHand) {
  const ModelTrace student{.logits = rising()};
  const ModelTrace nothing;
  const TokenBatch batch{.input_ids = at::zeros({1, 1}, at::kLong)};
  const TopLogits top = {.values = tensorOf({{4.0, 3.0}}).log(),
                         .ids = at::tensor({0L, 1L}).unsqueeze(0),
                         .log_sum = tensorOf({10.0}).log()};
  const LossInput input = {
      .student = student, .teacher = nothing, .batch = batch, .teacher_top = &top};

  EXPECT_NEAR(klDivergence(input, {.top_k = 2, .rest = "bucket"}).item<double>(),
              0.4 * std::log(0.4 / 0.1) + 0.3 * std::log(0.3 / 0.2) + 0.3 * std::log(0.3 / 0.7),
              1e-14);
  EXPECT_NEAR(klDivergence(input, {.top_k = 2}).item<double>(), kl(4.0 / 7, 1.0 / 3), 1e-15);
}

TEST(KlLoss, MultipliesByTheSquareOfTheTemperature) {
  const at::Tensor student = randomTensor({4, 5}, 2);
  const at::Tensor teacher = randomTensor({4, 5}, 3);
  const KlOptions plain{.temperature = 2, .scale_by_temperature_squared = false};

  EXPECT_NEAR(
      lossOf(student, teacher, {.temperature = 2}), 4 * lossOf(student, teacher, plain), 1e-14);
  EXPECT_NEAR(lossOf(student, teacher, plain), lossOf(student / 2, teacher / 2, {}), 1e-15);
}

// The trap of the normalisation: `batchmean` of [B, N, V] divides by B and not by the tokens.
TEST(KlLoss, ReducesOverTokensOrOverSequences) {
  const at::Tensor student = randomTensor({4, 5}, 2);
  const at::Tensor teacher = randomTensor({4, 5}, 3);
  const double sum = lossOf(student, teacher, {.reduction = "sum"});

  EXPECT_NEAR(lossOf(student, teacher, {}), sum / 4, 1e-15);
  EXPECT_NEAR(lossOf(student, teacher, {.reduction = "sequence_sum"}), sum / 2, 1e-15);
}

TEST(KlLoss, WeighsTokensByTheTeachersEntropy) {
  // Entropies relative to log 2: of an even coin 1; of (3/4, 1/4) 0.811278.
  const at::Tensor teacher = tensorOf({{0.0, 0.0}, {kLog3, 0.0}, {0.0, 0.0}, {kLog3, 0.0}});

  const at::Tensor weights = tokenWeights(teacher, twoSequences(), {.token_weight = "entropy"});
  const at::Tensor squared =
      tokenWeights(teacher, twoSequences(), {.token_weight = "entropy", .entropy_power = 2});

  EXPECT_LT(
      largestDifference(weights, tensorOf({1.0, 0.8112781244591328, 1.0, 0.8112781244591328})),
      1e-14);
  EXPECT_LT(largestDifference(squared, weights * weights), 1e-15);
}

TEST(KlLoss, WeighsTokensByTheTeachersErrorWithinTheirSequence) {
  // Labels 0, 1, 0 and 1: probabilities 3/4, 1/4, 1/2 in the first sequence; the second has one.
  const at::Tensor teacher = tensorOf({{kLog3, 0.0}, {kLog3, 0.0}, {0.0, 0.0}, {0.0, 5.0}});
  const auto power = [](double probability) {
    return std::pow(probability, -0.1);  // exp(-log(p) / 10)
  };
  const double sum = power(0.75) + power(0.25) + power(0.5);

  const at::Tensor weights = tokenWeights(teacher, twoSequences(), {.token_weight = "tsld"});

  EXPECT_LT(largestDifference(
                weights, tensorOf({power(0.75) / sum, power(0.25) / sum, power(0.5) / sum, 1.0})),
            1e-14);
}

TEST(KlLoss, HasTheGradientOfItsValue) {
  const at::Tensor teacher = randomTensor({4, 5}, 3);
  for (const char* divergence : {"forward", "reverse", "jensen_shannon", "cakld"}) {
    for (const char* weight : {"none", "entropy", "tsld"}) {
      const KlOptions options{.divergence = divergence, .temperature = 1.5, .token_weight = weight};
      const auto loss = [&](const at::Tensor& student) {
        const ModelTrace student_trace{.logits = student};
        const ModelTrace teacher_trace{.logits = teacher};
        const TokenBatch batch = twoSequences();
        return klDivergence({.student = student_trace, .teacher = teacher_trace, .batch = batch},
                            options);
      };

      EXPECT_LT(gradientError(loss, randomTensor({4, 5}, 2)), 1e-8) << divergence << ' ' << weight;
    }
  }
}

TEST(KlLoss, GivesTheTeacherNoGradient) {
  const at::Tensor student = randomTensor({4, 5}, 2);
  const at::Tensor gradient = gradientOf(
      [&](const at::Tensor& teacher) {
        return tokenDivergence(student.detach().requires_grad_(), teacher, {}) + 0 * teacher.sum();
      },
      randomTensor({4, 5}, 3));

  EXPECT_EQ(gradient.abs().max().item<double>(), 0);
}

TEST(KlLoss, IsALossOfTheRegistryWithItsOptions) {
  const ModelTrace student{.logits = randomTensor({4, 5}, 2)};
  const ModelTrace teacher{.logits = randomTensor({4, 5}, 3)};
  const TokenBatch batch = twoSequences();
  const LossInput input{.student = student, .teacher = teacher, .batch = batch};

  const auto terms = termsOf(klLoss(), input, {{"distill.kl.reduction", "sum"}});

  ASSERT_EQ(terms.size(), 1U);
  EXPECT_DOUBLE_EQ(terms[0].value.item<double>(),
                   klDivergence(input, {.reduction = "sum"}).item<double>());
}

}  // namespace
}  // namespace retort::train
