#include "core/cli/console.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace retort::cli {
namespace {

/// Sets a variable for the length of a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }

  ~Variable() { unsetenv(name_); }

  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(Terminal, TakesTheSizeFromTheEnvironment) {
  const Variable columns("COLUMNS", "132");
  const Variable rows("LINES", "43");

  EXPECT_EQ(detectTerminal().columns, 132U);
  EXPECT_EQ(detectTerminal().rows, 43U);
}

TEST(Terminal, IgnoresSizesThatMakeNoSense) {
  for (const char* text : {"", "0", "-5", "many", "99999999", "1e3"}) {
    const Variable columns("COLUMNS", text);
    EXPECT_EQ(detectTerminal().columns, 80U) << text;
  }
}

TEST(Terminal, IsNeverTooSmallForTheViews) {
  const Variable columns("COLUMNS", "3");
  const Variable rows("LINES", "1");

  EXPECT_GE(detectTerminal().columns, 40U);
  EXPECT_GE(detectTerminal().rows, 8U);
}

TEST(Terminal, HasNoColoursWhereOutputIsAPipe) {
  testing::internal::CaptureStdout();
  const TerminalTraits traits = detectTerminal();
  (void)testing::internal::GetCapturedStdout();

  EXPECT_FALSE(traits.is_terminal);
  EXPECT_FALSE(traits.has_color);
}

TEST(Output, ComesOutInTheOrderOfPrinting) {
  testing::internal::CaptureStdout();
  print("one ");
  print(std::string_view("two\0three", 9));
  EXPECT_TRUE(finishOutput().has_value());

  EXPECT_EQ(testing::internal::GetCapturedStdout(), std::string("one two\0three", 13));
}

TEST(Output, OfErrorsGoesToStandardError) {
  testing::internal::CaptureStderr();
  printError("trouble\n");

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "trouble\n");
}

}  // namespace
}  // namespace retort::cli
