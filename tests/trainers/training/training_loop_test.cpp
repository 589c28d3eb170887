#include "trainers/training/training_loop.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "tests/trainers/training/line_phase.h"
#include "tests/trainers/training/temporary_folder.h"
#include "trainers/training/generator_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::train {

namespace {

SettingValues lineSettings() {
  return {{"train.steps", 20},
          {"train.batch", 2},
          {"train.eval_every", 5},
          {"train.learning_rate", 0.2},
          {"train.warmup", 0.0},
          {"checkpoint.every", 0},
          {"probe.memory.every", 0},
          {"probe.throughput.every", 0},
          {"probe.activation.every", 0},
          {"probe.gradient_norm.every", 3},
          {"probe.learning_rate.every", 3},
          {"seed", 1}};
}

/// Runs of the line in a folder of its own.
class LineRun {
 public:
  LoopEnd run(const SettingValues& settings, std::int64_t stop_after = -1) {
    seedGenerators(7, at::kCPU);
    RunLog log(EventWriter::open(paths().events(), "0123456789abcdef", ++attempt_, -1).value());
    TrainingLoop loop(settings,
                      {.paths = paths(),
                       .is_stop_requested =
                           [&] {
                             return stop_after >= 0 && phase.steps >= stop_after;
                           }},
                      phase,
                      log);
    std::vector<std::string> warnings;
    const auto checkpoint = CheckpointFolder(paths().checkpoints(), 1).loadNewest(warnings);
    if (checkpoint) {
      loop.resume(*checkpoint);
    }
    const LoopEnd end = loop.run();
    state = loop.state();
    return end;
  }

  /// All values of one metric in the order of the file, by step; later attempts replace.
  [[nodiscard]] std::map<std::int64_t, double> curve(const std::string& metric) const {
    std::map<std::int64_t, double> curve;
    for (const Event& event : events()) {
      for (const MetricPoint& point : event.points) {
        if (point.series.metric == metric) {
          curve[event.step.value()] = point.value;
        }
      }
    }
    return curve;
  }

  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> events;
    const std::string text = readFile(paths().events(), 1 << 24).value();
    for (const std::string& line : splitString(text, '\n')) {
      if (!line.empty()) {
        events.push_back(parseEvent(line).value());
      }
    }
    return events;
  }

  [[nodiscard]] Json result() const {
    for (const Event& event : events()) {
      if (event.kind == "result") {
        return event.fields.at("metrics");
      }
    }
    return nullptr;
  }

  [[nodiscard]] RunPaths paths() const { return RunPaths{folder_.path()}; }

  LinePhase phase{7};
  LoopState state;

 private:
  TemporaryFolder folder_;
  int attempt_ = 0;
};

class TrainingLoopTest : public testing::Test, public LineRun {};

TEST_F(TrainingLoopTest, TrainsToTheEndAndWritesItsResults) {
  const LoopEnd end = run(lineSettings());

  EXPECT_EQ(end.exit_code, ExitCode::kFinished);
  EXPECT_EQ(state.step, 20);
  EXPECT_EQ(phase.steps, 20);
  EXPECT_NEAR(phase.parameters()[0].tensor.item<double>(), 2, 0.3);
  EXPECT_TRUE(std::filesystem::exists(paths().model() / "slope"));
  EXPECT_TRUE(std::filesystem::exists(paths().bestModel() / "slope"));
}

TEST_F(TrainingLoopTest, EvaluatesAtTheStartEveryIntervalAndTheEnd) {
  SettingValues settings = lineSettings();
  settings["train.steps"] = 12;

  run(settings);

  EXPECT_THAT(
      curve("eval.accuracy"),
      testing::ElementsAre(testing::Key(0), testing::Key(5), testing::Key(10), testing::Key(12)));
}

TEST_F(TrainingLoopTest, EvaluatesAfterEachEpochUnlessToldOtherwise) {
  SettingValues settings = lineSettings();
  settings["train.eval_every"] = 0;
  settings["train.steps"] = 0;
  settings["train.epochs"] = 2;

  run(settings);

  // 7 rows in batches of 2: 4 steps an epoch.
  EXPECT_THAT(curve("eval.accuracy"),
              testing::ElementsAre(testing::Key(0), testing::Key(4), testing::Key(8)));
}

TEST_F(TrainingLoopTest, LeavesOutTheStepsThatAnEarlierRunHasMade) {
  SettingValues settings = lineSettings();
  settings["train.steps"] = 0;
  settings["train.epochs"] = 2;
  settings["train.spent_steps"] = 3;

  run(settings);

  EXPECT_EQ(state.step, 5);
}

TEST_F(TrainingLoopTest, RefusesABudgetOfWhichNothingIsLeft) {
  SettingValues settings = lineSettings();
  settings["train.steps"] = 0;
  settings["train.epochs"] = 2;
  settings["train.spent_steps"] = 8;

  EXPECT_THROW(run(settings), TrainError);
}

TEST_F(TrainingLoopTest, ReportsLastAndBestValues) {
  phase.scores = {0.1, 0.7, 0.9, 0.8, 0.6};

  run(lineSettings());

  EXPECT_EQ(result().at("eval.accuracy"), 0.6);
  EXPECT_EQ(result().at("eval.accuracy_best"), 0.9);
  EXPECT_EQ(state.best_step, 10);
}

// Of a perplexity the least is the best.
TEST_F(TrainingLoopTest, KnowsOfWhichMetricsLessIsBetter) {
  phase.metric = "eval.perplexity";
  phase.scores = {9, 7, 3, 4, 5};

  run(lineSettings());

  EXPECT_EQ(result().at("eval.perplexity_best"), 3);
  EXPECT_EQ(state.best_step, 10);
}

TEST_F(TrainingLoopTest, TellsHowAModelWasJudgedBesideIt) {
  phase.scores = {0.1, 0.7, 0.9, 0.8, 0.6};

  run(lineSettings());

  EXPECT_EQ(readFile(paths().model() / "eval.accuracy", 100).value(), "0.6");
  EXPECT_EQ(readFile(paths().bestModel() / "eval.accuracy", 100).value(), "0.9");
}

TEST_F(TrainingLoopTest, KeepsWhatTheModelWritesAtEveryEvaluation) {
  run(lineSettings());

  std::map<std::int64_t, std::string> samples;
  for (const Event& event : events()) {
    if (event.kind == "sample") {
      EXPECT_EQ(event.fields.at("prompt"), "y =");
      samples[event.step.value()] = event.fields.at("text").get<std::string>();
    }
  }
  EXPECT_EQ(samples,
            (std::map<std::int64_t, std::string>{
                {0, " 1 x"}, {5, " 2 x"}, {10, " 3 x"}, {15, " 4 x"}, {20, " 5 x"}}));
}

TEST_F(TrainingLoopTest, KeepsNoBestModelWhenToldSo) {
  SettingValues settings = lineSettings();
  settings["checkpoint.best"] = false;

  run(settings);

  EXPECT_FALSE(std::filesystem::exists(paths().bestModel()));
}

TEST_F(TrainingLoopTest, IgnoresUndefinedValuesInTheChoiceOfTheBest) {
  phase.scores = {std::nan(""), 0.2, std::nan(""), 0.1, 0.1};

  run(lineSettings());

  EXPECT_EQ(result().at("eval.accuracy_best"), 0.2);
}

TEST_F(TrainingLoopTest, LogsTheMeanLossOfAnInterval) {
  SettingValues each = lineSettings();
  run(each);
  const std::map<std::int64_t, double> all = curve("train.loss");
  ASSERT_EQ(all.size(), 20U);

  SettingValues every_eight = lineSettings();
  every_eight["log.every"] = 8;
  LineRun other;
  other.run(every_eight);
  const std::map<std::int64_t, double> means = other.curve("train.loss");

  ASSERT_THAT(means, testing::ElementsAre(testing::Key(8), testing::Key(16), testing::Key(20)));
  double sum = 0;
  for (std::int64_t step = 1; step <= 8; ++step) {
    sum += all.at(step);
  }
  EXPECT_DOUBLE_EQ(means.at(8), sum / 8);
}

TEST_F(TrainingLoopTest, StopsAfterTheStepWithACheckpoint) {
  const LoopEnd end = run(lineSettings(), 7);

  EXPECT_EQ(end.exit_code, ExitCode::kStopped);
  EXPECT_EQ(state.step, 7);
  EXPECT_EQ(CheckpointFolder(paths().checkpoints(), 1).steps(), std::vector<std::int64_t>{7});
  EXPECT_FALSE(std::filesystem::exists(paths().model()));
}

TEST_F(TrainingLoopTest, ResumedRunsGiveTheSameNumbersBitForBit) {
  LineRun undisturbed;
  undisturbed.run(lineSettings());

  run(lineSettings(), 3);
  run(lineSettings(), 10);  // in the middle of the evaluation of step 10
  run(lineSettings());

  for (const char* metric : {"train.loss", "eval.accuracy", "grad_norm_total", "learning_rate"}) {
    EXPECT_EQ(curve(metric), undisturbed.curve(metric)) << metric;
  }
  EXPECT_EQ(result(), undisturbed.result());
  EXPECT_TRUE(at::equal(phase.parameters()[0].tensor, undisturbed.phase.parameters()[0].tensor));
}

TEST_F(TrainingLoopTest, HandsSecondMomentsOverAfterEachUpdate) {
  phase.uses_second_moments = true;

  run(lineSettings());

  EXPECT_EQ(phase.second_moments.size(), 20U);
  EXPECT_GT(phase.second_moments.front(), 0);
}

TEST_F(TrainingLoopTest, HandsSecondMomentsOverAgainWhenItResumes) {
  phase.uses_second_moments = true;
  run(lineSettings(), /*stop_after=*/8);
  ASSERT_EQ(phase.second_moments.size(), 8U);
  const double last = phase.second_moments.back();

  run(lineSettings());

  EXPECT_EQ(phase.second_moments.size(), 8U + 1 + 12);
  EXPECT_EQ(phase.second_moments[8], last);
}

TEST_F(TrainingLoopTest, MakesUpForAnEvaluationThatAStopGaveUp) {
  run(lineSettings(), 10);
  EXPECT_EQ(state.evaluated_step, 5);

  run(lineSettings());

  EXPECT_TRUE(curve("eval.accuracy").contains(10));
}

TEST_F(TrainingLoopTest, SavesCheckpointsAtTheirInterval) {
  SettingValues settings = lineSettings();
  settings["checkpoint.every"] = 6;
  settings["checkpoint.keep"] = 2;

  run(settings);

  EXPECT_EQ(CheckpointFolder(paths().checkpoints(), 2).steps(),
            (std::vector<std::int64_t>{12, 18}));
  std::vector<std::string> announced;
  for (const Event& event : events()) {
    if (event.kind == "checkpoint") {
      announced.push_back(event.fields.at("path").get<std::string>());
    }
  }
  ASSERT_EQ(announced.size(), 3U);
  EXPECT_TRUE(std::filesystem::exists(paths().folder / announced[2]));
}

TEST_F(TrainingLoopTest, GoesOnWithoutACheckpointThatCannotBeWritten) {
  SettingValues settings = lineSettings();
  settings["checkpoint.every"] = 10;
  std::ofstream(paths().checkpoints()) << "in the way";

  EXPECT_EQ(run(settings).exit_code, ExitCode::kFinished);

  const std::vector<Event> all = events();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const Event& event) {
    return event.kind == "warning" &&
           event.fields.at("message").get<std::string>().starts_with("checkpoint failed");
  }));
}

TEST_F(TrainingLoopTest, DivergesAtTheFirstBadStepByDefault) {
  phase.bad_from = 4;

  const LoopEnd end = run(lineSettings());

  EXPECT_EQ(end.exit_code, ExitCode::kDiverged);
  EXPECT_THAT(end.message, testing::HasSubstr("step 4: the loss is nan"));
  EXPECT_THAT(end.message, testing::HasSubstr("first value that is not finite: the line"));
  EXPECT_THAT(end.message, testing::HasSubstr("1 of 1 gradients are not finite, first slope"));
  EXPECT_TRUE(std::isnan(curve("train.loss").at(4)));
  EXPECT_FALSE(result().is_null());
}

TEST_F(TrainingLoopTest, SkipsBadStepsUpToTheLimit) {
  SettingValues settings = lineSettings();
  settings["train.bad_steps"] = 3;
  phase.bad_from = 4;
  phase.bad_until = 6;

  const LoopEnd end = run(settings);

  EXPECT_EQ(end.exit_code, ExitCode::kFinished);
  EXPECT_EQ(state.bad_steps, 2);
  EXPECT_TRUE(std::isfinite(phase.parameters()[0].tensor.item<double>()));
}

TEST_F(TrainingLoopTest, RefusesACheckpointOfAnotherModel) {
  run(lineSettings(), 3);
  RunLog log(EventWriter::open(paths().events(), "0123456789abcdef", 9, 3).value());
  TrainingLoop loop(lineSettings(),
                    {.paths = paths(),
                     .is_stop_requested =
                         [] {
                           return false;
                         }},
                    phase,
                    log);
  Checkpoint other = loop.checkpoint();
  other.tensors.erase("model/slope");

  EXPECT_THROW(loop.resume(other), TrainError);
}

TEST_F(TrainingLoopTest, GivesTheSameWeightsWithAndWithoutProbes) {
  run(lineSettings());
  LineRun without;
  SettingValues settings = lineSettings();
  for (auto& [key, value] : settings) {
    if (key.starts_with("probe.")) {
      value = 0;
    }
  }

  without.run(settings);

  EXPECT_TRUE(at::equal(phase.parameters()[0].tensor, without.phase.parameters()[0].tensor));
}

}  // namespace

}  // namespace retort::train
