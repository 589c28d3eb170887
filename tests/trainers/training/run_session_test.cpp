#include "trainers/training/run_session.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "experiments/spec_file.h"
#include "tests/trainers/training/temporary_folder.h"
#include "tests/trainers/training/tiny_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace retort::train {

namespace {

/// The program as a whole is tested in end_to_end/; here is what it is made of.
class RunSessionTest : public testing::Test {
 protected:
  void writeSpec(const SettingValues& settings) const {
    const RunSpec spec{
        .run_id = "0123456789abcdef", .trainer = "retort-train", .settings = settings};
    ASSERT_TRUE(experiments::writeSpecFile(paths().spec(), spec).has_value());
  }

  [[nodiscard]] RunPaths paths() const { return RunPaths{folder_.path()}; }

  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> events;
    const std::string text = readFile(paths().events(), 1 << 24).value_or("");
    for (const std::string& line : splitString(text, '\n')) {
      if (!line.empty()) {
        events.push_back(parseEvent(line).value());
      }
    }
    return events;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(RunSessionTest, CarriesOutItsSpec) {
  writeSpec(tinyFinetuneGiven());

  const LoopEnd end = RunSession(paths().folder).run();

  EXPECT_EQ(end.exit_code, ExitCode::kFinished);
  EXPECT_EQ(events().front().kind, "open");
  EXPECT_EQ(events().back().fields.at("exit_code"), 0);
}

TEST_F(RunSessionTest, TakesTheAttemptFromTheAgentOrCountsItself) {
  writeSpec(tinyFinetuneGiven());
  setenv("RETORT_ATTEMPT", "5", 1);
  RunSession(paths().folder).run();
  unsetenv("RETORT_ATTEMPT");
  RunSession(paths().folder).run();

  EXPECT_EQ(events().front().attempt, 5);
  EXPECT_EQ(events().back().attempt, 6);
}

TEST_F(RunSessionTest, SaysInTheEventsWhyItFailed) {
  writeSpec({{"train.batch", -1}});
  RunSession session(paths().folder);

  EXPECT_THROW(session.run(), TrainError);
  session.reportFailure({78, "train.batch is -1"});

  EXPECT_EQ(events().back().kind, "end");
  EXPECT_EQ(events().back().fields.at("status"), "failed");
  EXPECT_EQ(events().back().fields.at("message"), "train.batch is -1");
}

TEST_F(RunSessionTest, RefusesAFolderThatIsNotThere) {
  EXPECT_THROW(RunSession("/nonexistent"), TrainError);
}

TEST_F(RunSessionTest, ChecksWithoutLeavingATrace) {
  writeSpec(tinyFinetuneGiven());

  const Json report = checkRun(paths().folder);

  EXPECT_EQ(report.at("phase"), "finetune");
  EXPECT_EQ(report.at("from_step"), -1);
  EXPECT_EQ(report.at("device"), "cpu");
  EXPECT_GT(report.at("disk_bytes").get<std::int64_t>(), 0);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(paths().folder), {}), 1);
}

}  // namespace

}  // namespace retort::train
