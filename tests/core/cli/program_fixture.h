#pragma once

#include "core/agent/program_output.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/core/cli/temporary_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace retort::cli {

/// Runs the program `retort` in a workspace of its own, with the fake trainer registered as "fake".
/// The agent is ended afterwards.
class RetortProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    const ProgramOutput added =
        retort({"trainers", "add", "fake", std::string(PROGRAM_DIR) + "/fake_trainer"});
    ASSERT_EQ(added.exit_code, 0) << added.errors;
  }

  void TearDown() override { (void)retort({"agent", "--shutdown", "--stop-runs"}); }

  /// What the program printed and returned; its standard output is no terminal.
  ProgramOutput retort(std::vector<std::string> words) const {
    Argv argv{std::string(PROGRAM_DIR) + "/retort", "--workspace", workspace().string()};
    argv.insert(argv.end(), words.begin(), words.end());
    auto output = runProgram(argv, std::chrono::minutes(2), 64U << 20);
    EXPECT_TRUE(output.has_value());
    return output.value_or(ProgramOutput{});
  }

  /// Writes an experiment file for the fake trainer and returns its path. `rest` follows the first
  /// two lines.
  std::string writeGrid(const std::string& rest) const {
    const std::filesystem::path file = folder_.path() / "grid.yaml";
    EXPECT_TRUE(
        writeFileAtomically(file, "experiment: lengths\ntrainer: fake\n" + rest).has_value());
    return file.string();
  }

  /// Two lengths, two seeds, compared by accuracy.
  std::string writeSmallGrid() const {
    return writeGrid(
        "grid: {fake.steps: {short: 5, long: 10}}\n"
        "seeds: 2\n"
        "baseline: {fake.steps: short}\n"
        "report: {metric: eval.accuracy, better: max}\n");
  }

  /// The runs of `retort ls --json`, of all experiments.
  std::vector<Json> listRuns() const {
    std::vector<Json> runs;
    const auto json = parseJson(retort({"ls", "--json"}).output);
    EXPECT_TRUE(json.has_value());
    for (const Json& experiment : json.value_or(Json::array())) {
      runs.insert(runs.end(), experiment["runs"].begin(), experiment["runs"].end());
    }
    return runs;
  }

  [[nodiscard]] std::filesystem::path workspace() const { return folder_.path() / "workspace"; }

  TemporaryFolder folder_;
};

}  // namespace retort::cli
