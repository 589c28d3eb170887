#include "trainers/analysis/running_band.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {
namespace {

using testing::ElementsAre;

RunningBand bandOf(std::int64_t window, double factor, const std::vector<double>& values) {
  RunningBand band(window, factor);
  for (const double value : values) {
    band.add(value);
  }
  return band;
}

TEST(RunningBand, TheMedianIsOfTheLastValues) {
  EXPECT_EQ(bandOf(3, 2, {100, 1, 5, 2}).median(), 2);
  EXPECT_EQ(bandOf(4, 2, {9, 1, 5, 2}).median(), 3.5);
  EXPECT_EQ(bandOf(4, 2, {7}).median(), 7);
  EXPECT_EQ(bandOf(4, 2, {}).median(), 0);
  EXPECT_EQ(bandOf(3, 2, {100, 1, 5, 2}).maximum(), 5);
}

TEST(RunningBand, IsLeftUpwardsAndDownwards) {
  const RunningBand band = bandOf(3, 4, {1, 2, 3});

  EXPECT_FALSE(band.isOutside(8));
  EXPECT_TRUE(band.isOutside(8.1));
  EXPECT_FALSE(band.isOutside(0.5));
  EXPECT_TRUE(band.isOutside(0.49));
  EXPECT_EQ(band.ratio(8), 4);
}

TEST(RunningBand, NothingIsOutsideBeforeTheWindowIsFull) {
  EXPECT_FALSE(bandOf(3, 4, {1, 1}).isOutside(1000));
  EXPECT_TRUE(bandOf(3, 4, {1, 1, 1}).isOutside(1000));
}

TEST(RunningBand, ZerosHaveNoBand) {
  const RunningBand band = bandOf(2, 4, {0, 0});
  EXPECT_FALSE(band.isOutside(5));
  EXPECT_EQ(band.ratio(5), 1);
}

TEST(RunningBand, GoesOnFromItsValues) {
  RunningBand band(3, 4);
  band.setValues({9, 1, 2, 3});

  EXPECT_THAT(band.values(), ElementsAre(1, 2, 3));
  band.add(4);
  EXPECT_THAT(band.values(), ElementsAre(2, 3, 4));
}

}  // namespace
}  // namespace retort::train
