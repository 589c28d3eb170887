#include "trainers/probes/attention_entropy.h"

#include "tests/trainers/probes/probe_golden.h"

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

TEST(AttentionEntropy, IsTheLogarithmOfTheLengthWhenAllKeysAreAlike) {
  const at::Tensor map = at::full({2, 3, 4, 4}, 0.25);

  const at::Tensor entropy = attentionEntropy(map, at::ones({2, 4}));

  EXPECT_LT(largestDifference(entropy, at::full({3}, std::log(4.0), at::kDouble)), 1e-15);
}

TEST(AttentionEntropy, IsZeroWhenEachQueryLooksAtOneKey) {
  const at::Tensor map = at::eye(3).expand({1, 2, 3, 3});

  EXPECT_LT(largestDifference(attentionEntropy(map, at::ones({1, 3})), at::zeros({2}, at::kDouble)),
            1e-15);
}

TEST(AttentionEntropy, MeansOverQueriesThenOverSentences) {
  // One token: entropy 0. Two tokens: ln 2 and 0, mean ln 2 / 2. The padded row counts nothing.
  const at::Tensor map = tensorOf({{{{1, 0}, {0.5, 0.5}}}, {{{0.5, 0.5}, {0, 1}}}});
  const at::Tensor mask = tensorOf({{1, 0}, {1, 1}}, at::kLong);

  EXPECT_NEAR(attentionEntropy(map, mask).item<double>(), std::log(2.0) / 4, 1e-15);
}

TEST(AttentionEntropy, RefusesWhatDoesNotFit) {
  EXPECT_THROW(static_cast<void>(attentionEntropy(at::ones({1, 1, 2, 2}), at::ones({1, 3}))),
               c10::Error);
  EXPECT_THROW(static_cast<void>(attentionEntropy(at::ones({1, 2, 2}), at::ones({1, 2}))),
               c10::Error);
}

TEST(AttentionEntropyProbe, ReportsTheStudentAndTheTeacherIfThereIsOne) {
  ModelTrace student;
  student.prob = {at::full({1, 2, 2, 2}, 0.5)};
  ModelTrace teacher;
  teacher.prob = {at::eye(2).expand({1, 2, 2, 2})};
  ProbeInput input{.batch = {.attention_mask = at::ones({1, 2})}, .student = &student};
  std::vector<MetricPoint> alone;
  attentionEntropyProbe().measure(input, alone);
  input.teacher = &teacher;
  std::vector<MetricPoint> both;
  attentionEntropyProbe().measure(input, both);

  EXPECT_EQ(alone.size(), 2U);
  ASSERT_EQ(both.size(), 4U);
  EXPECT_EQ(both[1].series, (SeriesKey{.metric = "attention_entropy", .layer = 0, .head = 1}));
  EXPECT_NEAR(both[1].value, std::log(2.0), 1e-15);
  EXPECT_EQ(both[3].series,
            (SeriesKey{.metric = "teacher.attention_entropy", .layer = 0, .head = 1}));
  EXPECT_EQ(both[3].value, 0);
}

}  // namespace

}  // namespace retort::train
