#include "core/agent/process_identity.h"
#include "core/agent/spawn.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <sys/wait.h>

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

  /// What a trainer that hangs in its analysis wrote: its pid and its child's.
  [[nodiscard]] std::vector<ProcessIdentity> awaitAnalysts() const {
    const std::string run = listRuns().at(0).at("run").get<std::string>();
    const std::filesystem::path file = workspace() / "runs" / run / "analysis.pids";
    for (int i = 0; i < 3000 && !std::filesystem::exists(file); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::istringstream text(readFile(file, 100).value_or(""));
    std::vector<ProcessIdentity> analysts;
    for (pid_t pid = 0; text >> pid;) {
      analysts.push_back(identifyProcess(pid).value_or(ProcessIdentity{}));
    }
    std::filesystem::remove(file);
    return analysts;
  }

  /// `retort analyze` of a trainer that hangs, as a process of its own; its exit code after
  /// `signal`.
  int exitCodeAfter(int signal, const std::string& option, std::vector<ProcessIdentity>& analysts) {
    SpawnOptions options;
    options.argv = {std::string(PROGRAM_DIR) + "/retort",
                    "--workspace",
                    workspace().string(),
                    "analyze",
                    "lengths",
                    "--probe",
                    "fake_probe",
                    "--set",
                    option};
    auto child = spawn(options);
    EXPECT_TRUE(child.has_value());
    analysts = awaitAnalysts();
    ::kill(child->pid, signal);
    int status = 0;
    ::waitpid(child->pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
};

/// A killed process may need a moment until the system has taken it away.
bool endsSoon(const ProcessIdentity& process) {
  for (int i = 0; i < 500 && isAlive(process); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !isAlive(process);
}

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

TEST_F(AnalyzeCommand, LetsThreadsSleepUnlessTheUserSaysOtherwise) {
  const std::vector<std::string> words{"analyze", "lengths", "--probe", "fake_probe", "--json"};
  const auto policyOf = [](const ProgramOutput& shown) {
    return parseJson(shown.output).value().at(0).at("wait_policy").get<std::string>();
  };

  EXPECT_EQ(policyOf(retort(words)), "passive");
  ASSERT_EQ(::setenv("OMP_WAIT_POLICY", "active", 1), 0);
  EXPECT_EQ(policyOf(retort(words)), "active");
  ::unsetenv("OMP_WAIT_POLICY");
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

TEST_F(AnalyzeCommand, EndsItsTrainerWhenItIsInterrupted) {
  // The last one ignores SIGTERM, and its child always does.
  for (const auto& [signal, option] : {std::pair(SIGINT, "probe.fake_probe.hang=1"),
                                       std::pair(SIGTERM, "probe.fake_probe.hang=1"),
                                       std::pair(SIGINT, "probe.fake_probe.hang=2")}) {
    std::vector<ProcessIdentity> analysts;

    EXPECT_EQ(exitCodeAfter(signal, option, analysts), 130);

    ASSERT_EQ(analysts.size(), 2U);
    for (const ProcessIdentity& analyst : analysts) {
      EXPECT_GT(analyst.pid, 0);
      EXPECT_TRUE(endsSoon(analyst)) << analyst.pid << " after signal " << signal;
    }
  }
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
