#include "trainers/probes/attention_distance.h"

#include "tests/trainers/probes/probe_golden.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(AttentionDistance, AgreesWithValuesByHand) {
  // Queries look 1, 0 and 0.5 * 2 + 0.5 * 1 tokens away.
  const at::Tensor map = tensorOf({{{{0, 1, 0}, {0, 1, 0}, {0.5, 0.5, 0}}}});

  const AttentionDistance distance = attentionDistance(map, at::ones({1, 3}));

  EXPECT_NEAR(distance.tokens.item<double>(), 2.5 / 3, 1e-15);
  EXPECT_NEAR(distance.relative.item<double>(), 2.5 / 9, 1e-15);
}

TEST(AttentionDistance, LeavesPaddingOutAndGivesSentencesTheSameWeight) {
  const at::Tensor map = tensorOf({{{{1, 0}, {1, 0}}}, {{{0, 1}, {1, 0}}}});
  const at::Tensor mask = tensorOf({{1, 0}, {1, 1}}, at::kLong);

  const AttentionDistance distance = attentionDistance(map, mask);

  EXPECT_EQ(distance.tokens.item<double>(), 0.5);
  EXPECT_EQ(distance.relative.item<double>(), 0.25);
}

TEST(AttentionDistance, AgreesWithTheAuthorsCode) {
  const ProbeGolden golden;
  for (std::size_t layer = 0; layer < golden.student.size(); ++layer) {
    const AttentionDistance distance =
        attentionDistance(golden.student[layer], golden.batch.attention_mask);

    EXPECT_LT(largestDifference(distance.relative, golden.expected("distance_relative", layer)),
              1e-12);
  }
}

TEST(AttentionDistanceProbe, ReportsTokensAndSharesOfBothModels) {
  ModelTrace trace;
  trace.prob = {tensorOf({{{{0, 1}, {1, 0}}}})};
  std::vector<MetricPoint> points;

  attentionDistanceProbe().measure(
      {.batch = {.attention_mask = at::ones({1, 2})}, .student = &trace, .teacher = &trace},
      points);

  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[0].series, (SeriesKey{.metric = "attention_distance", .layer = 0, .head = 0}));
  EXPECT_EQ(points[0].value, 1);
  EXPECT_EQ(points[1].series.metric, "teacher.attention_distance");
  EXPECT_EQ(points[2].series.metric, "attention_distance_relative");
  EXPECT_EQ(points[2].value, 0.5);
}

}  // namespace

}  // namespace retort::train
