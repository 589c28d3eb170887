#include "trainers/schedules/schedule.h"

#include "trainers/train_error.h"

#include <gtest/gtest.h>

namespace retort::train {
namespace {

TEST(Schedule, RisesOverTheWarmUp) {
  const ScheduleSettings settings = {.learning_rate = 2.0, .schedule = "linear", .warmup = 0.1};

  EXPECT_DOUBLE_EQ(learningRate(settings, 0, 100), 0);
  EXPECT_DOUBLE_EQ(learningRate(settings, 5, 100), 1);
  EXPECT_DOUBLE_EQ(learningRate(settings, 10, 100), 2);
}

TEST(Schedule, FallsLinearlyToZero) {
  const ScheduleSettings settings = {.learning_rate = 2.0, .schedule = "linear", .warmup = 0.1};

  EXPECT_DOUBLE_EQ(learningRate(settings, 55, 100), 1);
  EXPECT_NEAR(learningRate(settings, 99, 100), 2.0 / 90, 1e-15);
  EXPECT_DOUBLE_EQ(learningRate(settings, 100, 100), 0);
  EXPECT_DOUBLE_EQ(learningRate(settings, 250, 100), 0);
}

TEST(Schedule, StaysWhenConstant) {
  const ScheduleSettings settings = {.learning_rate = 2.0, .schedule = "constant", .warmup = 0.5};

  EXPECT_DOUBLE_EQ(learningRate(settings, 25, 100), 1);
  EXPECT_DOUBLE_EQ(learningRate(settings, 50, 100), 2);
  EXPECT_DOUBLE_EQ(learningRate(settings, 1000, 100), 2);
}

TEST(Schedule, NeedsNoWarmUp) {
  EXPECT_DOUBLE_EQ(learningRate({.learning_rate = 2.0, .schedule = "constant", .warmup = 0}, 0, 10),
                   2);
  EXPECT_DOUBLE_EQ(learningRate({.learning_rate = 2.0, .schedule = "linear", .warmup = 0}, 0, 10),
                   2);
}

TEST(Schedule, StaysFiniteWhenAllIsWarmUp) {
  const ScheduleSettings settings = {.learning_rate = 2.0, .schedule = "linear", .warmup = 1};

  EXPECT_DOUBLE_EQ(learningRate(settings, 5, 10), 1);
  EXPECT_DOUBLE_EQ(learningRate(settings, 10, 10), 0);
}

TEST(Schedule, RefusesUnknownWords) {
  EXPECT_THROW(static_cast<void>(learningRate({.schedule = "cosine"}, 0, 10)), TrainError);
}

TEST(Schedule, DocumentsWhatItOffers) {
  const auto specs = scheduleSpecs();

  ASSERT_EQ(specs.size(), 2U);
  EXPECT_EQ(scheduleSettings().specs()[1].choices,
            (std::vector<std::string>{"linear", "constant"}));
  EXPECT_EQ(scheduleSettings().read({}), ScheduleSettings());
}

}  // namespace
}  // namespace retort::train
