#include "trainers/training/probe_schedule.h"

#include "tests/trainers/models/tiny_encoder.h"
#include "trainers/training/generator_state.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

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

std::set<std::int64_t> measuredSteps(ProbeSchedule& schedule, std::int64_t last) {
  std::set<std::int64_t> steps;
  for (std::int64_t step = 1; step <= last; ++step) {
    if (!schedule.measure(step, {}).empty()) {
      steps.insert(step);
    }
  }
  return steps;
}

TEST(ProbeSchedule, MeasuresTheFirstStepAndEveryMultiple) {
  ProbeSchedule schedule(only("learning_rate", 4), false);

  EXPECT_EQ(measuredSteps(schedule, 9), (std::set<std::int64_t>{1, 4, 8}));
}

TEST(ProbeSchedule, MeasuresNothingWithIntervalZero) {
  ProbeSchedule schedule(only("learning_rate", 0), false);

  EXPECT_TRUE(measuredSteps(schedule, 9).empty());
}

TEST(ProbeSchedule, AsksForTracesOnlyWhenTheyAreDue) {
  ProbeSchedule schedule(only("attention_map_kl", 5), true);

  EXPECT_EQ(schedule.needs(4), TraceSet());
  EXPECT_EQ(schedule.needs(5), TraceSet(TracePart::kProb));
}

TEST(ProbeSchedule, LeavesOutWhatNeedsATeacherWhenThereIsNone) {
  ProbeSchedule schedule(only("attention_map_kl", 1), false);

  EXPECT_EQ(schedule.needs(1), TraceSet());
  EXPECT_TRUE(schedule.measure(1, {}).empty());
}

/// Reports 1 where the student's logits are those of a pass without dropout, and draws numbers.
void measureLogits(const ProbeInput& input, std::vector<MetricPoint>& points) {
  static_cast<void>(at::rand({3}));
  const at::NoGradGuard no_grad;
  const ModelTrace still = input.training.student->forward(input.batch, {});
  points.push_back({.series = {.metric = input.is_published ? "published" : "fixed"},
                    .value = at::equal(input.student->logits, still.logits) ? 1.0 : 0.0});
}

ProbeDefinition logitsProbe(ProbePass pass) {
  return {.spec = {.kind = "probe", .name = "logits"},
          .default_every = 1,
          .needs = TracePart::kProb,
          .pass = pass,
          .published = PublishedVariant{.documentation = "dropout", .pass = ProbePass::kDropout},
          .measure = measureLogits};
}

/// Counts its own measurements in its memory.
void measureCount(const ProbeInput& input, std::vector<MetricPoint>& points) {
  at::Tensor& count = (*input.memory)["count"];
  count = count.defined() ? count + 1 : at::ones({});
  points.push_back({.series = {.metric = "count"}, .value = count.item<double>()});
}

const ProbeDefinition kCountProbe = {
    .spec = {.kind = "probe", .name = "count"}, .default_every = 1, .measure = measureCount};

/// A student with dropout, and a trace of it with dropout.
class ProbePassTest : public testing::Test {
 protected:
  std::vector<MetricPoint> measure(ProbePass pass, const SettingValues& settings = {}) {
    const ProbeDefinition probe = logitsProbe(pass);
    ProbeSchedule schedule(settings, true, {&probe});
    const ModelTrace trace = student_.forward(encoder_.batch, {.is_training = true});
    return schedule.measure(1,
                            {.batch = encoder_.batch,
                             .student = &trace,
                             .training = {.student = &student_, .teacher = &student_}});
  }

  TinyEncoder encoder_;
  BertModel student_ = encoder_.student(encoder_.config);
};

TEST_F(ProbePassTest, IsTheStepsOwnOrOneMoreWithoutDropout) {
  EXPECT_EQ(measure(ProbePass::kTraining).at(0).value, 0);
  EXPECT_EQ(measure(ProbePass::kEvaluation).at(0).value, 1);
}

TEST_F(ProbePassTest, IsThePublishedOneWhenDefectsAreAskedFor) {
  const MetricPoint point =
      measure(ProbePass::kEvaluation, {{"probe.logits.defects", "published"}}).at(0);

  EXPECT_EQ(point.series.metric, "published");
  EXPECT_EQ(point.value, 0);
}

TEST_F(ProbePassTest, LeavesTheRandomNumbersOfTheTrainingAlone) {
  seedGenerators(5, at::kCPU);
  static_cast<void>(student_.forward(encoder_.batch, {.is_training = true}));
  const at::Tensor expected = at::rand({4});
  seedGenerators(5, at::kCPU);

  static_cast<void>(measure(ProbePass::kEvaluation, {{"probe.logits.defects", "published"}}));

  EXPECT_TRUE(at::equal(at::rand({4}), expected));
}

TEST_F(ProbePassTest, AsksTheStepForNothingThatAnotherPassBrings) {
  const ProbeDefinition training = logitsProbe(ProbePass::kTraining);
  const ProbeDefinition evaluation = logitsProbe(ProbePass::kEvaluation);

  EXPECT_EQ(ProbeSchedule({}, true, {&training}).needs(1), TraceSet(TracePart::kProb));
  EXPECT_EQ(ProbeSchedule({}, true, {&evaluation}).needs(1), TraceSet());
}

TEST(ProbeMemory, LastsFromOneMeasurementToTheNextAndThroughACheckpoint) {
  ProbeSchedule schedule({}, false, {&kCountProbe});
  static_cast<void>(schedule.measure(1, {}));
  EXPECT_EQ(schedule.measure(2, {}).at(0).value, 2);

  ProbeSchedule resumed({}, false, {&kCountProbe});
  resumed.setMemory(schedule.memory());

  EXPECT_EQ(schedule.memory().count("count/count"), 1U);
  EXPECT_EQ(resumed.measure(3, {}).at(0).value, 3);
}

}  // namespace

}  // namespace retort::train
