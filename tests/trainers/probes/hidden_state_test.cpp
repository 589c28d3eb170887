#include "trainers/probes/hidden_state.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort::train {

namespace {

TEST(HiddenStateError, AgreesWithValuesByHand) {
  // Tokens (3, 4) against (4, 3), and (1, 0) against (0, 2); the third is padding.
  const at::Tensor student = at::tensor({3.0, 4.0, 1.0, 0.0, 7.0, 7.0}).reshape({1, 3, 2});
  const at::Tensor teacher = at::tensor({4.0, 3.0, 0.0, 2.0, 0.0, 0.0}).reshape({1, 3, 2});

  const HiddenStateError error =
      hiddenStateError(student, teacher, at::tensor({1, 1, 0}).unsqueeze(0));

  EXPECT_DOUBLE_EQ(error.mse, (1.0 + 1.0 + 1.0 + 4.0) / 4);
  EXPECT_DOUBLE_EQ(error.cosine, (24.0 / 25 + 0) / 2);
  EXPECT_DOUBLE_EQ(error.sqnr, 10 * std::log10(29.0 / 7.0));
}

TEST(HiddenStateError, OfEqualStatesHasInfiniteRatio) {
  const at::Tensor x = at::rand({2, 3, 4}, at::kDouble) + 0.1;

  const HiddenStateError error = hiddenStateError(x, x, at::ones({2, 3}));

  EXPECT_EQ(error.mse, 0);
  EXPECT_NEAR(error.cosine, 1, 1e-15);
  EXPECT_EQ(error.sqnr, std::numeric_limits<double>::infinity());
}

TEST(HiddenStateError, LosesSixDecibelsWithTwiceTheError) {
  const at::Tensor teacher = at::rand({1, 5, 8}, at::kDouble) + 0.5;
  const at::Tensor noise = at::rand({1, 5, 8}, at::kDouble);
  const at::Tensor mask = at::ones({1, 5});

  const double once = hiddenStateError(teacher + noise, teacher, mask).sqnr;
  const double twice = hiddenStateError(teacher + 2 * noise, teacher, mask).sqnr;

  EXPECT_NEAR(once - twice, 20 * std::log10(2.0), 1e-9);
}

TEST(HiddenStateError, RefusesDifferentShapes) {
  EXPECT_THROW(static_cast<void>(
                   hiddenStateError(at::ones({1, 2, 3}), at::ones({2, 2, 3}), at::ones({1, 2}))),
               c10::Error);
}

TEST(HiddenStateProbe, ReportsThreeMetricsOfEachState) {
  ModelTrace trace;
  trace.hidden = {at::ones({1, 2, 2}), at::ones({1, 2, 2})};
  std::vector<MetricPoint> points;

  hiddenStateProbe().measure(
      {.batch = {.attention_mask = at::ones({1, 2})}, .student = &trace, .teacher = &trace},
      points);

  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points[0].series, (SeriesKey{.metric = "hidden_mse", .layer = 0}));
  EXPECT_EQ(points[4].series, (SeriesKey{.metric = "hidden_cosine", .layer = 1}));
  EXPECT_NEAR(points[4].value, 1, 1e-15);
}

}  // namespace

}  // namespace retort::train
