#include "trainers/probes/attention_map_kl.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>

namespace retort::train {

namespace {

at::Tensor map(const std::vector<double>& values, at::IntArrayRef shape) {
  return at::tensor(values, at::kDouble).reshape(shape);
}

TEST(AttentionMapKl, IsZeroForEqualMaps) {
  const at::Tensor p = map({0.5, 0.5, 0.25, 0.75}, {1, 1, 2, 2});

  const at::Tensor kl = attentionMapKl(p, p, at::ones({1, 2}, at::kLong));

  EXPECT_EQ(kl.sizes(), at::IntArrayRef({1}));
  EXPECT_EQ(kl[0].item<double>(), 0);
}

TEST(AttentionMapKl, MeansOverRowsOfTheMap) {
  const at::Tensor teacher = map({0.5, 0.5, 1.0, 0.0}, {1, 1, 2, 2});
  const at::Tensor student = map({0.25, 0.75, 0.5, 0.5}, {1, 1, 2, 2});

  const double kl = attentionMapKl(student, teacher, at::ones({1, 2}, at::kLong))[0].item<double>();

  const double first = 0.5 * std::log(2.0) + 0.5 * std::log(0.5 / 0.75);
  // The probability 0 enters as 1e-8, with weight and logarithm.
  const double second = std::log(2.0) + 1e-8 * (std::log(1e-8) - std::log(0.5));
  EXPECT_NEAR(kl, (first + second) / 2, 1e-15);
}

TEST(AttentionMapKl, LeavesPaddingOut) {
  const at::Tensor teacher = map({0.5, 0.5, 0, 0.25, 0.75, 0, 0.1, 0.1, 0.8}, {1, 1, 3, 3});
  const at::Tensor student = map({0.5, 0.5, 0, 0.25, 0.75, 0, 0.8, 0.1, 0.1}, {1, 1, 3, 3});

  const at::Tensor kl = attentionMapKl(student, teacher, at::tensor({1, 1, 0}).unsqueeze(0));

  EXPECT_EQ(kl[0].item<double>(), 0);
}

TEST(AttentionMapKl, DividesEachSentenceByItsOwnLength) {
  // One real token whose map is 1 -> 0.5; two real tokens with equal maps.
  const at::Tensor teacher = map({1, 0, 0, 1, 0.5, 0.5, 0.5, 0.5}, {2, 1, 2, 2});
  const at::Tensor student = map({0.5, 0.5, 0, 1, 0.5, 0.5, 0.5, 0.5}, {2, 1, 2, 2});
  const at::Tensor mask = at::tensor({1, 0, 1, 1}).reshape({2, 2});

  const double kl = attentionMapKl(student, teacher, mask)[0].item<double>();

  EXPECT_NEAR(kl, std::log(2.0) / 2, 1e-15);
}

TEST(AttentionMapKl, KeepsHeadsApart) {
  const at::Tensor teacher = map({1, 1}, {1, 2, 1, 1});
  const at::Tensor student = map({1, 0.5}, {1, 2, 1, 1});

  const at::Tensor kl = attentionMapKl(student, teacher, at::ones({1, 1}));

  EXPECT_EQ(kl[0].item<double>(), 0);
  EXPECT_NEAR(kl[1].item<double>(), std::log(2.0), 1e-15);
}

TEST(AttentionMapKl, RefusesMapsOfDifferentShape) {
  EXPECT_THROW(static_cast<void>(attentionMapKl(
                   at::ones({1, 1, 2, 2}), at::ones({1, 2, 2, 2}), at::ones({1, 2}))),
               c10::Error);
  EXPECT_THROW(static_cast<void>(attentionMapKl(
                   at::ones({1, 1, 2, 2}), at::ones({1, 1, 2, 2}), at::ones({1, 3}))),
               c10::Error);
}

TEST(AttentionMapKl, ReportsEachLayerAndHead) {
  ModelTrace trace;
  trace.prob = {at::full({1, 2, 2, 2}, 0.5), at::full({1, 2, 2, 2}, 0.5)};
  const ProbeInput input{
      .batch = {.attention_mask = at::ones({1, 2})}, .student = &trace, .teacher = &trace};
  std::vector<MetricPoint> points;

  attentionMapKlProbe().measure(input, points);

  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[3].series, (SeriesKey{.metric = "attention_map_kl", .layer = 1, .head = 1}));
}

}  // namespace

}  // namespace retort::train
