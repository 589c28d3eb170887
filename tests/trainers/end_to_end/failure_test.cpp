#include "core/base/json.h"
#include "tests/trainers/end_to_end/run_directory.h"
#include "tests/trainers/training/tiny_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace retort::train {

namespace {

/// The exit code of a run that must fail; its message is in the `end` event and on standard error.
int failureOf(const RunDirectory& run, const std::string& message) {
  const ProgramEnd end = run.run();
  EXPECT_THAT(end.errors, testing::HasSubstr(message));
  EXPECT_EQ(run.last("end").fields.value("status", ""), "failed");
  EXPECT_EQ(run.last("end").fields.value("exit_code", 0), end.exit_code);
  EXPECT_THAT(run.last("end").fields.value("message", ""), testing::HasSubstr(message));
  return end.exit_code;
}

SettingValues with(SettingValues settings, const std::string& key, const Json& value) {
  settings[key] = value;
  return settings;
}

TEST(Failures, BadSettingsAreSpecErrors) {
  EXPECT_EQ(failureOf(RunDirectory(with(tinyFinetuneGiven(), "train.batch", 0)), "train.batch"),
            78);
  EXPECT_EQ(failureOf(RunDirectory(with(tinyFinetuneGiven(), "train.bach", 4)),
                      "did you mean train.batch"),
            78);
  EXPECT_EQ(failureOf(RunDirectory(with(tinyFinetuneGiven(), "freeze", Json::array({"w"}))), "w"),
            78);
}

TEST(Failures, AMalformedSpecIsASpecErrorWithItsPlace) {
  const RunDirectory run(tinyFinetuneGiven());
  std::ofstream(run.paths().spec()) << "retort: 1\nrun: [\n";

  EXPECT_EQ(failureOf(run, "spec.yaml:"), 78);
}

TEST(Failures, AMissingSpecIsAMissingInput) {
  const RunDirectory run(tinyFinetuneGiven());
  std::filesystem::remove(run.paths().spec());

  EXPECT_EQ(failureOf(run, "spec.yaml"), 66);
}

TEST(Failures, AMissingRunDirectoryIsAMissingInput) {
  const TemporaryFolder folder;

  EXPECT_EQ(TrainerProgram({"--run", "/nonexistent/run"}, folder.path()).wait().exit_code, 66);
}

TEST(Failures, MissingModelsAndDataAreMissingInputs) {
  EXPECT_EQ(failureOf(RunDirectory(tinyKdQatGiven("/nonexistent/teacher")), "/nonexistent/teacher"),
            66);
  SettingValues settings = tinyFinetuneGiven();
  settings["data.task"] = "sst2";
  settings["data.path"] = "/nonexistent/SST-2";
  EXPECT_EQ(failureOf(RunDirectory(settings), "/nonexistent/SST-2"), 66);
}

TEST(Failures, MalformedModelsAreBadData) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "config.json") << "not json";

  EXPECT_EQ(failureOf(RunDirectory(tinyKdQatGiven(folder.path())), "config.json"), 65);
}

TEST(Failures, AGpuThatIsNotThereIsToldBeforeDataIsLoaded) {
  setenv("CUDA_VISIBLE_DEVICES", "", 1);
  const RunDirectory run(with(tinyFinetuneGiven(), "device", "cuda"));

  EXPECT_EQ(failureOf(run, "no CUDA device"), 78);

  unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST(Failures, AbsurdLearningRatesDivergeAsAResult) {
  SettingValues settings = tinyFinetuneGiven();
  settings["train.learning_rate"] = 1e6;
  settings["train.steps"] = 400;
  settings["train.warmup"] = 0.0;
  settings["train.schedule"] = "constant";
  settings["checkpoint.every"] = 1;
  const RunDirectory run(settings);

  const ProgramEnd end = run.run();

  EXPECT_EQ(end.exit_code, 2) << end.errors;
  EXPECT_EQ(run.last("end").fields.at("status"), "diverged");
  EXPECT_THAT(run.last("end").fields.at("message").get<std::string>(),
              testing::HasSubstr("not finite"));
  EXPECT_EQ(run.last("result").kind, "result");
  EXPECT_EQ(run.last("checkpoint").kind, "checkpoint");
}

TEST(Failures, CheckReportsThemTooWithoutAnEventFile) {
  const RunDirectory run(with(tinyFinetuneGiven(), "train.batch", 0));

  const ProgramEnd end = run.run("--check");

  EXPECT_EQ(end.exit_code, 78);
  EXPECT_EQ(parseJson(end.output).value().at("ok"), false);
  EXPECT_FALSE(std::filesystem::exists(run.paths().events()));
}

}  // namespace

}  // namespace retort::train
