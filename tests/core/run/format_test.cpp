#include "core/run/format.h"

#include "core/tables/text_width.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>

namespace retort {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Format, WritesDurationsAsClocks) {
  EXPECT_EQ(formatDuration(0.4), "0:00");
  EXPECT_EQ(formatDuration(7), "0:07");
  EXPECT_EQ(formatDuration(754), "12:34");
  EXPECT_EQ(formatDuration(11045), "3:04:05");
  EXPECT_EQ(formatDuration(200000), "2 d 07 h");
  EXPECT_EQ(formatDuration(-5), "0:00");
  EXPECT_EQ(formatDuration(std::optional<double>()), "–");
}

TEST(Format, WritesBytesInBinaryUnits) {
  EXPECT_EQ(formatBytes(512), "512 B");
  EXPECT_EQ(formatBytes(1536), "1.5 KiB");
  EXPECT_EQ(formatBytes(std::uint64_t{3} << 30), "3.0 GiB");
}

TEST(Format, WritesShortNumbers) {
  EXPECT_EQ(formatShort(0.12345), "0.123");
  EXPECT_EQ(formatShort(12.345), "12.3");
  EXPECT_EQ(formatShort(1234.5), "1234");
  EXPECT_EQ(formatShort(1.2345e-5), "1.2e-05");
  EXPECT_EQ(formatShort(0.0), "0.00");
  EXPECT_EQ(formatShort(std::nan("")), "NaN");
  EXPECT_EQ(formatShort(-kInfinity), "-inf");
  EXPECT_EQ(formatShort(std::optional<double>()), "–");
}

TEST(Format, WritesTinyNumbersInSixColumns) {
  EXPECT_EQ(formatTiny(0.0123), "0.012");
  EXPECT_EQ(formatTiny(1.23e-7), "1.2e-7");
  EXPECT_EQ(formatTiny(9.99e-3), "1.0e-2");
  EXPECT_EQ(formatTiny(3.4e12), "3.4e12");
  EXPECT_EQ(formatTiny(42.4), "42");
  EXPECT_EQ(formatTiny(0), "0");
  EXPECT_EQ(formatTiny(kInfinity), "inf");
  for (const double value : {9.99e-13, 9.96e-3, 99.96, 999.7, 1e9, 0.5, 1.0, 3e-101}) {
    EXPECT_LE(displayWidth(formatTiny(value)), 8U) << value;
  }
}

TEST(Format, WritesTimesInTheLocalZone) {
  setenv("TZ", "UTC", 1);
  tzset();

  EXPECT_EQ(formatTime(1'795'338'611'000), "2026-11-22 09:10:11");
  EXPECT_EQ(formatClock(1'795'338'611'999), "09:10:11");
}

TEST(Format, WritesStepsWithTheTotalWhereItIsKnown) {
  EXPECT_EQ(formatSteps(450, 1000), "450/1000");
  EXPECT_EQ(formatSteps(450, 0), "450");
  EXPECT_EQ(formatSteps(0, 0), "–");
}

TEST(Format, WritesSettingsWithoutQuotes) {
  EXPECT_EQ(formatSetting("ternary"), "ternary");
  EXPECT_EQ(formatSetting(Json::array({"o", "v"})), R"(["o","v"])");
  EXPECT_EQ(formatSetting(2e-5), "2e-05");
}

TEST(Format, NamesSeriesWithTheirDimensions) {
  EXPECT_EQ(formatSeries({"train.loss", {}, {}, "", ""}), "train.loss");
  EXPECT_EQ(formatSeries({"grad_norm", 3, {}, "q", ""}), "grad_norm[layer=3,projection=q]");
  EXPECT_EQ(formatSeries({"kl", 0, 1, "", "map"}), "kl[layer=0,head=1,component=map]");
}

TEST(Format, ReadsTheNamesOfSeries) {
  for (const SeriesKey& key : {SeriesKey{"train.loss", {}, {}, "", ""},
                               SeriesKey{"grad_norm", 3, {}, "q", ""},
                               SeriesKey{"kl", 0, 1, "", "map"}}) {
    EXPECT_EQ(parseSeries(formatSeries(key)), key);
  }
  EXPECT_EQ(parseSeries("kl[head=1,layer=0]"), (SeriesKey{"kl", 0, 1, "", ""}));
}

TEST(Format, RefusesWhatNamesNoSeries) {
  for (const char* text : {"",
                           "[layer=1]",
                           "kl[",
                           "kl[layer=1",
                           "kl[]",
                           "kl[layer=]",
                           "kl[layer=q]",
                           "kl[layer=-1]",
                           "kl[layer=99999999999]",
                           "kl[depth=1]",
                           "kl[layer=1]x"}) {
    const auto key = parseSeries(text);
    ASSERT_FALSE(key.has_value()) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kUsage);
  }
}

TEST(Format, CountsInWords) {
  EXPECT_EQ(formatCount(1, "run"), "1 run");
  EXPECT_EQ(formatCount(0, "run"), "0 runs");
  EXPECT_EQ(shortId("0123456789abcdef"), "01234567");
}

}  // namespace
}  // namespace retort
