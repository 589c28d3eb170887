#include "core/cli/arguments.h"
#include "core/cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

Outcome run(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  outcome.exit_code = runCommandLine(words);
  outcome.output = testing::internal::GetCapturedStdout();
  outcome.errors = testing::internal::GetCapturedStderr();
  return outcome;
}

TEST(CommandLine, ListsEveryCommandInItsHelp) {
  const Outcome help = run({"--help"});

  EXPECT_EQ(help.exit_code, 0);
  for (const Command& command : commandTable()) {
    EXPECT_THAT(help.output, HasSubstr("  " + command.name + " "));
    EXPECT_THAT(help.output, HasSubstr(command.summary));
  }
  EXPECT_THAT(help.output, HasSubstr("Exit codes: 0 done; 1 runs that were waited for failed"));
}

TEST(CommandLine, HasHelpWithExamplesForEveryCommand) {
  for (const Command& command : commandTable()) {
    const Outcome help = run({command.name, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command.name;
    EXPECT_THAT(help.output, HasSubstr("Examples:\n  retort " + command.name));
    EXPECT_THAT(help.output, HasSubstr("--workspace"));
    EXPECT_EQ(run({"help", command.name}).output, help.output);
  }
}

TEST(CommandLine, NamesEachCommandOnce) {
  std::set<std::string> names;
  for (const Command& command : commandTable()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
  }
}

TEST(CommandLine, SuggestsTheCommandThatWasMeant) {
  const Outcome outcome = run({"compre", "x"});

  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_EQ(outcome.errors, "retort: there is no command 'compre'; did you mean 'compare'?\n");
  EXPECT_EQ(run({"\x1b[2J"}).errors.find('\x1b'), std::string::npos);
}

TEST(CommandLine, ShowsHelpWithoutWords) {
  const Outcome outcome = run({});

  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.errors, HasSubstr("usage: retort COMMAND"));
}

TEST(CommandLine, TakesTheWorkspaceBeforeOrAfterTheCommand) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--workspace", "/nonexistent/w", "ls"},
        std::vector<std::string>{"--workspace=/nonexistent/w", "ls"},
        std::vector<std::string>{"ls", "--workspace", "/nonexistent/w"}}) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.exit_code, 66);
    EXPECT_THAT(outcome.errors, HasSubstr("there is no workspace in /nonexistent/w"));
  }
}

TEST(CommandLine, PrintsItsVersion) {
  EXPECT_THAT(run({"--version"}).output, testing::StartsWith("retort 0."));
  EXPECT_THAT(run({"version", "--json"}).output, HasSubstr("\"event_protocol\": 1"));
}

TEST(ChooseWorkspace, PrefersTheOptionThenTheEnvironment) {
  setenv("RETORT_WORKSPACE", "/from/environment", 1);
  EXPECT_EQ(chooseWorkspace("/from/option"), "/from/option");
  EXPECT_EQ(chooseWorkspace(""), "/from/environment");
  unsetenv("RETORT_WORKSPACE");
  EXPECT_EQ(chooseWorkspace(""), std::filesystem::current_path() / "retort-workspace");
  EXPECT_TRUE(chooseWorkspace("a/../b").is_absolute());
}

}  // namespace
}  // namespace retort::cli
