#include "trainers/evaluation/metrics.h"

#include "tests/trainers/io/expect_train_error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::train {

namespace {

using ::testing::HasSubstr;

const std::vector<std::int64_t> kLabels = {1, 1, 0, 1, 0, 0, 1, 0, 1, 1};
const std::vector<std::int64_t> kPredictions = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1};
const std::vector<double> kScores = {2.5, 0.0, 2.1, 1.6, 5.0, 3.3, 3.3, 4.0};
const std::vector<double> kTrueScores = {2.0, 0.5, 2.0, 1.0, 4.8, 3.0, 4.1, 3.0};
// numpy.round(RandomState(7).randn(50), 1), and half of it plus the next fifty.
const std::vector<double> kNoisy = {1.7,  -0.5, 0.0,  0.4,  -0.8, 0.0,  -0.0, -1.8, 1.0, 0.6,
                                    -0.6, -0.2, 0.5,  -0.3, -0.2, -1.5, 0.6,  0.1,  0.3, -1.5,
                                    1.7,  0.2,  -0.4, 2.0,  -0.0, -1.5, -0.4, -2.3, 1.0, -0.4,
                                    -0.7, 1.1,  -1.7, 0.5,  -2.1, -0.7, -1.2, 1.5,  1.8, -0.3,
                                    0.8,  -0.2, 0.6,  -0.8, -1.7, -1.8, 0.4,  2.2,  0.3, -0.5};
const std::vector<double> kNoisier = {2.8,  -0.0, 0.1,  0.5,  -0.5, -0.3, -1.4, -0.4, 0.4,  1.5,
                                      -0.7, -2.0, 0.2,  1.5,  -0.5, -1.6, -0.9, -1.0, -0.2, -1.9,
                                      2.3,  -0.2, -0.1, 2.4,  1.5,  -1.0, 0.1,  -0.4, 0.3,  -2.0,
                                      0.3,  1.4,  -0.4, -0.7, -1.2, -0.9, -0.9, 2.0,  2.4,  0.5,
                                      0.9,  0.6,  0.3,  -0.5, -1.5, -1.0, 2.5,  2.0,  -0.2, -0.7};

std::vector<double> asDoubles(const std::vector<std::int64_t>& values) {
  return {values.begin(), values.end()};
}

using Classes = std::vector<std::int64_t>;
using Scores = std::vector<double>;

}  // namespace

// Expected values in this file: scikit-learn 1.7 and scipy 1.16.
TEST(Metrics, AgreeWithScikitLearn) {
  EXPECT_DOUBLE_EQ(accuracy(kPredictions, kLabels), 0.7);
  EXPECT_NEAR(matthewsCorrelation(kPredictions, kLabels), 0.408248290463863, 1e-15);
  EXPECT_NEAR(f1Score(kPredictions, kLabels), 0.7272727272727273, 1e-15);
}

TEST(Metrics, AgreeWithScipy) {
  EXPECT_NEAR(pearsonCorrelation(kScores, kTrueScores), 0.9254474808699501, 1e-14);
  EXPECT_NEAR(spearmanCorrelation(kScores, kTrueScores), 0.9394111922831737, 1e-14);
  EXPECT_NEAR(pearsonCorrelation(kNoisy, kNoisier), 0.7238833828679919, 1e-14);
  EXPECT_NEAR(spearmanCorrelation(kNoisy, kNoisier), 0.6876803925341545, 1e-14);
  // A large offset costs no precision.
  EXPECT_NEAR(pearsonCorrelation(Scores{1e8 + 1, 1e8 + 2, 1e8 + 4}, Scores{1, 2, 3}),
              0.9819805060619655,
              1e-14);
}

TEST(Metrics, ReachTheirBounds) {
  EXPECT_EQ(matthewsCorrelation(kLabels, kLabels), 1);
  EXPECT_EQ(f1Score(kLabels, kLabels), 1);
  EXPECT_EQ(accuracy(kLabels, kLabels), 1);
  EXPECT_EQ(matthewsCorrelation(Classes{0, 1}, Classes{1, 0}), -1);
  EXPECT_DOUBLE_EQ(spearmanCorrelation(Scores{1, 2, 3}, Scores{9, 5, 1}), -1);
  EXPECT_DOUBLE_EQ(spearmanCorrelation(Scores{1, 2, 3}, Scores{1, 10, 100}), 1);
}

TEST(Metrics, MatthewsOfLargeCountsDoesNotOverflow) {
  Classes labels(400'000, 0);
  std::fill(labels.begin(), labels.begin() + 200'000, 1);

  EXPECT_DOUBLE_EQ(matthewsCorrelation(labels, labels), 1);
}

TEST(Metrics, AreUndefinedWhereTheDataDefineNone) {
  EXPECT_TRUE(std::isnan(accuracy({}, {})));
  EXPECT_TRUE(std::isnan(matthewsCorrelation(Classes{0, 1}, Classes{1, 1})));
  EXPECT_TRUE(std::isnan(matthewsCorrelation(Classes{0, 1}, Classes{0, 0})));
  EXPECT_TRUE(std::isnan(f1Score(Classes{0, 0}, Classes{0, 0})));
  EXPECT_TRUE(std::isnan(pearsonCorrelation(Scores{1, 2}, Scores{3, 3})));
  EXPECT_TRUE(std::isnan(pearsonCorrelation(Scores{1, 1}, Scores{3, 4})));
  EXPECT_TRUE(std::isnan(pearsonCorrelation(Scores{1}, Scores{3})));
  EXPECT_TRUE(std::isnan(spearmanCorrelation(Scores{NAN, 1, 2}, Scores{1, 2, 3})));
  EXPECT_TRUE(std::isnan(pearsonCorrelation(Scores{INFINITY, 1, 2}, Scores{1, 2, 3})));
}

TEST(Metrics, ConstantPredictionsHaveNoSkill) {
  EXPECT_EQ(matthewsCorrelation(Classes{1, 1, 1, 1}, Classes{1, 0, 1, 0}), 0);
  EXPECT_EQ(f1Score(Classes{0, 0, 0, 0}, Classes{1, 0, 1, 0}), 0);
}

TEST(Metrics, AreChosenByName) {
  const auto values = evaluateMetrics({"eval.accuracy", "eval.f1", "eval.accuracy_f1"},
                                      asDoubles(kPredictions),
                                      asDoubles(kLabels));

  EXPECT_EQ(values.size(), 3U);
  EXPECT_NEAR(values.at("eval.accuracy_f1"), (0.7 + 0.7272727272727273) / 2, 1e-15);
  EXPECT_NEAR(
      evaluateMetrics({"eval.pearson_spearman"}, kScores, kTrueScores).at("eval.pearson_spearman"),
      (0.9254474808699501 + 0.9394111922831737) / 2,
      1e-14);
}

TEST(Metrics, RefuseUnknownNamesAndUnequalSizes) {
  EXPECT_THAT(testing::errorOf(
                  ExitCode::kBadSpec,
                  [] { static_cast<void>(evaluateMetrics({"eval.bleu"}, Scores{1}, Scores{1})); }),
              HasSubstr("eval.bleu"));
  EXPECT_THAT(testing::errorOf(ExitCode::kBadSpec,
                               [] {
                                 static_cast<void>(accuracy(Classes{1}, Classes{1, 2}));
                               }),
              HasSubstr("1 predictions cannot be compared with 2 labels"));
}

TEST(Metrics, AreAllDeclaredAndComputable) {
  for (const MetricSpec& spec : evaluationMetrics()) {
    const auto values = evaluateMetrics({spec.name}, asDoubles(kPredictions), asDoubles(kLabels));

    EXPECT_TRUE(std::isfinite(values.at(spec.name))) << spec.name;
    EXPECT_EQ(spec.better, "max");
    EXPECT_TRUE(spec.name.starts_with("eval."));
    EXPECT_FALSE(spec.documentation.empty());
  }
  EXPECT_EQ(evaluationMetrics().size(), 7U);
}

}  // namespace retort::train
