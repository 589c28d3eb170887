#include "trainers/losses/coefficient_schedule.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(CoefficientSchedule, IsConstantUnlessToldOtherwise) {
  EXPECT_EQ(coefficientAt({.coefficient = 0.3, .from = 5, .to = 7}, 4, 10), 0.3);
}

TEST(CoefficientSchedule, RisesToTheCoefficientOverTheRun) {
  const CoefficientSchedule schedule = {.coefficient = 2, .kind = "linear"};

  EXPECT_EQ(coefficientAt(schedule, 0, 10), 0);
  EXPECT_EQ(coefficientAt(schedule, 5, 10), 1);
  EXPECT_EQ(coefficientAt(schedule, 10, 10), 2);
}

TEST(CoefficientSchedule, GoesFromOneFactorToAnotherWithinItsLength) {
  const CoefficientSchedule schedule = {
      .coefficient = 10, .kind = "linear", .from = 1, .to = 0.5, .start = 20, .length = 4};

  EXPECT_EQ(coefficientAt(schedule, 0, 100), 10);
  EXPECT_EQ(coefficientAt(schedule, 20, 100), 10);
  EXPECT_EQ(coefficientAt(schedule, 21, 100), 8.75);
  EXPECT_EQ(coefficientAt(schedule, 24, 100), 5);
  EXPECT_EQ(coefficientAt(schedule, 99, 100), 5);
}

TEST(CoefficientSchedule, StartsAfterTheEndOfTheRunNever) {
  EXPECT_EQ(coefficientAt({.kind = "linear", .start = 50}, 10, 10), 0);
}

TEST(CoefficientSchedule, SwitchesAtAStep) {
  const CoefficientSchedule schedule = {
      .coefficient = 3, .kind = "switch", .from = 1, .to = 0, .start = 7};

  EXPECT_EQ(coefficientAt(schedule, 6, 10), 3);
  EXPECT_EQ(coefficientAt(schedule, 7, 10), 0);
}

}  // namespace
}  // namespace retort::train
