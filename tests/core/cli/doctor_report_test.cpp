#include "core/cli/doctor_report.h"

#include "tests/core/cli/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

TEST(DoctorReport, PutsAdviceBelowTheFinding) {
  const std::vector<CheckResult> results{
      {CheckLevel::kOk, "retort", "0.1.0", ""},
      {CheckLevel::kFail, "trainer x", "gone\x1b[2J", "mend it"}};

  const std::string text = reportText(results, false);

  EXPECT_EQ(text.rfind("OK    retort     0.1.0\nFAIL  trainer x  gone", 0), 0U);
  EXPECT_THAT(text, HasSubstr("\n                 mend it\n"));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(DoctorReport, ColoursLevelsOnTerminals) {
  EXPECT_THAT(reportText({{CheckLevel::kWarn, "disk", "full", ""}}, true),
              HasSubstr("\x1b[33mWARN  \x1b[0m"));
}

TEST(DoctorReport, FailsWhenAnythingFailed) {
  EXPECT_EQ(reportExitCode({}), 0);
  EXPECT_EQ(reportExitCode({{CheckLevel::kWarn, "", "", ""}}), 0);
  EXPECT_EQ(reportExitCode({{CheckLevel::kWarn, "", "", ""}, {CheckLevel::kFail, "", "", ""}}), 1);
}

TEST(DoctorReport, IsAListInJson) {
  const Json json = reportJson({{CheckLevel::kFail, "disk", "full", "free some"}});

  EXPECT_EQ(json[0]["level"], "FAIL");
  EXPECT_EQ(json[0]["advice"], "free some");
}

TEST(DoctorReport, SaysThatThereIsNoWorkspaceYet) {
  const TemporaryFolder folder;
  Session session;
  session.paths.folder = folder.path() / "none";

  const std::string text = reportText(examine(session), false);

  EXPECT_THAT(text, HasSubstr("none yet in " + session.paths.folder.string()));
  EXPECT_THAT(text, HasSubstr("processor"));
  EXPECT_THAT(text, HasSubstr("free for"));
}

}  // namespace
}  // namespace retort::cli
