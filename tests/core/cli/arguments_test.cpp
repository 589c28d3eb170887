#include "core/cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A command with one argument of each kind.
class CommandArguments : public ::testing::Test {
 protected:
  CommandArguments() {
    arguments_.positional("FILE", file_, "The file");
    arguments_.options("--set", overrides_, "KEY=VALUE");
    arguments_.list("--by", factors_, "Factors");
    arguments_.flag("--json", is_json_, "For scripts");
    arguments_.number("-j,--jobs", jobs_, 1, 64, "At once");
    arguments_.choice("--format", format_, {"text", "csv"}, "Format");
  }

  Error errorOf(const std::vector<std::string>& words) {
    const auto parsed = arguments_.parse(words);
    return parsed ? Error{ErrorCode::kIo, "no error"} : parsed.error();
  }

  Arguments arguments_{"retort run", "Run a grid", "  retort run x.yaml"};
  std::string file_;
  std::vector<std::string> overrides_;
  std::vector<std::string> factors_;
  bool is_json_ = false;
  std::int64_t jobs_ = 0;
  std::string format_ = "text";
};

TEST_F(CommandArguments, FillTheirTargets) {
  const auto parsed = arguments_.parse(
      {"--set", "a=1", "x.yaml", "--set", "b=-2", "--by", "loss,freeze", "-j", "3", "--json"});

  ASSERT_TRUE(parsed.has_value());
  EXPECT_FALSE(*parsed);
  EXPECT_EQ(file_, "x.yaml");
  EXPECT_THAT(overrides_, ElementsAre("a=1", "b=-2"));
  EXPECT_THAT(factors_, ElementsAre("loss", "freeze"));
  EXPECT_EQ(jobs_, 3);
  EXPECT_TRUE(is_json_);
}

TEST_F(CommandArguments, PassOddSettingsOnUnchanged) {
  ASSERT_TRUE(arguments_.parse({"x.yaml", "--set", "train.lr=", "--set", "=1", "--set", "a.b.c"}));

  EXPECT_THAT(overrides_, ElementsAre("train.lr=", "=1", "a.b.c"));
}

TEST_F(CommandArguments, RefuseWhatIsNotDeclared) {
  EXPECT_EQ(errorOf({"x.yaml", "--jsn"}).code, ErrorCode::kUsage);
  EXPECT_THAT(errorOf({"x.yaml", "--jsn"}).message, HasSubstr("--jsn"));
  EXPECT_THAT(errorOf({"x.yaml", "--jsn"}).message, HasSubstr("see 'retort run --help'"));
}

TEST_F(CommandArguments, RefuseMissingAndBadValues) {
  EXPECT_THAT(errorOf({}).message, HasSubstr("FILE is required"));
  EXPECT_THAT(errorOf({"x.yaml", "-j", "0"}).message, HasSubstr("0"));
  EXPECT_THAT(errorOf({"x.yaml", "-j", "two"}).message, HasSubstr("two"));
  EXPECT_THAT(errorOf({"x.yaml", "--format", "pdf"}).message, HasSubstr("pdf"));
  EXPECT_EQ(errorOf({"x.yaml", "--set"}).code, ErrorCode::kUsage);
}

TEST_F(CommandArguments, MakeControlCharactersInErrorsVisible) {
  EXPECT_EQ(errorOf({"x.yaml", "--\x1b[2J"}).message.find('\x1b'), std::string::npos);
}

TEST_F(CommandArguments, ShowHelpWithExamples) {
  const auto parsed = arguments_.parse({"--help"});

  ASSERT_TRUE(parsed.has_value());
  EXPECT_TRUE(*parsed);
  EXPECT_THAT(arguments_.help(), HasSubstr("Run a grid"));
  EXPECT_THAT(arguments_.help(), HasSubstr("--jobs"));
  EXPECT_THAT(arguments_.help(), HasSubstr("Examples:\n  retort run x.yaml"));
}

}  // namespace
}  // namespace retort::cli
