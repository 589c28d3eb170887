#include "core/cli/analysis_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::cli {
namespace {

using ::testing::HasSubstr;

Json reportJson(const std::string& points) {
  return Json::parse(R"({"run": "0123456789abcdef", "checkpoint": "last", "rows": 40,
                         "analyses": [{"probe": "p", "file": "/w/p-last.json", "points": [)" +
                     points + "]}]}");
}

std::string rendered(const std::string& points) {
  const auto report = analysisReportFromJson(reportJson(points));
  EXPECT_TRUE(report.has_value());
  return report ? renderAnalysisReport(*report, 80, false) : "";
}

TEST(AnalysisReport, ReadsWhatATrainerPrints) {
  const auto report = analysisReportFromJson(
      reportJson(R"({"metric": "kl", "layer": 1, "head": 3, "mean": 0.5, "values": [0.5]},
                    {"metric": "loss", "component": "map", "mean": "NaN"})"));

  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->run, "0123456789abcdef");
  EXPECT_EQ(report->rows, 40);
  ASSERT_EQ(report->analyses.size(), 1U);
  EXPECT_EQ(report->analyses[0].file, "/w/p-last.json");
  EXPECT_EQ(report->analyses[0].csv, "");
  EXPECT_EQ(report->analyses[0].values[0],
            (AnalysisValue{.series = {.metric = "kl", .layer = 1, .head = 3}, .mean = 0.5}));
  EXPECT_EQ(report->analyses[0].values[1].series.component, "map");
}

TEST(AnalysisReport, RefusesWhatBreaksTheContract) {
  for (const char* text : {R"([])",
                           R"({})",
                           R"({"analyses": 3})",
                           R"({"analyses": [3]})",
                           R"({"analyses": [{}]})",
                           R"({"analyses": [{"points": [{"metric": "a"}]}]})",
                           R"({"analyses": [{"points": [{"mean": 1}]}]})",
                           R"({"analyses": [{"points": [{"metric": "a", "mean": "much"}]}]})"}) {
    const auto report = analysisReportFromJson(Json::parse(text));
    ASSERT_FALSE(report.has_value()) << text;
    EXPECT_EQ(report.error().code, ErrorCode::kProtocol);
  }
}

TEST(AnalysisReport, ShowsLayersAndHeads) {
  EXPECT_EQ(rendered(R"({"metric": "kl", "layer": 0, "head": 0, "mean": 0.5},
                        {"metric": "kl", "layer": 0, "head": 1, "mean": 0.25},
                        {"metric": "kl", "layer": 1, "head": 1, "mean": 2})"),
            "0123456789abcdef  model: last, 40 rows\n\n"
            "kl\n"
            "layer  head 0  head 1\n"
            "    0   0.500   0.250\n"
            "    1       –    2.00\n"
            "in /w/p-last.json\n");
}

TEST(AnalysisReport, ShowsLayersAlone) {
  EXPECT_THAT(rendered(R"({"metric": "mse", "layer": 0, "mean": 0.5},
                          {"metric": "norm", "layer": 2, "projection": "q", "mean": 4},
                          {"metric": "norm", "projection": "pooler", "mean": 8})"),
              HasSubstr("mse\n"
                        "layer   mean\n"
                        "    0  0.500\n"
                        "norm\n"
                        "layer     q  pooler\n"
                        "    2  4.00       –\n"
                        "  all     –    8.00\n"));
}

TEST(AnalysisReport, ShowsComponentsAndSingleValues) {
  EXPECT_THAT(rendered(R"({"metric": "scale", "mean": 12.5},
                          {"metric": "eigenvalue", "component": "1", "mean": 150},
                          {"metric": "eigenvalue", "component": "2", "mean": -30})"),
              HasSubstr("scale: 12.5\n"
                        "eigenvalue\n"
                        "of   mean\n"
                        "1     150\n"
                        "2   -30.0\n"));
}

TEST(AnalysisReport, TellsComponentsOfOneLayerApart) {
  EXPECT_THAT(rendered(R"({"metric": "cosine", "layer": 0, "component": "map/logits", "mean": 0.5},
                          {"metric": "cosine", "layer": 0, "component": "map/task", "mean": -1},
                          {"metric": "size", "layer": 0, "projection": "q", "component": "a",
                           "mean": 3})"),
              HasSubstr("cosine\n"
                        "layer  map/logits  map/task\n"
                        "    0       0.500     -1.00\n"
                        "size\n"
                        "layer   q a\n"
                        "    0  3.00\n"));
}

TEST(AnalysisReport, KeepsSeveralProbesApart) {
  const Json json = Json::parse(R"({"run": "r", "checkpoint": "best", "rows": 1, "analyses": [
      {"probe": "a", "file": "/w/a.json", "points": [{"metric": "m", "mean": 1}], "later": true},
      {"probe": "b", "file": "/w/b.json", "csv": "/w/b.csv",
       "points": [{"metric": "m", "mean": 2}]}]})");

  const auto report = analysisReportFromJson(json);

  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(renderAnalysisReport(*report, 80, false),
            "r  model: best, 1 rows\n\n"
            "m: 1.00\n"
            "in /w/a.json\n\n"
            "m: 2.00\n"
            "in /w/b.json\n"
            "in /w/b.csv\n");
}

TEST(AnalysisReport, ShowsNumbersThatAreNotFinite) {
  EXPECT_THAT(rendered(R"({"metric": "scale", "mean": "Infinity"})"), HasSubstr("scale: inf"));
  EXPECT_THAT(rendered(R"({"metric": "scale", "mean": "NaN"})"), HasSubstr("scale: NaN"));
}

TEST(AnalysisReport, TellsTheRangeOfLongLists) {
  std::string points;
  for (int i = 0; i < 61; ++i) {
    points += (i == 0 ? "" : ", ") + std::string(R"({"metric": "surface", "component": "c)") +
              std::to_string(i) + R"(", "mean": )" + std::to_string(i) + "}";
  }

  EXPECT_THAT(rendered(points), HasSubstr("surface: 61 values from 0.00 to 60.0\n"));
}

TEST(AnalysisReport, SaysWhenThereWasNothing) {
  EXPECT_THAT(rendered(""), HasSubstr("p: nothing to measure\n"));
}

TEST(AnalysisReport, PrintsNoEscapeSequences) {
  EXPECT_EQ(
      rendered(R"({"metric": "a\u001b[2J", "component": "\u001b]0;x", "mean": 1})").find('\x1b'),
      std::string::npos);
}

}  // namespace
}  // namespace retort::cli
