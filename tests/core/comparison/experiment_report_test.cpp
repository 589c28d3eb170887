#include "core/comparison/experiment_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ExperimentRecord experimentWith(Json report) {
  ExperimentRecord experiment;
  experiment.name = "losses";
  experiment.report = std::move(report);
  for (const char* loss : {"score", "map"}) {
    ExperimentRun run;
    run.labels = {{"loss", loss}};
    experiment.runs.push_back(run);
  }
  return experiment;
}

TEST(ReportOf, ListsTablesAndFigures) {
  const ExperimentReport report =
      reportOf(experimentWith({{"tables",
                                {{{"name", "accuracy"},
                                  {"title", "Accuracy"},
                                  {"by", {"loss"}},
                                  {"columns", {"data"}},
                                  {"metric", {"eval.accuracy", "mean(grad_norm)"}},
                                  {"at", "best"},
                                  {"baseline", {{"loss", "score"}}}}}},
                               {"figures",
                                {{{"name", "curves"},
                                  {"kind", "curves"},
                                  {"metric", "train.loss"},
                                  {"reference", "eval.loss"},
                                  {"spread", "interval"},
                                  {"log", true}}}}}));

  ASSERT_EQ(report.tables.size(), 1U);
  const ReportTable& table = report.tables[0];
  EXPECT_EQ(table.name, "accuracy");
  EXPECT_EQ(table.title, "Accuracy");
  EXPECT_THAT(table.options.by, ElementsAre("loss"));
  EXPECT_THAT(table.options.columns, ElementsAre("data"));
  EXPECT_THAT(table.options.metrics, ElementsAre("eval.accuracy", "mean(grad_norm)"));
  EXPECT_EQ(table.options.at, "best");
  EXPECT_THAT(table.options.baseline, ElementsAre("loss=score"));
  ASSERT_EQ(report.figures.size(), 1U);
  const FigureSpec& figure = report.figures[0].figure;
  EXPECT_EQ(figure.subject, "losses");
  EXPECT_EQ(figure.kind, "curves");
  EXPECT_EQ(figure.metric, "train.loss");
  EXPECT_EQ(figure.reference, "eval.loss");
  EXPECT_EQ(figure.spread, Spread::kInterval);
  EXPECT_TRUE(figure.is_log);
}

TEST(ReportOf, HasATableAndAFigureWhereNoneAreListed) {
  const ExperimentReport report = reportOf(experimentWith({{"metric", "eval.accuracy"}}));

  ASSERT_EQ(report.tables.size(), 1U);
  EXPECT_EQ(report.tables[0].options, ComparisonOptions{});
  ASSERT_EQ(report.figures.size(), 1U);
  EXPECT_EQ(report.figures[0].figure.kind, "points");
}

TEST(ReportOf, DropsBaselinesThatNoRunHasAnyMore) {
  const auto optionsWith = [](const Json& baseline) {
    return reportOf(experimentWith({{"tables", {{{"name", "t"}, {"baseline", baseline}}}}}))
        .tables.at(0)
        .options;
  };
  EXPECT_TRUE(optionsWith({{"loss", "output"}}).is_without_baseline);
  EXPECT_THAT(optionsWith({{"loss", "output"}}).baseline, IsEmpty());
  EXPECT_TRUE(optionsWith(Json::object()).is_without_baseline);
  EXPECT_FALSE(optionsWith({{"loss", "map"}}).is_without_baseline);
}

TEST(ReportOf, PassesOverWhatIsMalformed) {
  for (const Json& tables : {Json(3), Json::array({1}), Json::array({{{"title", "no name"}}})}) {
    EXPECT_EQ(reportOf(experimentWith({{"tables", tables}})).tables.at(0).name, "comparison");
  }
}

}  // namespace
}  // namespace retort
