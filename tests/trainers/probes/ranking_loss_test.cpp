#include "trainers/probes/ranking_loss.h"

#include "tests/trainers/probes/probe_golden.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

at::Tensor mapOf(const Json& values) {
  return tensorOf(values).unsqueeze(0).unsqueeze(0);
}

TEST(RankingLoss, CountsEachSwappedPairOnceWithItsDistance) {
  const at::Tensor teacher = mapOf({{0.5, 0.3, 0.2}, {0.4, 0.4, 0.2}, {0.1, 0.2, 0.7}});
  const at::Tensor student = mapOf({{0.2, 0.3, 0.5}, {0.1, 0.2, 0.7}, {0.1, 0.2, 0.7}});

  const at::Tensor loss = rankingLoss(student, teacher, at::ones({1, 3}));

  // Row 0: 0.1 + 0.3 + 0.2. Row 1: a tie of the teacher, then 0.6 + 0.5. Row 2: the same order.
  EXPECT_EQ(loss.sizes(), at::IntArrayRef({1}));
  EXPECT_NEAR(loss[0].item<double>(), 0.6 + 1.1, 1e-12);
}

TEST(RankingLoss, AsPublishedLeavesPairsOutAndCountsOthersTwice) {
  // Only the pair (1, 2) is swapped: both are inner tokens of four.
  const at::Tensor teacher = mapOf(
      {{0.4, 0.3, 0.2, 0.1}, {0.4, 0.3, 0.2, 0.1}, {0.4, 0.3, 0.2, 0.1}, {0.4, 0.3, 0.2, 0.1}});
  const at::Tensor student = mapOf(
      {{0.4, 0.2, 0.3, 0.1}, {0.4, 0.3, 0.2, 0.1}, {0.4, 0.3, 0.2, 0.1}, {0.4, 0.3, 0.2, 0.1}});
  const at::Tensor mask = at::ones({1, 4});

  EXPECT_NEAR(rankingLoss(student, teacher, mask).item<double>(), 0.1, 1e-12);
  EXPECT_NEAR(
      rankingLoss(student, teacher, mask, RankingPairs::kPublished).item<double>(), 0.2, 1e-12);
}

TEST(RankingLoss, AgreesWithTheAuthorsNotebook) {
  const ProbeGolden golden;
  for (std::size_t layer = 0; layer < golden.student.size(); ++layer) {
    const at::Tensor loss = rankingLoss(golden.student[layer],
                                        golden.teacher[layer],
                                        golden.batch.attention_mask,
                                        RankingPairs::kPublished);

    EXPECT_LT(largestDifference(loss, golden.expected("ranking_published", layer)), 1e-9);
  }
}

TEST(RankingLoss, AgreesWithTheGoldenVectors) {
  const Json golden = testData("encoder_golden_vectors.json").at("metrics");

  const at::Tensor loss = rankingLoss(tensorOf(golden.at("student_probs")),
                                      tensorOf(golden.at("teacher_probs")),
                                      at::ones({1, 8}),
                                      RankingPairs::kPublished);

  EXPECT_LT(largestDifference(loss, tensorOf(golden.at("ranking"))), 1e-5);
}

TEST(RankingLoss, OfLongSentencesIsTheSumOfItsRows) {
  // 130 tokens and three heads: the rows come in several groups.
  const at::Tensor student = randomTensor({1, 3, 130, 130}, 1).softmax(-1);
  const at::Tensor teacher = randomTensor({1, 3, 130, 130}, 2).softmax(-1);
  at::Tensor expected = at::zeros({3}, at::kDouble);
  for (std::int64_t row = 0; row < 130; ++row) {
    const at::Tensor s = student.select(0, 0).select(1, row);
    const at::Tensor t = teacher.select(0, 0).select(1, row);
    const at::Tensor order = at::sign(t.unsqueeze(2) - t.unsqueeze(1));
    expected += at::relu(-(s.unsqueeze(2) - s.unsqueeze(1)) * order).sum({1, 2}) / 2;
  }

  const at::Tensor loss = rankingLoss(student, teacher, at::ones({1, 130}));

  EXPECT_LT(largestDifference(loss, expected), 1e-9);
}

TEST(RankingLoss, RefusesWhatDoesNotFit) {
  const at::Tensor map = at::ones({1, 1, 2, 2});
  EXPECT_THROW(static_cast<void>(rankingLoss(map, at::ones({1, 2, 2, 2}), at::ones({1, 2}))),
               c10::Error);
  EXPECT_THROW(static_cast<void>(rankingLoss(map, map, at::ones({1, 3}))), c10::Error);
}

TEST(RankingLossProbe, ReportsLayersAndHeadsAndThePublishedPairsWhenAsked) {
  const ProbeGolden golden;
  ModelTrace student;
  student.prob = golden.student;
  ModelTrace teacher;
  teacher.prob = golden.teacher;
  ProbeInput input{.batch = golden.batch, .student = &student, .teacher = &teacher};
  std::vector<MetricPoint> fixed;
  rankingLossProbe().measure(input, fixed);
  input.is_published = true;
  std::vector<MetricPoint> published;
  rankingLossProbe().measure(input, published);

  ASSERT_EQ(fixed.size(), 6U);
  EXPECT_EQ(fixed[5].series, (SeriesKey{.metric = "ranking_loss", .layer = 1, .head = 2}));
  EXPECT_NEAR(published[5].value, golden.expected("ranking_published", 1)[2].item<double>(), 1e-9);
  EXPECT_NE(fixed[5].value, published[5].value);
}

}  // namespace

}  // namespace retort::train
