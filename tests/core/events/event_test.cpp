#include "core/events/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

namespace retort {
namespace {

using ::testing::HasSubstr;

const double kInfinity = std::numeric_limits<double>::infinity();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

MetricPoint point(std::string metric,
                  double value,
                  std::optional<int> layer = {},
                  std::string projection = "") {
  return {{std::move(metric), layer, {}, std::move(projection), ""}, value};
}

Event metricsEvent(std::vector<MetricPoint> points) {
  Event event;
  event.kind = "metrics";
  event.attempt = 2;
  event.time_ms = 1700000000000;
  event.step = 30;
  event.points = std::move(points);
  event.fields = Json::object();
  return event;
}

/// 48 points a probe, as a 6-layer encoder gives them: 4 x 48 + 8.
Event typicalEvent() {
  std::mt19937_64 generator(7);
  std::lognormal_distribution<double> values(0, 2);
  std::vector<MetricPoint> points;
  for (const char* metric : {"grad_norm", "grad_norm_relative", "a.third", "a.fourth"}) {
    for (int layer = 0; layer < 8; ++layer) {
      for (const char* projection : {"q", "k", "v", "o", "ffn1", "ffn2"}) {
        points.push_back(point(metric, values(generator), layer, projection));
      }
    }
  }
  for (int i = 0; i < 8; ++i) {
    points.push_back(point("scalar" + std::to_string(i), values(generator)));
  }
  return metricsEvent(std::move(points));
}

TEST(FormatEvent, GroupsPointsOfAMetric) {
  const Event event = metricsEvent({point("train.loss", 0.5),
                                    point("grad_norm", 1, 0, "q"),
                                    point("grad_norm", 2, 0, "k"),
                                    point("grad_norm", 3, 1, "q")});
  EXPECT_EQ(
      formatEvent(event),
      R"({"kind":"metrics","attempt":2,"time_ms":1700000000000,"step":30,"points":[)"
      R"({"metric":"train.loss","value":0.5},)"
      R"({"metric":"grad_norm","value":[1,2,3],"layer":[0,0,1],"projection":["q","k","q"]}]})");
}

TEST(FormatEvent, WritesASharedDimensionOnce) {
  const Event event = metricsEvent({point("grad_norm", 1, 3, "q"), point("grad_norm", 1, 3, "k")});
  EXPECT_THAT(formatEvent(event), HasSubstr(R"("value":[1,1],"layer":3,"projection":["q","k"])"));
}

TEST(FormatEvent, KeepsPointsWithAndWithoutADimensionApart) {
  const Event event = metricsEvent({point("grad_norm", 1, 0, "q"),
                                    point("grad_norm", 2, {}, "embeddings"),
                                    point("grad_norm", 3, 1, "q")});
  const auto back = parseEvent(formatEvent(event));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->points,
            (std::vector<MetricPoint>{point("grad_norm", 1, 0, "q"),
                                      point("grad_norm", 3, 1, "q"),
                                      point("grad_norm", 2, {}, "embeddings")}));
}

TEST(FormatEvent, WritesFieldsAfterTheHead) {
  Event event;
  event.kind = "open";
  event.time_ms = 5;
  event.fields = {{"run", "x\n"}, {"protocol", 1}};
  EXPECT_EQ(formatEvent(event),
            R"({"kind":"open","attempt":1,"time_ms":5,"protocol":1,"run":"x\u000a"})");
}

TEST(FormatEvent, RoundTripsEveryKindOfNumber) {
  std::vector<MetricPoint> points;
  for (const double value :
       {0.0, -0.0, 1.0, 0.1, -2.5e-310, 1e300, 1e22, 9007199254740993.0, kInfinity, -kInfinity}) {
    points.push_back(point("m", value, static_cast<int>(points.size())));
  }
  const auto back = parseEvent(formatEvent(metricsEvent(points)));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->points, points);
  EXPECT_TRUE(std::signbit(back->points[1].value));
  EXPECT_FALSE(std::signbit(back->points[0].value));
}

// S23: a NaN is kept, and does not cost the other points of its line.
TEST(FormatEvent, RoundTripsNaN) {
  const auto back = parseEvent(formatEvent(metricsEvent({point("a", kNaN), point("b", 1)})));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->points.size(), 2U);
  EXPECT_TRUE(std::isnan(back->points[0].value));
  EXPECT_EQ(back->points[1].value, 1);
}

TEST(FormatEvent, RoundTripsAllDimensionsAndFields) {
  Event event = metricsEvent({});
  for (int i = 0; i < 20; ++i) {
    event.points.push_back(
        {{"m", i % 3, i % 5, "p" + std::to_string(i % 2), "c\"" + std::to_string(i)}, i * 0.1});
  }
  event.fields = {{"note", {{"deep", {1, 2}}}}};
  const auto back = parseEvent(formatEvent(event));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, event);
}

TEST(ParseEvent, ReadsArraysAndScalarsOfDimensions) {
  const auto event = parseEvent(
      R"({"time_ms": 1, "attempt": 1, "kind": "metrics", "step": 0, "points": [)"
      R"({"metric": "m", "value": [1, "NaN"], "layer": [0, 1], "head": 2, "component": null, "extra": 5},)"
      R"({"metric": "n", "value": []}]})");
  ASSERT_TRUE(event) << event.error().message;
  ASSERT_EQ(event->points.size(), 2U);
  EXPECT_EQ(event->points[0], (MetricPoint{{"m", 0, 2, "", ""}, 1}));
  EXPECT_EQ(event->points[1].series, (SeriesKey{"m", 1, 2, "", ""}));
}

TEST(ParseEvent, ReturnsUnknownKindsAsTheyAre) {
  const auto event = parseEvent(R"({"kind":"dance","attempt":1,"time_ms":2,"points":7,"x":null})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, "dance");
  EXPECT_EQ(event->fields, Json({{"points", 7}, {"x", nullptr}}));
  EXPECT_EQ(event->step, std::nullopt);
}

/// A metrics event as any trainer could write it.
Event randomEvent(std::mt19937_64& generator) {
  const std::vector<std::string> names = {"a", "train.loss", "\"", "é", "grad_norm", "with space"};
  const auto pick = [&] {
    return names[generator() % names.size()];
  };
  std::vector<MetricPoint> points;
  for (std::size_t i = generator() % 30; i > 0; --i) {
    MetricPoint random;
    random.series.metric = pick();
    if (generator() % 2 == 0) {
      random.series.layer = static_cast<int>(generator() % 24);
    }
    if (generator() % 3 == 0) {
      random.series.head = static_cast<int>(generator() % 16);
    }
    random.series.projection = generator() % 2 == 0 ? "" : pick();
    random.series.component = generator() % 4 != 0 ? "" : pick();
    random.value = std::ldexp(static_cast<double>(generator()) - 9e18,
                              static_cast<int>(generator() % 2000) - 1000);
    points.push_back(std::move(random));
  }
  return metricsEvent(std::move(points));
}

TEST(FormatEvent, RoundTripsRandomPointsUpToTheirOrder) {
  std::mt19937_64 generator(99);
  const auto is_before = [](const MetricPoint& left, const MetricPoint& right) {
    return std::tie(left.series, left.value) < std::tie(right.series, right.value);
  };
  for (int round = 0; round < 300; ++round) {
    Event event = randomEvent(generator);
    auto back = parseEvent(formatEvent(event));
    ASSERT_TRUE(back) << formatEvent(event);
    std::stable_sort(event.points.begin(), event.points.end(), is_before);
    std::stable_sort(back->points.begin(), back->points.end(), is_before);
    ASSERT_EQ(*back, event);
  }
}

TEST(FormatEvent, IsItsOwnInverseOnceGrouped) {
  std::mt19937_64 generator(7);
  for (int round = 0; round < 100; ++round) {
    const std::string line = formatEvent(randomEvent(generator));
    EXPECT_EQ(formatEvent(*parseEvent(line)), line);
  }
}

TEST(FormatEvent, IsOneLineWhateverItHolds) {
  Event event;
  event.kind = "warning\n";
  event.fields = {{"a\nb", "c\r\nd"}, {"nested", {"\n", {{"\n", "\n"}}}}};
  event.points = {point("not written\n", 1)};
  const std::string line = formatEvent(event);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto back = parseEvent(line);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, event.kind);
  EXPECT_EQ(back->fields, event.fields);
  EXPECT_TRUE(back->points.empty()) << "points belong to metrics only";
}

TEST(ParseEvent, SurvivesDamagedLines) {
  std::mt19937_64 generator(13);
  const std::string line = formatEvent(typicalEvent()).substr(0, 600) + "]}]}";
  const std::string good =
      formatEvent(metricsEvent({point("m", 1, 0, "q"), point("m", kNaN, 1, "k"), point("n", 2)}));
  for (int round = 0; round < 1000; ++round) {
    std::string damaged = round % 2 == 0 ? good : line;
    for (std::size_t edits = 1 + generator() % 3; edits > 0; --edits) {
      damaged[generator() % damaged.size()] = static_cast<char>(generator());
    }
    const auto event = parseEvent(damaged);
    if (!event) {
      ASSERT_EQ(event.error().code, ErrorCode::kProtocol);
      ASSERT_THAT(event.error().message, HasSubstr("event: "));
    }
  }
}

struct BadLine {
  const char* name;
  const char* line;
  const char* message;
};

class ParseEventRefuses : public ::testing::TestWithParam<BadLine> {};

TEST_P(ParseEventRefuses, WithTheProtocolCodeAndTheKey) {
  const auto event = parseEvent(GetParam().line);
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, ErrorCode::kProtocol);
  EXPECT_THAT(event.error().message, HasSubstr(GetParam().message));
}

#define METRICS(POINTS) R"({"kind":"metrics","attempt":1,"time_ms":0,"step":1,"points":)" POINTS "}"

INSTANTIATE_TEST_SUITE_P(
    Cases,
    ParseEventRefuses,
    ::testing::Values(
        BadLine{"empty", "", "invalid JSON"},
        BadLine{"torn", R"({"kind":"metr)", "invalid JSON"},
        BadLine{"two_lines", "{}\n{}", "invalid JSON"},
        BadLine{"array", "[]", "not an object"},
        BadLine{"no_kind", R"({"attempt":1,"time_ms":0})", "'kind' is missing"},
        BadLine{"empty_kind", R"({"kind":"","attempt":1,"time_ms":0})", "'kind'"},
        BadLine{"no_attempt", R"({"kind":"x","time_ms":0})", "'attempt' is missing"},
        BadLine{"attempt_zero", R"({"kind":"x","attempt":0,"time_ms":0})", "'attempt' is not"},
        BadLine{"attempt_large", R"({"kind":"x","attempt":4294967296,"time_ms":0})", "too large"},
        BadLine{"no_time", R"({"kind":"x","attempt":1})", "'time_ms' is missing"},
        BadLine{
            "time_huge", R"({"kind":"x","attempt":1,"time_ms":18446744073709551615})", "'time_ms'"},
        BadLine{"step_real", R"({"kind":"x","attempt":1,"time_ms":0,"step":1.5})", "'step' is not"},
        BadLine{
            "step_negative", R"({"kind":"x","attempt":1,"time_ms":0,"step":-1})", "'step' is not"},
        BadLine{"no_step",
                R"({"kind":"metrics","attempt":1,"time_ms":0,"points":[]})",
                "without 'step'"},
        BadLine{"no_points", R"({"kind":"metrics","attempt":1,"time_ms":0,"step":1})", "'points'"},
        BadLine{"points_object", METRICS("{}"), "'points'"},
        BadLine{"point_scalar", METRICS("[1]"), "not an object"},
        BadLine{"no_metric", METRICS(R"([{"value":1}])"), "no 'metric'"},
        BadLine{"no_value", METRICS(R"([{"metric":"m"}])"), "no 'value'"},
        BadLine{"value_null", METRICS(R"([{"metric":"m","value":null}])"), "'value' is neither"},
        BadLine{"value_text", METRICS(R"([{"metric":"m","value":"nan"}])"), "'value' is neither"},
        BadLine{"lengths",
                METRICS(R"([{"metric":"m","value":[1,2],"layer":[0]}])"),
                "'layer' has 1 entries, 'value' has 2"},
        BadLine{"array_for_one",
                METRICS(R"([{"metric":"m","value":1,"head":[0]}])"),
                "'head' has 1 entries, 'value' has one"},
        BadLine{
            "layer_text", METRICS(R"([{"metric":"m","value":1,"layer":"0"}])"), "'layer' is not"},
        BadLine{"layer_large",
                METRICS(R"([{"metric":"m","value":1,"layer":4294967296}])"),
                "'layer' is too"},
        BadLine{
            "projection", METRICS(R"([{"metric":"m","value":1,"projection":3}])"), "'projection'"}),
    [](const auto& param) { return param.param.name; });

TEST(ParseEvent, SurvivesEveryCutOfALine) {
  const std::string line =
      formatEvent(metricsEvent({point("m", 1, 0, "q"), point("m", kNaN, 1, "k")}));
  for (std::size_t length = 0; length < line.size(); ++length) {
    EXPECT_FALSE(parseEvent(std::string_view(line).substr(0, length))) << length;
  }
}

TEST(CheckOpening, AcceptsOnlyThisProtocolAndRun) {
  const auto check = [](const char* line) {
    return checkOpening(*parseEvent(line), "abc");
  };
  EXPECT_TRUE(check(R"({"kind":"open","attempt":1,"time_ms":0,"protocol":1,"run":"abc"})"));
  const auto version = check(R"({"kind":"open","attempt":1,"time_ms":0,"protocol":2,"run":"abc"})");
  ASSERT_FALSE(version);
  EXPECT_THAT(version.error().message,
              HasSubstr("it has protocol 2, this program reads protocol 1"));
  const auto run = check(R"({"kind":"open","attempt":1,"time_ms":0,"protocol":1,"run":"def"})");
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("belongs to run \"def\", not to abc"));
  const auto kind = check(R"({"kind":"phase","attempt":1,"time_ms":0})");
  ASSERT_FALSE(kind);
  EXPECT_EQ(kind.error().code, ErrorCode::kProtocol);
}

// Writing 200 points must cost less than 2 % of a training step of 15 ms (300 us); slow builds get
// ten times that.
TEST(FormatEvent, IsFastEnoughForEveryStep) {
  const Event event = typicalEvent();
  ASSERT_EQ(event.points.size(), 200U);
  constexpr int kRounds = 200;
  std::size_t bytes = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) {
    bytes += formatEvent(event).size();
  }
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("microseconds_per_event", std::to_string(took.count() / kRounds));
  RecordProperty("bytes_per_event", std::to_string(bytes / kRounds));
  EXPECT_LT(took.count() / kRounds, 3000);
}

TEST(ParseEvent, KeepsUpWithManyRuns) {
  const std::string line = formatEvent(typicalEvent());
  constexpr int kRounds = 200;
  std::size_t points = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) {
    points += parseEvent(line)->points.size();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("points_per_second", std::to_string(static_cast<double>(points) / took.count()));
  EXPECT_GT(static_cast<double>(points) / took.count(), 20000);
}

}  // namespace
}  // namespace retort
