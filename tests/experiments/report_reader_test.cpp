#include "experiments/report_reader.h"

#include "tests/experiments/yaml_fixture.h"

#include <gmock/gmock.h>

namespace retort::experiments {
namespace {

using ::testing::HasSubstr;

/// The alarms of a YAML list, which must be sound.
Json alarmsOf(const std::string& yaml) {
  SinkFor sink(yaml);
  const YamlNode tree = treeOf(yaml);
  Json alarms = readAlarms(&tree, sink.sink());
  EXPECT_EQ(sink.problems(), "");
  return alarms;
}

std::string alarmProblems(const std::string& yaml) {
  SinkFor sink(yaml);
  const YamlNode tree = treeOf(yaml);
  EXPECT_EQ(readAlarms(&tree, sink.sink()), Json::array());
  return sink.problems();
}

TEST(Alarms, AreAnEmptyListWhenThereAreNone) {
  SinkFor sink("");
  EXPECT_EQ(readAlarms(nullptr, sink.sink()), Json::array());
  EXPECT_EQ(alarmsOf("null"), Json::array());
  EXPECT_EQ(alarmsOf("[]"), Json::array());
}

TEST(Alarms, WarnAtTheFirstPointUnlessToldOtherwise) {
  EXPECT_EQ(alarmsOf("[{metric: grad_norm, above: 100}]"),
            Json::parse(R"([{"metric": "grad_norm", "above": 100, "for": 1, "do": "warn"}])"));
  EXPECT_EQ(
      alarmsOf("- {metric: 'train.*', below: 0.5, above: 2, for: 3, do: stop}\n"),
      Json::parse(R"([{"metric": "train.*", "below": 0.5, "above": 2, "for": 3, "do": "stop"}])"));
}

TEST(Alarms, MustSayWhatTheyWatchAndWhichSideIsWrong) {
  EXPECT_THAT(alarmProblems("[{above: 1}]"), HasSubstr("an alarm needs a metric and 'above' or"));
  EXPECT_THAT(alarmProblems("[{metric: grad_norm}]"), HasSubstr("needs a metric and 'above' or"));
  EXPECT_THAT(alarmProblems("[{metric: 3, above: 1}]"),
              HasSubstr("metric is the name of a metric"));
  EXPECT_THAT(alarmProblems("[{metric: '', above: 1}]"), HasSubstr("is the name of a metric"));
  EXPECT_THAT(alarmProblems("[{metric: m, above: high}]"), HasSubstr("above is a number"));
  EXPECT_THAT(alarmProblems("[{metric: m, above: 1, for: 0}]"), HasSubstr("at least 1"));
  EXPECT_THAT(alarmProblems("[{metric: m, above: 1, do: panic}]"),
              HasSubstr("do must be warn or stop"));
  EXPECT_THAT(alarmProblems("[{metric: m, over: 1}]"),
              HasSubstr("f.yaml:1:14: alarms: unknown key over; known: metric, above"));
  EXPECT_THAT(alarmProblems("[often]"), HasSubstr("expected {metric:"));
}

TEST(Alarms, KeepTheSoundOnesBesideWrongOnes) {
  const std::string yaml = "[{metric: a, above: 1}, {metric: b}, {metric: c, below: 2}]";
  SinkFor sink(yaml);
  const YamlNode tree = treeOf(yaml);
  const Json alarms = readAlarms(&tree, sink.sink());
  ASSERT_EQ(alarms.size(), 2);
  EXPECT_EQ(alarms[0]["metric"], "a");
  EXPECT_EQ(alarms[1]["metric"], "c");
}

}  // namespace
}  // namespace retort::experiments
