#include "core/base/file.h"
#include "core/base/text.h"
#include "tests/trainers/cache_home.h"
#include "tests/trainers/end_to_end/run_directory.h"
#include "tests/trainers/training/tiny_language_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include <sys/resource.h>

namespace retort::train {

namespace {

/// Long enough to be hit in the middle, with dropout, evaluations and checkpoints.
SettingValues longRun() {
  SettingValues settings = tinyFinetuneGiven();
  settings["train.steps"] = 300;
  settings["train.eval_every"] = 40;
  settings["checkpoint.every"] = 25;
  settings["log.every"] = 7;
  settings["probe.gradient_norm.every"] = 10;
  return settings;
}

/// Runs `disturbed` to its end and compares it with an undisturbed twin.
void expectSameAsUndisturbed(const RunDirectory& disturbed,
                             const SettingValues& settings = longRun()) {
  const RunDirectory undisturbed(settings);
  ASSERT_EQ(undisturbed.run().exit_code, 0);

  const ProgramEnd end = disturbed.run();

  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(disturbed.points(), undisturbed.points());
  EXPECT_EQ(hashOf(disturbed.paths().model()), hashOf(undisturbed.paths().model()));
  EXPECT_EQ(hashOf(disturbed.paths().bestModel()), hashOf(undisturbed.paths().bestModel()));
  for (const char* field : {"metrics", "best_step"}) {
    EXPECT_EQ(disturbed.last("result").fields.at(field),
              undisturbed.last("result").fields.at(field));
  }
}

TEST(Interruption, StoppedRunsGoOnBitForBit) {
  const RunDirectory run(longRun());
  for (const std::int64_t step : {30, 110}) {
    TrainerProgram program = run.start();
    ASSERT_TRUE(run.waitFor("metrics", step));
    program.send(SIGTERM);

    const ProgramEnd end = program.wait();

    EXPECT_EQ(end.exit_code, 75);
    EXPECT_EQ(run.last("end").fields.at("status"), "stopped");
  }
  EXPECT_EQ(run.last("open").attempt, 2);
  EXPECT_GE(run.last("open").fields.at("from_step").get<std::int64_t>(), 30);

  expectSameAsUndisturbed(run);
}

/// Starts the run, or goes on with it, and kills it as soon as it has told of that step.
void killAt(const RunDirectory& run, const std::string& kind, std::int64_t step) {
  TrainerProgram program = run.start();
  ASSERT_TRUE(run.waitFor(kind, step));
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().signal, SIGKILL);
}

TEST(Interruption, KilledRunsGoOnBitForBit) {
  const RunDirectory run(longRun());
  for (const std::int64_t step : {35, 120, 190}) {
    ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", step));
  }

  expectSameAsUndisturbed(run);
}

TEST(Interruption, InterventionsAndLearnedLossesGoOnBitForBit) {
  const RunDirectory finetune(tinyFinetuneGiven());
  ASSERT_EQ(finetune.run().exit_code, 0);
  SettingValues settings = tinyKdQatGiven(finetune.paths().model());
  settings["train.steps"] = 60;
  settings["train.eval_every"] = 20;
  settings["checkpoint.every"] = 7;
  settings["intervention.mode"] = "stochastic";
  settings["intervention.steps"] = 50;
  settings["distill.map_output"] = 1;
  settings["distill.map_output.mixing"] = "learned";
  settings["distill.hidden.schedule"] = "linear";
  const RunDirectory run(settings);
  for (const std::int64_t step : {15, 35}) {
    ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", step));
  }

  expectSameAsUndisturbed(run, settings);
}

// The teacher's logits are made in the first attempt and read in the next ones, or made again.
TEST(Interruption, KilledRunsWithACachedTeacherGoOnBitForBit) {
  const TemporaryFolder folder;
  const CacheHome home(folder.path());
  const RunDirectory teacher(tinyPretrainGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  SettingValues settings = tinyLanguageKdQatGiven(teacher.paths().model());
  settings["train.steps"] = 60;
  settings["train.eval_every"] = 20;
  settings["checkpoint.every"] = 7;
  settings["distill.kl.top_k"] = 5;
  settings["distill.kl.cache_teacher"] = true;
  const RunDirectory run(settings);
  for (const std::int64_t step : {15, 35}) {
    ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", step));
    if (step == 15) {
      std::filesystem::remove_all(folder.path() / "retort" / "logits");
    }
  }

  expectSameAsUndisturbed(run, settings);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "retort" / "logits"));
}

TEST(Interruption, KilledRunsInFewerBitsGoOnBitForBit) {
  const RunDirectory teacher(tinyPretrainGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  SettingValues settings = tinyLanguageKdQatGiven(teacher.paths().model());
  settings["train.steps"] = 40;
  settings["train.eval_every"] = 20;
  settings["checkpoint.every"] = 7;
  settings["train.weights_dtype"] = "bfloat16";
  settings["train.optimizer"] = "adamw_8bit";
  settings["teacher.dtype"] = "bfloat16";
  settings["quant.kv_cache.bits"] = 4;
  const RunDirectory run(settings);
  ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", 17));

  expectSameAsUndisturbed(run, settings);
}

TEST(Interruption, KilledRunsWithLearnedQuantizersGoOnBitForBit) {
  const RunDirectory teacher(tinyFinetuneGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  SettingValues settings = tinyKdQatGiven(teacher.paths().model());
  settings["train.steps"] = 40;
  settings["train.eval_every"] = 20;
  settings["checkpoint.every"] = 8;
  settings["quant.activation.scheme"] = "lsq_plus";
  settings["quant.activation.bits"] = 4;
  settings["quant.activation.query.scheme"] = "symmetric";
  settings["quant.activation.query.range"] = "mse";
  settings["quant.map"] = "layer:0 = laq bits=2 curvature=adam";
  settings["probe.ternary_levels.every"] = 5;
  settings["probe.clipped_share.every"] = 5;
  const RunDirectory run(settings);
  for (const std::int64_t step : {12, 26}) {
    ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", step));
  }

  expectSameAsUndisturbed(run, settings);

  EXPECT_TRUE(std::filesystem::exists(run.paths().model() / "quantizers.safetensors"));
  const auto points = run.points();
  EXPECT_TRUE(points.contains({{.metric = "clipped_share", .layer = 1, .component = "value"}, 35}));
}

/// Students of one decoder that freeze by that rule, killed twice on their way.
void expectFreezingGoesOn(const SettingValues& rule) {
  const RunDirectory teacher(tinyPretrainGiven());
  ASSERT_EQ(teacher.run().exit_code, 0);
  SettingValues settings = tinyLanguageKdQatGiven(teacher.paths().model());
  settings["train.steps"] = 60;
  settings["train.eval_every"] = 30;
  settings["checkpoint.every"] = 7;
  settings["log.every"] = 1;
  settings.insert(rule.begin(), rule.end());
  const RunDirectory run(settings);
  for (const std::int64_t step : {16, 38}) {
    ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", step));
  }

  expectSameAsUndisturbed(run, settings);

  // Something was frozen before the first kill, more after it, and not all.
  const auto points = run.points();
  const double before = points.at({{.metric = "frozen_share"}, 14});
  const double after = points.at({{.metric = "frozen_share"}, 60});
  EXPECT_GT(before, 0);
  EXPECT_GT(after, before);
  EXPECT_LT(after, 1);
}

TEST(Interruption, KilledRunsThatFreezeByGradientNormGoOnBitForBit) {
  expectFreezingGoesOn({{"signal_freeze.rule", "gradient_norm"},
                        {"signal_freeze.window", 4},
                        {"signal_freeze.band", 1.5},
                        {"signal_freeze.patience", 2}});
}

TEST(Interruption, KilledRunsThatFreezeByOscillationGoOnBitForBit) {
  expectFreezingGoesOn({{"signal_freeze.rule", "oscillation"},
                        {"signal_freeze.momentum", 0.1},
                        {"signal_freeze.threshold", 0.12},
                        {"quant.weight.scheme", "lsq"},
                        {"quant.weight.granularity", "row"}});
}

TEST(Interruption, DamagedCheckpointsAreSkipped) {
  const RunDirectory run(longRun());
  ASSERT_NO_FATAL_FAILURE(killAt(run, "checkpoint", 75));
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(run.paths().checkpoints())) {
    if (entry.path().filename().string().starts_with("step-")) {
      newest = std::max(newest, entry.path());
    }
  }
  {
    std::fstream file(newest / "state.safetensors", std::ios::in | std::ios::out);
    file.seekp(-20, std::ios::end);
    file.put('\x55').put('\x55').put('\x55');
  }

  expectSameAsUndisturbed(run);

  EXPECT_THAT(run.last("warning").fields.at("message").get<std::string>(),
              testing::HasSubstr("damaged"));
}

TEST(Interruption, ARunWhoseCheckpointsAreAllDamagedDoesNotStartFromZero) {
  SettingValues settings = longRun();
  settings["checkpoint.keep"] = 1;
  const RunDirectory run(settings);
  {
    TrainerProgram program = run.start();
    ASSERT_TRUE(run.waitFor("metrics", 20));
    program.send(SIGTERM);
    program.wait();
  }
  for (const auto& entry : std::filesystem::directory_iterator(run.paths().checkpoints())) {
    std::filesystem::resize_file(entry.path() / "state.safetensors", 100);
  }

  const ProgramEnd end = run.run();

  EXPECT_EQ(end.exit_code, 65);
  EXPECT_EQ(run.last("end").fields.at("status"), "failed");
  EXPECT_GE(run.last("open").fields.at("from_step").get<std::int64_t>(), 20);
}

TEST(Interruption, SecondSignalEndsAtOnce) {
  SettingValues settings = longRun();
  settings["train.steps"] = 100000;
  const RunDirectory run(settings);
  TrainerProgram program = run.start();
  ASSERT_TRUE(run.waitFor("metrics", 10));

  program.send(SIGUSR1);
  program.send(SIGUSR2);

  EXPECT_EQ(program.wait().exit_code, 75);
}

TEST(Interruption, ASecondTrainerIsRefused) {
  SettingValues settings = longRun();
  settings["train.steps"] = 100000;
  const RunDirectory run(settings);
  TrainerProgram first = run.start();
  ASSERT_TRUE(run.waitFor("metrics", 1));
  const TemporaryFolder elsewhere;

  const ProgramEnd second =
      TrainerProgram({"--run", run.paths().folder.string()}, elsewhere.path()).wait();

  EXPECT_EQ(second.exit_code, 75);
  EXPECT_THAT(second.errors,
              testing::HasSubstr("run is locked by pid " + std::to_string(first.pid())));
  first.send(SIGTERM);
  EXPECT_EQ(first.wait().exit_code, 75);
  EXPECT_EQ(run.last("open").attempt, 1);
}

TEST(Interruption, ATornLastLineIsCutOff) {
  const RunDirectory run(longRun());
  ASSERT_NO_FATAL_FAILURE(killAt(run, "metrics", 50));
  std::ofstream(run.paths().events(), std::ios::app) << "{\"kind\": \"metr";

  expectSameAsUndisturbed(run);
}

/// Limits the size of files that the trainer may write, as a full disk does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }

  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_ = {};
};

TEST(Interruption, AFullDiskForEventsDoesNotEndTheRun) {
  SettingValues settings = longRun();
  settings["log.every"] = 1;
  settings["probe.gradient_norm.every"] = 1;
  const RunDirectory run(settings);
  ProgramEnd end;
  {
    // The model and each checkpoint are smaller than that, the events of all steps larger.
    const FileSizeLimit limit(200'000);
    end = run.run();
  }

  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_THAT(end.errors, testing::HasSubstr("training goes on"));
  EXPECT_TRUE(std::filesystem::exists(run.paths().model() / "model.safetensors"));
}

}  // namespace

}  // namespace retort::train
