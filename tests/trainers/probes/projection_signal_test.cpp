#include "trainers/probes/projection_signal.h"

#include "tests/trainers/tensor_testing.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace retort::train {
namespace {

const at::Tensor kMask = at::tensor({1L, 1L, 0L}).reshape({1, 3});

TEST(Kurtosis, IsOneOfTwoPointsAndIgnoresPadding) {
  const at::Tensor y = tensorOf({{{3, 5}, {5, 3}, {1000, 0}}});

  EXPECT_NEAR(kurtosis(y, kMask), 1, 1e-14);
}

TEST(Kurtosis, IsThatOfAKnownDistribution) {
  // 0 with probability 3/4, else 4: mean 1, variance 3, fourth moment (3 + 81) / 4 = 21.
  const at::Tensor y = tensorOf({{{0, 0}, {0, 4}, {9, 9}}});

  EXPECT_NEAR(kurtosis(y, kMask), 21.0 / 9, 1e-14);
}

TEST(ProjectionSignal, ComparesEachProjectionWithTheTeachers) {
  ModelTrace teacher;
  ModelTrace student;
  teacher.projection = {{{"q", tensorOf({{{1, 3}, {3, 1}, {7, 7}}})}},
                        {{"o", tensorOf({{{2, 0}, {0, 2}, {0, 0}}})}}};
  student.projection = {{{"q", tensorOf({{{2, 4}, {4, 2}, {0, 0}}})}},
                        {{"o", tensorOf({{{4, 0}, {0, 4}, {5, 5}}})}}};
  std::vector<MetricPoint> points;

  projectionSignalProbe().measure(
      {.batch = {.attention_mask = kMask}, .student = &student, .teacher = &teacher}, points);

  std::map<std::string, double> values;
  for (const MetricPoint& point : points) {
    values[point.series.metric + " " + std::to_string(*point.series.layer) +
           point.series.projection] = point.value;
  }
  EXPECT_EQ(values.size(), 12U);
  EXPECT_NEAR(values.at("projection_mean 0q"), 3, 1e-14);
  EXPECT_NEAR(values.at("projection_variance 0q"), 1, 1e-14);
  EXPECT_NEAR(values.at("projection_variance_ratio 0q"), 1, 1e-14);
  EXPECT_NEAR(values.at("projection_variance_ratio 1o"), 4, 1e-14);
  EXPECT_NEAR(values.at("projection_sqnr 0q"), 10 * std::log10(20.0 / 4), 1e-12);
  EXPECT_NEAR(values.at("projection_sqnr 1o"), 0, 1e-12);
  EXPECT_NEAR(values.at("projection_cosine 1o"), 1, 1e-14);
}

TEST(ProjectionSignal, WithoutATeacherHasMomentsOnly) {
  ModelTrace student;
  student.projection = {{{"q", tensorOf({{{2, 4}, {4, 2}, {0, 0}}})}}};
  std::vector<MetricPoint> points;

  projectionSignalProbe().measure({.batch = {.attention_mask = kMask}, .student = &student},
                                  points);

  EXPECT_EQ(points.size(), 3U);
}

}  // namespace
}  // namespace retort::train
