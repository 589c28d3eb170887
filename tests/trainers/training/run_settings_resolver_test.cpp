#include "trainers/training/run_settings_resolver.h"

#include "core/base/hash.h"
#include "experiments/spec_file.h"
#include "tests/trainers/training/temporary_folder.h"
#include "trainers/train_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace retort::train {

namespace {

RunSpec someSpec() {
  return {.run_id = "0123456789abcdef",
          .trainer = "retort-train",
          .release = "0",
          .settings = {{"phase", "finetune"}, {"model.init", "random"}}};
}

template <class Function>
TrainError errorOf(Function function) {
  try {
    function();
  } catch (const TrainError& error) {
    return error;
  }
  return {ExitCode::kFinished, "nothing was thrown"};
}

TEST(ResolveRunSettings, FillsInDefaults) {
  const SettingValues settings = resolveRunSettings(someSpec(), RunPaths{"/tmp"});

  EXPECT_EQ(settings.at("data.task"), "agreement");
  EXPECT_EQ(settings.at("seed"), 42);
  EXPECT_EQ(settings.at("model.init"), "random");
}

TEST(ResolveRunSettings, NamesAllErrors) {
  RunSpec spec = someSpec();
  spec.settings["train.batch"] = 0;
  spec.settings["train.learning_rte"] = 1;

  const TrainError error =
      errorOf([&] { static_cast<void>(resolveRunSettings(spec, RunPaths{"/tmp"})); });

  EXPECT_EQ(error.exitCode(), ExitCode::kBadSpec);
  EXPECT_THAT(error.what(), testing::HasSubstr("train.batch"));
  EXPECT_THAT(error.what(), testing::HasSubstr("learning_rate"));
}

TEST(ResolveRunSettings, RefusesARunOfAnotherTrainer) {
  RunSpec spec = someSpec();
  spec.trainer = "fake";

  const TrainError error =
      errorOf([&] { static_cast<void>(resolveRunSettings(spec, RunPaths{"/tmp"})); });

  EXPECT_THAT(error.what(), testing::HasSubstr("'fake'"));
}

TEST(LocateInput, FindsInputsRunsAndPlainPaths) {
  RunSpec spec = someSpec();
  spec.inputs = {{.key = "model.teacher", .path = "../fedcba9876543210/model"},
                 {.key = "data.path", .path = "/data/SST-2"}};
  const RunPaths paths{"/w/runs/0123456789abcdef"};

  EXPECT_EQ(locateInput(spec, paths, "model.teacher", "run:fedcba9876543210/model"),
            "/w/runs/fedcba9876543210/model");
  EXPECT_EQ(locateInput(spec, paths, "data.path", "glue/SST-2"), "/data/SST-2");
  EXPECT_EQ(locateInput(spec, paths, "model.student", "run:fedcba9876543210/model-best"),
            "/w/runs/fedcba9876543210/model-best");
  EXPECT_EQ(locateInput(spec, paths, "model.student", "/m"), "/m");
  EXPECT_EQ(locateInput(spec, paths, "model.student", "m"), "/w/runs/0123456789abcdef/m");
}

TEST(ReadRunSpec, TellsMissingFromMalformed) {
  const TemporaryFolder folder;
  const RunPaths paths{folder.path()};

  const TrainError missing = errorOf([&] { static_cast<void>(readRunSpec(paths)); });
  std::ofstream(paths.spec()) << "retort: 1\nrun: [\n";
  const TrainError malformed = errorOf([&] { static_cast<void>(readRunSpec(paths)); });

  EXPECT_EQ(missing.exitCode(), ExitCode::kMissingInput);
  EXPECT_EQ(malformed.exitCode(), ExitCode::kBadSpec);
  EXPECT_THAT(malformed.what(), testing::HasSubstr("spec.yaml:"));
}

TEST(VerifyInputs, NoticesContentsThatChanged) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "train.tsv";
  std::ofstream(file) << "a\t1\n";
  RunSpec spec = someSpec();
  spec.inputs = {
      {.key = "data.path", .path = file.string(), .sha256 = sha256OfInput(file).value()}};

  verifyInputs(spec, RunPaths{folder.path()});
  std::ofstream(file) << "a\t0\n";
  const TrainError changed = errorOf([&] { verifyInputs(spec, RunPaths{folder.path()}); });
  std::filesystem::remove(file);
  const TrainError gone = errorOf([&] { verifyInputs(spec, RunPaths{folder.path()}); });

  EXPECT_EQ(changed.exitCode(), ExitCode::kBadData);
  EXPECT_THAT(changed.what(), testing::HasSubstr("have changed"));
  EXPECT_EQ(gone.exitCode(), ExitCode::kMissingInput);
}

}  // namespace

}  // namespace retort::train
