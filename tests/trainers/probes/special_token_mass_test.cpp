#include "trainers/probes/special_token_mass.h"

#include "tests/trainers/probes/probe_golden.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(SpecialTokenMass, IsTheMeanOfTheFirstAndOfTheLastRealColumn) {
  // Two real tokens of three: [SEP] is the second one.
  const at::Tensor map = tensorOf({{{{0.25, 0.75, 0}, {0.5, 0.5, 0}, {0, 0, 1}}}});
  const at::Tensor mask = tensorOf({{1, 1, 0}}, at::kLong);

  const SpecialTokenMass mass = specialTokenMass(map, mask);

  EXPECT_EQ(mass.cls.item<double>(), 0.375);
  EXPECT_EQ(mass.sep.item<double>(), 0.625);
}

TEST(SpecialTokenMass, AgreesWithColumnsOfEachSentence) {
  const ProbeGolden golden;

  const SpecialTokenMass mass = specialTokenMass(golden.student[1], golden.batch.attention_mask);

  at::Tensor cls = at::zeros({3}, at::kDouble);
  at::Tensor sep = at::zeros({3}, at::kDouble);
  for (const std::int64_t b : {0, 1, 2}) {
    const auto n = golden.batch.lengths[b].item<std::int64_t>();
    const at::Tensor block = golden.student[1][b].narrow(1, 0, n);
    cls += block.select(2, 0).mean(1) / 3;
    sep += block.select(2, n - 1).mean(1) / 3;
  }
  EXPECT_LT(largestDifference(mass.cls, cls), 1e-12);
  EXPECT_LT(largestDifference(mass.sep, sep), 1e-12);
}

TEST(SpecialTokenMassProbe, NamesTheTokensAsComponents) {
  ModelTrace trace;
  trace.prob = {tensorOf({{{{1, 0}, {1, 0}}}})};
  std::vector<MetricPoint> points;

  specialTokenMassProbe().measure(
      {.batch = {.attention_mask = at::ones({1, 2})}, .student = &trace}, points);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].series,
            (SeriesKey{.metric = "special_token_mass", .layer = 0, .head = 0, .component = "cls"}));
  EXPECT_EQ(points[0].value, 1);
  EXPECT_EQ(points[1].series.component, "sep");
  EXPECT_EQ(points[1].value, 0);
}

}  // namespace

}  // namespace retort::train
