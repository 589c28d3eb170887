// A grid with hostile labels through the whole program: no format and no view lets one of them act.
#include "core/base/text.h"
#include "tests/core/cli/program_fixture.h"

#include <gmock/gmock.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A finished grid whose labels are what a stranger's file may hold.
class HostileGrid : public RetortProgram {
 protected:
  void SetUp() override {
    RetortProgram::SetUp();
    const ProgramOutput output =
        retort({"run",
                writeGrid("grid:\n"
                          "  fake.steps:\n"
                          "    \"=cmd|' /C calc'!A0\": 1\n"
                          "    \"<script>alert(1)</script>\": 2\n"
                          "    \"\\\\input{/etc/passwd} & 5 % $x$ #1 a_b ^^5c\": 3\n"
                          "    \"a|b*c`d\": 4\n"
                          "    \"$(touch hacked); `id`\": 5\n"
                          "    \"../../etc/passwd\": 6\n"
                          "    \"注意 é\": 7\n"
                          "report: {metric: eval.accuracy}\n")});
    ASSERT_EQ(output.exit_code, 0) << output.errors;
  }

  std::string compare(const std::string& format) const {
    return retort({"compare", "lengths", "--format", format}).output;
  }
};

TEST_F(HostileGrid, IsTextInEveryTable) {
  EXPECT_THAT(compare("csv"), HasSubstr("\n'=cmd|' /C calc'!A0,"));
  EXPECT_THAT(compare("html"), Not(HasSubstr("<script")));
  EXPECT_THAT(compare("html"), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(compare("latex"), Not(HasSubstr("\\input{/")));
  EXPECT_THAT(compare("latex"), HasSubstr("\\textbackslash{}input\\{/etc/passwd\\}"));
  EXPECT_THAT(compare("markdown"), HasSubstr("| a\\|b\\*c\\`d |"));
  EXPECT_TRUE(parseJson(compare("json")).has_value());
}

TEST_F(HostileGrid, IsTextInEveryExport) {
  const auto lines = splitString(retort({"export", "lengths", "--runs"}).output, '\n');

  EXPECT_EQ(lines.size(), 9U);
  for (const std::string& line : lines) {
    EXPECT_NE(line.rfind("=", 0), 0U);
  }
  EXPECT_THAT(retort({"export", "lengths"}).output, Not(HasSubstr(",=cmd")));
}

TEST_F(HostileGrid, NamesNoFolder) {
  std::size_t folders = 0;
  for (const auto& entry : std::filesystem::directory_iterator(workspace() / "runs")) {
    const std::string name = entry.path().filename().string();
    EXPECT_EQ(name.size(), 16U);
    EXPECT_EQ(name.find_first_not_of("0123456789abcdef"), std::string::npos);
    ++folders;
  }
  EXPECT_EQ(folders, 7U);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "hacked"));
  EXPECT_FALSE(std::filesystem::exists("hacked"));
}

TEST_F(HostileGrid, ResolvesByName) {
  const ProgramOutput shown = retort({"show", "fake.steps=../../etc/passwd"});

  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("fake.steps                       6"));
}

TEST_F(HostileGrid, SurvivesReindexing) {
  (void)retort({"agent", "--shutdown"});
  const std::string before = compare("csv");
  ProgramOutput rebuilt = retort({"reindex"});
  for (int attempt = 0; attempt < 50 && rebuilt.exit_code == 64; ++attempt) {
    usleep(100'000);
    rebuilt = retort({"reindex"});
  }

  ASSERT_EQ(rebuilt.exit_code, 0) << rebuilt.errors;
  EXPECT_EQ(compare("csv"), before);
}

TEST_F(RetortProgram, PrintsTheSameNumbersInEveryLocale) {
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  const std::string plain = retort({"export", "lengths"}).output;
  setenv("LC_ALL", "de_DE.UTF-8", 1);

  EXPECT_EQ(retort({"export", "lengths"}).output, plain);
  EXPECT_EQ(retort({"compare", "lengths"}).output.find("0,"), std::string::npos);
  unsetenv("LC_ALL");
}

TEST_F(RetortProgram, ReportsAFullDisk) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full";
  }
  ASSERT_EQ(retort({"run", writeSmallGrid()}).exit_code, 0);
  const auto output = runProgram({"/bin/sh",
                                  "-c",
                                  "exec \"$0\" --workspace \"$1\" ls >/dev/full",
                                  std::string(PROGRAM_DIR) + "/retort",
                                  workspace().string()},
                                 std::chrono::minutes(1),
                                 1 << 20);

  ASSERT_TRUE(output.has_value());
  EXPECT_EQ(output->exit_code, 74);
  EXPECT_THAT(output->errors, HasSubstr("writing the output"));
}

TEST_F(RetortProgram, WorksInAFolderWithBlanksAndOtherLetters) {
  const std::string place = (folder_.path() / "mein Ordner é注").string();
  const std::string program = std::string(PROGRAM_DIR) + "/retort";
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {program, "--workspace", place});
    return runProgram(words, std::chrono::minutes(1), 1 << 20).value_or(ProgramOutput{});
  };
  ASSERT_EQ(run({"trainers", "add", "fake", std::string(PROGRAM_DIR) + "/fake_trainer"}).exit_code,
            0);

  const ProgramOutput output = run({"run", writeSmallGrid()});

  EXPECT_EQ(output.exit_code, 0) << output.errors;
  (void)run({"agent", "--shutdown"});
}

}  // namespace
}  // namespace retort::cli
