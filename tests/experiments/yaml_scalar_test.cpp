#include "experiments/yaml_scalar.h"

#include "experiments/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

TEST(TypePlainScalar, FollowsTheCoreSchema) {
  const std::vector<std::pair<std::string, Json>> cases = {
      {"", nullptr},
      {"~", nullptr},
      {"null", nullptr},
      {"true", true},
      {"False", false},
      {"0", 0},
      {"-12", -12},
      {"+7", 7},
      {"1.5", 1.5},
      {".5", 0.5},
      {"-1.", -1.0},
      {"2e-5", 2e-5},
      {"1E+3", 1000.0},
      {"abc", "abc"},
      {"1.2.3", "1.2.3"},
      {"-", "-"},
      {"e5", "e5"},
      {"1:30", "1:30"},
      {".", "."},
      {"ov", "ov"},
      {"2026-11-22", "2026-11-22"},
      {"1e", "1e"},
      {"NaN", "NaN"},
      {"0.5", 0.5},
      {"-0", 0},
      {"9223372036854775807", 9223372036854775807LL},
      {"0e0", 0.0}};
  for (const auto& [text, value] : cases) {
    const auto typed = typePlainScalar(text);
    ASSERT_TRUE(typed) << text << ": " << typed.error();
    EXPECT_EQ(canonicalJson(*typed), canonicalJson(value)) << text;
  }
}

// C05, C06, C19, C20 and numbers that do not fit.
TEST(TypePlainScalar, RefusesWhatIsReadInTwoWays) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"no", "write false or, for the text, \"no\""},
      {"Yes", "write true or, for the text, \"Yes\""},
      {"off", "write false"},
      {"ON", "write true"},
      {"y", "write true"},
      {"N", "write false"},
      {"0123", "begins with 0"},
      {"-007", "begins with 0"},
      {"00.5", "begins with 0"},
      {"0x1F", "plain decimal digits"},
      {"0o17", "plain decimal digits"},
      {"1_000", "plain decimal digits"},
      {".nan", "is not a finite number"},
      {".NaN", "is not a finite number"},
      {"-.inf", "is not a finite number"},
      {"+.Inf", "is not a finite number"},
      {"0,5", "decimal comma: write 0.5 or, for the text, \"0,5\""},
      {"1e400", "does not fit a finite real"},
      {"99999999999999999999", "does not fit an integer of 64 bits"}};
  for (const auto& [text, message] : cases) {
    const auto typed = typePlainScalar(text);
    ASSERT_FALSE(typed) << text;
    EXPECT_THAT(typed.error(), HasSubstr(message));
    EXPECT_THAT(typed.error(), HasSubstr("'" + text + "'"));
  }
}

TEST(IsPlainText, IsTrueOnlyForWhatReadsBack) {
  for (const char* text :
       {"abc", "run:00/model", "/data/SST-2", "a.b_c+d", "1.2.3", "2026-11-22"}) {
    EXPECT_TRUE(isPlainText(text)) << text;
  }
  for (const char* text : {"",   "no",  "0123", "1e5", "12",   "true", "null", "~",  "a b", "a: b",
                           "a:", "- a", "-x",   "...", ".nan", "é",    "a#b",  "[a", "\"",  "<<"}) {
    EXPECT_FALSE(isPlainText(text)) << text;
  }
}

TEST(ParseByteSize, ReadsSizesWithUnits) {
  EXPECT_EQ(parseByteSize("8GiB"), 8589934592);
  EXPECT_EQ(parseByteSize("512 MiB"), 536870912);
  EXPECT_EQ(parseByteSize("1.5GB"), 1500000000);
  EXPECT_EQ(parseByteSize("100B"), 100);
  EXPECT_EQ(parseByteSize("2TiB"), 2199023255552);
  for (const char* text : {"",
                           "8",
                           "8G",
                           "GiB",
                           "-1GiB",
                           "8GiB8",
                           "8GiB 1",
                           "1e3GiB",
                           "99999999TiB",
                           "8gib",
                           "1.2.3MB"}) {
    EXPECT_FALSE(parseByteSize(text)) << text;
  }
  EXPECT_THAT(parseByteSize("8").error(), HasSubstr("'8' is not a size; write it like 8GiB"));
}

TEST(ParseDuration, ReadsTimesWithUnits) {
  EXPECT_EQ(parseDuration("2h"), 7200);
  EXPECT_EQ(parseDuration("1h30m"), 5400);
  EXPECT_EQ(parseDuration("90 m"), 5400);
  EXPECT_EQ(parseDuration("1d"), 86400);
  EXPECT_EQ(parseDuration("1.5h"), 5400);
  for (const char* text : {"", "2", "h", "0s", "-1h", "2 hours", "1h-30m", "1h 30x"}) {
    EXPECT_FALSE(parseDuration(text)) << text;
  }
}

}  // namespace
}  // namespace retort::experiments
