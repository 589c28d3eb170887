#include "trainers/probes/clipped_share.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(ClippedShareProbe, ReportsPointsByLayerAndThePoolerWithoutOne) {
  ModelTrace trace;
  trace.clipped = {{ActivationPoint::kQuery, 1, at::scalar_tensor(0.25)},
                   {ActivationPoint::kPoolerInput, 0, at::scalar_tensor(0.5)}};
  std::vector<MetricPoint> points;

  clippedShareProbe().measure({.student = &trace}, points);

  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].series,
            (SeriesKey{.metric = "clipped_share", .layer = 1, .component = "query"}));
  EXPECT_EQ(points[0].value, 0.25);
  EXPECT_EQ(points[1].series, (SeriesKey{.metric = "clipped_share", .component = "pooler_input"}));
  EXPECT_EQ(points[1].value, 0.5);
}

TEST(ClippedShareProbe, IsOffUnlessAskedFor) {
  EXPECT_EQ(clippedShareProbe().default_every, 0);
  EXPECT_EQ(clippedShareProbe().needs, TraceSet(TracePart::kClipped));
}

}  // namespace
}  // namespace retort::train
