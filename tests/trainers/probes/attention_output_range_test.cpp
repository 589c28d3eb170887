#include "trainers/probes/attention_output_range.h"

#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/tokenizers/wordpiece.h"
#include "trainers/train_error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

#include <limits>

namespace retort::train {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

WordPieceTokenizer tokenizer() {
  return WordPieceTokenizer({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ",", "."}, {});
}

TEST(OutputRange, IsTakenOverDimensionsAndTheTokensOfAGroup) {
  const at::Tensor output = tensorOf({{{1, -2}, {3, 0}, {9, -9}}, {{4, 5}, {-6, 0}, {9, -9}}});
  const at::Tensor groups =
      tensorOf({{{1, 0, 0}, {0, 1, 0}, {0, 0, 0}}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 0}}}, at::kBool);

  const OutputRange range = outputRange(output, groups);

  EXPECT_TRUE(at::equal(range.minimum, at::tensor({-2.0, -6.0, kInfinity}, at::kDouble)));
  EXPECT_TRUE(at::equal(range.maximum, at::tensor({5.0, 3.0, -kInfinity}, at::kDouble)));
}

TEST(OutputRange, RefusesGroupsOfAnotherShape) {
  EXPECT_THROW(static_cast<void>(outputRange(at::ones({1, 3, 2}),
                                             at::ones({1, 2, 4}, at::TensorOptions(at::kBool)))),
               c10::Error);
}

TEST(AttentionOutputRangeProbe, ReportsTheGroupsThatTheBatchHas) {
  const WordPieceTokenizer tokens = tokenizer();
  ModelTrace student;
  student.output = {tensorOf({{{1, -1}, {2, -3}, {50, 50}}})};
  ModelTrace teacher;
  teacher.output = {tensorOf({{{1, -1}, {7, -7}, {50, 50}}})};
  const TokenBatch batch{.input_ids = tensorOf({{2, 3, 0}}, at::kLong),
                         .attention_mask = tensorOf({{1, 1, 0}}, at::kLong)};
  std::vector<MetricPoint> points;

  attentionOutputRangeProbe().measure({.batch = batch,
                                       .student = &student,
                                       .teacher = &teacher,
                                       .training = {.tokenizer = &tokens}},
                                      points);

  // cls, sep and all, minima and maxima, of both models; the padding of 50 is nowhere.
  ASSERT_EQ(points.size(), 12U);
  EXPECT_EQ(points[0].series,
            (SeriesKey{.metric = "attention_output_min", .layer = 0, .component = "cls"}));
  EXPECT_EQ(points[0].value, -1);
  EXPECT_EQ(points[4].series.component, "sep");
  EXPECT_EQ(points[4].value, 2);
  EXPECT_EQ(points[11].series,
            (SeriesKey{.metric = "teacher.attention_output_max", .layer = 0, .component = "all"}));
  EXPECT_EQ(points[11].value, 7);
}

/// One row of the tiny encoder, by position.
class AttentionOutputRangeOfARow : public testing::Test {
 protected:
  std::vector<MetricPoint> measure(std::int64_t row) {
    const SettingValues settings = {{"probe.attention_output_range.row", row}};
    const auto rows = [this](std::span<const std::int64_t> wanted) {
      const auto pick = [&](const at::Tensor& t) {
        return t.narrow(0, wanted[0], 1);
      };
      return TokenBatch{.input_ids = pick(encoder_.batch.input_ids),
                        .attention_mask = pick(encoder_.batch.attention_mask),
                        .segment_ids = pick(encoder_.batch.segment_ids),
                        .lengths = pick(encoder_.batch.lengths)};
    };
    std::vector<MetricPoint> points;
    attentionOutputRangeProbe().measure(
        {.training = {.student = &student_, .rows = 4, .batch = rows}, .settings = &settings},
        points);
    return points;
  }

  TinyEncoder encoder_;
  BertModel student_ = encoder_.teacher();
};

TEST_F(AttentionOutputRangeOfARow, IsTheRangeOfEachTokenWithoutPadding) {
  const std::vector<MetricPoint> points = measure(2);

  const at::NoGradGuard no_grad;
  const at::Tensor output =
      student_.forward(encoder_.batch, {.trace = TracePart::kOutput}).output[1][2];
  // The row has three tokens: two layers of three minima and three maxima.
  ASSERT_EQ(points.size(), 12U);
  EXPECT_EQ(points[10].series,
            (SeriesKey{.metric = "attention_output_max", .layer = 1, .component = "001"}));
  EXPECT_NEAR(points[10].value, output[1].max().item<double>(), 1e-12);
  EXPECT_NEAR(points[6].value, output[0].min().item<double>(), 1e-12);
}

TEST_F(AttentionOutputRangeOfARow, MustBeOneOfTheTrainingRows) {
  EXPECT_THROW(static_cast<void>(measure(4)), TrainError);
}

}  // namespace

}  // namespace retort::train
