#include "core/cli/export_writer.h"

#include "core/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace retort::cli {
namespace {

storage::MetricRow row(double value) {
  return {"0123456789abcdef", {"grad_norm", 3, {}, "q", ""}, {450, value}, 1234};
}

ExportedRun exportedRun(const std::string& name) {
  ExportedRun run;
  run.record.spec.run_id = "0123456789abcdef";
  run.record.spec.settings = {{"train.steps", 10}, {"data.task", "=cola"}};
  run.record.name = name;
  run.record.state = RunState::kFinished;
  run.record.step = 10;
  run.membership = ExperimentRun{"0123456789abcdef", 3, {{"loss", "map"}}, 2, false};
  run.results = {{"eval.accuracy", 0.1}};
  return run;
}

TEST(PointExport, HasOneLineAPoint) {
  EXPECT_EQ(pointCsvHeader(),
            "run,name,metric,layer,head,projection,component,step,time_ms,value\r\n");
  EXPECT_EQ(pointCsvLine(row(0.1), "loss=map, seed=1"),
            "0123456789abcdef,\"loss=map, seed=1\",grad_norm,3,,q,,450,1234,0.1\r\n");
}

TEST(PointExport, WritesNumbersThatReadBackBitForBit) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value :
       {0.1 + 0.2, -0.0, 1e-320, 1.7976931348623157e308, infinity, -infinity}) {
    std::string line = pointCsvLine(row(value), "r");
    line.resize(line.size() - 2);
    const auto read = parseDouble(splitString(line, ',').back());
    ASSERT_TRUE(read.has_value()) << line;
    EXPECT_EQ(*read, value);
    EXPECT_EQ(std::signbit(*read), std::signbit(value));
  }
  EXPECT_THAT(pointCsvLine(row(std::nan("")), "r"), testing::EndsWith(",NaN\r\n"));
}

TEST(PointExport, WritesNonFiniteNumbersAsStringsInJson) {
  EXPECT_EQ(pointJson(row(0.5), "r")["value"], 0.5);
  EXPECT_EQ(pointJson(row(std::nan("")), "r")["value"], "NaN");
  EXPECT_EQ(pointJson(row(0.5), "r")["layer"], 3);
  EXPECT_FALSE(pointJson(row(0.5), "r").contains("head"));
}

TEST(PointExport, TurnsFormulasIntoText) {
  EXPECT_THAT(pointCsvLine(row(1), "=HYPERLINK(1)"), testing::HasSubstr(",'=HYPERLINK(1),"));
}

TEST(RunExport, JoinsTheColumnsOfAllRuns) {
  ExportedRun other = exportedRun("b");
  other.membership.reset();
  other.record.spec.settings = {{"freeze", Json::array({"o", "v"})}};
  other.results.clear();

  const auto lines = splitString(runTableCsv({exportedRun("a"), other}), '\n');

  EXPECT_EQ(lines[0],
            "run,name,state,seed,position,steps,started_ms,ended_ms,message,label.loss,"
            "result.eval.accuracy,setting.data.task,setting.freeze,setting.train.steps\r");
  EXPECT_EQ(lines[1], "0123456789abcdef,a,finished,2,3,10,,,,map,0.1,'=cola,,10\r");
  EXPECT_EQ(lines[2], "0123456789abcdef,b,finished,,,10,,,,,,,\"[\"\"o\"\",\"\"v\"\"]\",\r");
}

TEST(RunExport, NestsSettingsInJson) {
  const Json json = runTableJson({exportedRun("a")});

  EXPECT_EQ(json[0]["settings"]["train"]["steps"], 10);
  EXPECT_EQ(json[0]["labels"]["loss"], "map");
  EXPECT_EQ(json[0]["results"]["eval.accuracy"], 0.1);
  EXPECT_EQ(json[0]["seed"], 2);
}

}  // namespace
}  // namespace retort::cli
