#include "experiments/units.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace retort::experiments {
namespace {

constexpr std::int64_t kKibi = 1024;

TEST(ParseByteSize, KnowsPowersOf1000AndOf1024) {
  EXPECT_EQ(parseByteSize("1B"), 1);
  EXPECT_EQ(parseByteSize("1kB"), 1000);
  EXPECT_EQ(parseByteSize("1MB"), 1000 * 1000);
  EXPECT_EQ(parseByteSize("1GB"), 1000 * 1000 * 1000);
  EXPECT_EQ(parseByteSize("1KiB"), kKibi);
  EXPECT_EQ(parseByteSize("1MiB"), kKibi * kKibi);
  EXPECT_EQ(parseByteSize("8GiB"), 8 * kKibi * kKibi * kKibi);
  EXPECT_EQ(parseByteSize("2TiB"), 2 * kKibi * kKibi * kKibi * kKibi);
}

TEST(ParseByteSize, TakesBlanksAndFractions) {
  EXPECT_EQ(parseByteSize("512 MiB"), 512 * kKibi * kKibi);
  EXPECT_EQ(parseByteSize("1.5GiB"), 3 * kKibi * kKibi * kKibi / 2);
}

TEST(ParseByteSize, RefusesWhatIsNoSize) {
  for (const char* text : {"", "GiB", "8", "8 apples", "-1GiB", "1e400GiB", "nanGiB", "8GiB x"}) {
    const auto size = parseByteSize(text);
    ASSERT_FALSE(size.has_value()) << text;
    EXPECT_FALSE(size.error().empty()) << text;
  }
}

TEST(ParseByteSize, RefusesMoreThanFits) {
  EXPECT_FALSE(parseByteSize("99999999999TiB").has_value());
}

TEST(ParseDuration, AddsItsParts) {
  EXPECT_EQ(parseDuration("45s"), 45);
  EXPECT_EQ(parseDuration("90m"), 90 * 60);
  EXPECT_EQ(parseDuration("2h"), 2 * 3600);
  EXPECT_EQ(parseDuration("1h30m"), 5400);
  EXPECT_EQ(parseDuration("1d"), 24 * 3600);
  EXPECT_EQ(parseDuration("1d2h3m4s"), ((24 + 2) * 60 + 3) * 60 + 4);
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "h", "0s", "-1h", "2x", "h2", "1e400d", "99999999999999999999d"}) {
    const auto duration = parseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_FALSE(duration.error().empty()) << text;
  }
}

}  // namespace
}  // namespace retort::experiments
