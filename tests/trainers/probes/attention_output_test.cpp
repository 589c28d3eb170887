#include "trainers/probes/attention_output.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(TokenMse, MeansOverTheElementsOfRealTokens) {
  const at::Tensor student = at::tensor({1.0, 2.0, 3.0, 4.0, 9.0, 9.0}).reshape({1, 3, 2});
  const at::Tensor teacher = at::tensor({0.0, 2.0, 3.0, 1.0, 0.0, 0.0}).reshape({1, 3, 2});

  const at::Tensor mse = tokenMse(student, teacher, at::tensor({1, 1, 0}).unsqueeze(0));

  EXPECT_EQ(mse.dim(), 0);
  EXPECT_DOUBLE_EQ(mse.item<double>(), (1.0 + 9.0) / 4);
}

TEST(TokenMse, IsZeroForEqualOutputs) {
  const at::Tensor x = at::rand({2, 3, 4});

  EXPECT_EQ(tokenMse(x, x, at::ones({2, 3})).item<double>(), 0);
}

TEST(TokenMse, RefusesDifferentShapes) {
  EXPECT_THROW(
      static_cast<void>(tokenMse(at::ones({1, 2, 3}), at::ones({1, 2, 4}), at::ones({1, 2}))),
      c10::Error);
}

TEST(AttentionOutputProbe, ReportsEachLayer) {
  ModelTrace student;
  student.output = {at::ones({1, 2, 2}), at::full({1, 2, 2}, 3.0)};
  ModelTrace teacher;
  teacher.output = {at::ones({1, 2, 2}), at::ones({1, 2, 2})};
  std::vector<MetricPoint> points;

  attentionOutputProbe().measure(
      {.batch = {.attention_mask = at::ones({1, 2})}, .student = &student, .teacher = &teacher},
      points);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].value, 0);
  EXPECT_EQ(points[1].series, (SeriesKey{.metric = "attention_output_mse", .layer = 1}));
  EXPECT_EQ(points[1].value, 4);
}

}  // namespace

}  // namespace retort::train
