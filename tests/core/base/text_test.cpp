#include "core/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace retort {
namespace {

using ::testing::ElementsAre;

const std::vector<std::string> kNames = {
    "train.learning_rate", "train.epochs", "q", "attention_map"};

TEST(NearestName, FindsLikelyMisspellings) {
  EXPECT_EQ(nearestName("train.learning_rte", kNames), "train.learning_rate");
  EXPECT_EQ(nearestName("atention_map", kNames), "attention_map");
  EXPECT_EQ(nearestName("train.epohcs", kNames), "train.epochs");
  EXPECT_EQ(nearestName("k", kNames), "q");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearestName("resources", kNames), std::nullopt);
  EXPECT_EQ(nearestName("", {}), std::nullopt);
  EXPECT_EQ(nearestName("ab", {"cd"}), std::nullopt);
}

TEST(NearestName, CountsATranspositionAsOneEdit) {
  EXPECT_EQ(nearestName("abc", {"acb"}), "acb");
  EXPECT_EQ(nearestName("abc", {"cab"}), std::nullopt);  // two edits of three letters
}

TEST(NearestName, PrefersTheNearestThenTheFirst) {
  EXPECT_EQ(nearestName("epoch", {"epoxy", "epochs"}), "epochs");
  EXPECT_EQ(nearestName("a", {"b", "c"}), "b");
}

TEST(FormatDouble, WritesTheShortestTextThatReadsBack) {
  EXPECT_EQ(formatDouble(0.1), "0.1");
  EXPECT_EQ(formatDouble(1.0), "1");
  EXPECT_EQ(formatDouble(2e-5), "2e-05");
  EXPECT_EQ(formatDouble(-0.0), "-0");
  EXPECT_EQ(formatDouble(1.0 / 3.0), "0.3333333333333333");
}

TEST(FormatDouble, NamesWhatIsNotFinite) {
  EXPECT_EQ(formatDouble(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(formatDouble(std::numeric_limits<double>::infinity()), "Infinity");
  EXPECT_EQ(formatDouble(-std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(FormatDouble, RoundTripsRandomBitPatterns) {
  std::mt19937_64 generator(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = generator();
    double value = 0;
    static_assert(sizeof bits == sizeof value);
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) {
      const auto back = parseDouble(formatDouble(value));
      ASSERT_TRUE(back.has_value()) << formatDouble(value);
      ASSERT_EQ(*back, value);
    }
  }
}

// C20: the locale's decimal comma changes nothing.
TEST(FormatDouble, IgnoresTheLocale) {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  if (std::setlocale(LC_NUMERIC, "de_DE.UTF-8") == nullptr) {
    GTEST_SKIP() << "the locale de_DE.UTF-8 is not installed";
  }
  EXPECT_EQ(formatDouble(2.5), "2.5");
  EXPECT_EQ(parseDouble("2.5"), 2.5);
  EXPECT_EQ(parseDouble("2,5"), std::nullopt);
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST(ParseDouble, TakesWholeTextsOnly) {
  EXPECT_EQ(parseDouble("-1.5e3"), -1500.0);
  EXPECT_EQ(parseDouble("1.5 "), std::nullopt);
  EXPECT_EQ(parseDouble(""), std::nullopt);
  EXPECT_EQ(parseDouble("1e400"), std::nullopt);
  EXPECT_EQ(parseDouble("Infinity"), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(parseDouble("NaN").value_or(0)));
}

TEST(ParseInteger, TakesWholeTextsThatFit) {
  EXPECT_EQ(parseInteger("-42"), -42);
  EXPECT_EQ(parseInteger("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parseInteger("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parseInteger("1.0"), std::nullopt);
  EXPECT_EQ(parseInteger("0x10"), std::nullopt);
}

struct Utf8Case {
  const char* name;
  std::string text;
  std::optional<std::size_t> bad_byte;
};

class IsValidUtf8 : public ::testing::TestWithParam<Utf8Case> {};

TEST_P(IsValidUtf8, FindsTheFirstBadByte) {
  std::size_t bad_byte = 0;
  EXPECT_EQ(isValidUtf8(GetParam().text, &bad_byte), !GetParam().bad_byte.has_value());
  if (GetParam().bad_byte) {
    EXPECT_EQ(bad_byte, *GetParam().bad_byte);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases,
                         IsValidUtf8,
                         ::testing::Values(Utf8Case{"empty", "", {}},
                                           Utf8Case{"ascii", "abc", {}},
                                           Utf8Case{"two", "\xC3\xA9", {}},
                                           Utf8Case{"three", "\xE2\x82\xAC", {}},
                                           Utf8Case{"four", "\xF0\x9F\x98\x80", {}},
                                           Utf8Case{"largest", "\xF4\x8F\xBF\xBF", {}},
                                           Utf8Case{"stray_continuation", "ab\x80", 2},
                                           Utf8Case{"overlong_two", "\xC1\x80", 0},
                                           Utf8Case{"overlong_three", "a\xE0\x80\x80", 1},
                                           Utf8Case{"overlong_four", "\xF0\x8F\xBF\xBF", 0},
                                           Utf8Case{"surrogate", "\xED\xA0\x80", 0},
                                           Utf8Case{"above_unicode", "\xF4\x90\x80\x80", 0},
                                           Utf8Case{"cut", "abc\xE2\x82", 3},
                                           Utf8Case{"latin1", "caf\xE9 x", 3}),
                         [](const auto& param) { return param.param.name; });

TEST(SplitString, KeepsEmptyParts) {
  EXPECT_THAT(splitString("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(splitString("", ','), ElementsAre(""));
  EXPECT_THAT(splitString("a,", ','), ElementsAre("a", ""));
}

TEST(JoinStrings, IsTheInverseOfSplitString) {
  EXPECT_EQ(joinStrings({}, ", "), "");
  EXPECT_EQ(joinStrings({"a"}, ", "), "a");
  EXPECT_EQ(joinStrings({"a", "", "b"}, ","), "a,,b");
}

}  // namespace
}  // namespace retort
