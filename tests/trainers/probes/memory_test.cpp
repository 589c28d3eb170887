#include "trainers/probes/memory.h"

#include <gtest/gtest.h>

namespace retort::train {

namespace {

TEST(ResidentBytes, ReadsTheLineOfTheKernel) {
  EXPECT_EQ(residentBytes("Name:\tretort-train\nVmPeak:\t  900 kB\nVmRSS:\t  1234 kB\n"),
            1234.0 * 1024);
}

TEST(ResidentBytes, AreZeroWhenTheKernelDoesNotSay) {
  EXPECT_EQ(residentBytes(""), 0);
  EXPECT_EQ(residentBytes("VmRSS: many kB"), 0);
}

TEST(MemoryProbe, ReportsThisProcess) {
  std::vector<MetricPoint> points;

  memoryProbe().measure({}, points);

  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].series, (SeriesKey{.metric = "memory", .component = "process"}));
  EXPECT_GT(points[0].value, 1e6);
}

}  // namespace

}  // namespace retort::train
