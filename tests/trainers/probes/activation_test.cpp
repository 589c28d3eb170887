#include "trainers/probes/activation.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(ActivationMoments, AgreeWithValuesByHand) {
  const at::Tensor x = at::tensor({1.0, 3.0, 5.0, 7.0, 100.0, 100.0}).reshape({1, 3, 2});

  const ActivationMoments moments = activationMoments(x, at::tensor({1, 1, 0}).unsqueeze(0));

  EXPECT_DOUBLE_EQ(moments.mean, 4);
  EXPECT_DOUBLE_EQ(moments.variance, (9.0 + 1.0 + 1.0 + 9.0) / 4);
}

TEST(ActivationMoments, OfAConstantHaveNoVariance) {
  const ActivationMoments moments = activationMoments(at::full({2, 3, 4}, 2.5), at::ones({2, 3}));

  EXPECT_EQ(moments.mean, 2.5);
  EXPECT_EQ(moments.variance, 0);
}

TEST(ActivationMoments, RefuseAMaskOfAnotherShape) {
  EXPECT_THROW(static_cast<void>(activationMoments(at::ones({1, 2, 3}), at::ones({1, 3}))),
               c10::Error);
}

TEST(ActivationProbe, GivesTheRatioOnlyWithATeacher) {
  ModelTrace student;
  student.hidden = {at::tensor({0.0, 4.0}).reshape({1, 1, 2})};
  ModelTrace teacher;
  teacher.hidden = {at::tensor({0.0, 2.0}).reshape({1, 1, 2})};
  std::vector<MetricPoint> alone;
  std::vector<MetricPoint> compared;

  activationProbe().measure({.batch = {.attention_mask = at::ones({1, 1})}, .student = &student},
                            alone);
  activationProbe().measure(
      {.batch = {.attention_mask = at::ones({1, 1})}, .student = &student, .teacher = &teacher},
      compared);

  EXPECT_EQ(alone.size(), 2U);
  ASSERT_EQ(compared.size(), 3U);
  EXPECT_EQ(compared[1].value, 4);
  EXPECT_EQ(compared[2].series.metric, "activation_variance_ratio");
  EXPECT_EQ(compared[2].value, 4);
}

}  // namespace

}  // namespace retort::train
