#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

class AnalyzeCommand : public RetortProgram {
 protected:
  /// One finished run.
  void SetUp() override {
    RetortProgram::SetUp();
    const ProgramOutput ran = retort({"run", writeGrid("base: {fake.steps: 3}\n")});
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }
};

TEST_F(AnalyzeCommand, PrintsWhatTheTrainerMeasured) {
  const ProgramOutput shown = retort({"analyze", "lengths", "--probe", "fake_probe"});

  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("model: last, 7 rows"));
  EXPECT_THAT(shown.output, HasSubstr("layer  head 0  head 1"));
}

TEST_F(AnalyzeCommand, HandsTheOptionsOn) {
  const ProgramOutput shown = retort({"analyze",
                                      "lengths:0",
                                      "--probe",
                                      "fake_probe",
                                      "--set",
                                      "probe.fake_probe.count=2",
                                      "--checkpoint",
                                      "best",
                                      "--rows",
                                      "5",
                                      "--json"});

  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  const auto json = parseJson(shown.output);
  ASSERT_TRUE(json.has_value());
  ASSERT_EQ(json->size(), 1U);
  EXPECT_EQ(json->at(0).at("words"),
            (Json{"--probe",
                  "fake_probe",
                  "--checkpoint",
                  "best",
                  "--set",
                  "probe.fake_probe.count=2",
                  "--rows",
                  "5"}));
}

TEST_F(AnalyzeCommand, KnowsTheProbesOfTheCatalogue) {
  const ProgramOutput shown = retort({"analyze", "lengths", "--probe", "fake_prob"});

  EXPECT_NE(shown.exit_code, 0);
  EXPECT_THAT(shown.errors, HasSubstr("did you mean 'fake_probe'?"));
  EXPECT_THAT(retort({"analyze", "lengths"}).errors, HasSubstr("at least one probe"));
}

TEST_F(AnalyzeCommand, RepeatsTheTrainersReason) {
  const ProgramOutput shown =
      retort({"analyze", "lengths", "--probe", "fake_probe", "--set", "probe.fake_probe.fail=1"});

  EXPECT_NE(shown.exit_code, 0);
  EXPECT_THAT(shown.errors, HasSubstr("the fake model was removed"));
}

TEST_F(AnalyzeCommand, TakesSeveralRunsAndProbes) {
  const ProgramOutput ran = retort({"run", writeSmallGrid()});
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;

  const ProgramOutput shown =
      retort({"analyze", "lengths:0", "lengths:1", "--probe", "fake_probe", "--json"});

  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  const auto json = parseJson(shown.output);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->size(), 2U);
}

TEST_F(AnalyzeCommand, RefusesRunsThatDoNotExist) {
  const ProgramOutput shown = retort({"analyze", "nothing", "--probe", "fake_probe"});

  EXPECT_NE(shown.exit_code, 0);
  EXPECT_THAT(shown.errors, HasSubstr("nothing"));
  EXPECT_EQ(shown.output, "");
}

TEST_F(AnalyzeCommand, LooksAtCheckpointsOfRunsThatHaveNotFinished) {
  const ProgramOutput ran =
      retort({"run", writeGrid("base: {fake.steps: 3, fake.behaviour: bad_data}\n")});
  EXPECT_NE(ran.exit_code, 0);

  const ProgramOutput shown =
      retort({"analyze", "lengths", "--probe", "fake_probe", "--checkpoint", "2"});

  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("fake_metric"));
}

TEST_F(AnalyzeCommand, WaitsForTheEndOfARun) {
  const ProgramOutput ran =
      retort({"run", writeGrid("base: {fake.steps: 3, fake.behaviour: bad_data}\n")});
  EXPECT_NE(ran.exit_code, 0);

  const ProgramOutput shown = retort({"analyze", "lengths", "--probe", "fake_probe"});

  EXPECT_NE(shown.exit_code, 0);
  EXPECT_THAT(shown.errors, HasSubstr("only finished runs have a model"));
}

}  // namespace
}  // namespace retort::cli
