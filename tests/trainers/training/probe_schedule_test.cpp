#include "trainers/training/probe_schedule.h"

#include <gtest/gtest.h>

#include <set>

namespace retort::train {

namespace {

/// Everything off but what is asked for.
SettingValues only(const std::string& probe, std::int64_t every) {
  SettingValues settings;
  for (const char* name : {"activation",
                           "attention_map_kl",
                           "attention_output",
                           "gradient_norm",
                           "hidden_state",
                           "learning_rate",
                           "losses",
                           "memory",
                           "throughput"}) {
    settings["probe." + std::string(name) + ".every"] = 0;
  }
  settings["probe." + probe + ".every"] = every;
  return settings;
}

std::set<std::int64_t> measuredSteps(const ProbeSchedule& schedule, std::int64_t last) {
  std::set<std::int64_t> steps;
  for (std::int64_t step = 1; step <= last; ++step) {
    if (!schedule.measure(step, {}).empty()) {
      steps.insert(step);
    }
  }
  return steps;
}

TEST(ProbeSchedule, MeasuresTheFirstStepAndEveryMultiple) {
  const ProbeSchedule schedule(only("learning_rate", 4), false);

  EXPECT_EQ(measuredSteps(schedule, 9), (std::set<std::int64_t>{1, 4, 8}));
}

TEST(ProbeSchedule, MeasuresNothingWithIntervalZero) {
  const ProbeSchedule schedule(only("learning_rate", 0), false);

  EXPECT_TRUE(measuredSteps(schedule, 9).empty());
}

TEST(ProbeSchedule, AsksForTracesOnlyWhenTheyAreDue) {
  const ProbeSchedule schedule(only("attention_map_kl", 5), true);

  EXPECT_EQ(schedule.needs(4), TraceSet());
  EXPECT_EQ(schedule.needs(5), TraceSet(TracePart::kProb));
}

TEST(ProbeSchedule, LeavesOutWhatNeedsATeacherWhenThereIsNone) {
  const ProbeSchedule schedule(only("attention_map_kl", 1), false);

  EXPECT_EQ(schedule.needs(1), TraceSet());
  EXPECT_TRUE(schedule.measure(1, {}).empty());
}

}  // namespace

}  // namespace retort::train
