#include "core/tables/table_layout.h"

#include "tests/core/tables/table_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace retort {
namespace {

std::vector<std::string> texts(const std::vector<LayoutCell>& row) {
  std::vector<std::string> result;
  for (const LayoutCell& cell : row) {
    result.push_back(cell.text);
  }
  return result;
}

/// Values of one row in the only column of a table without baseline, as shown.
std::string shownValue(const std::vector<double>& values) {
  std::vector<ComparedRun> runs;
  for (const double value : values) {
    ComparedRun run;
    run.seed = static_cast<std::int64_t>(runs.size());
    run.state = RunState::kFinished;
    run.metrics["x"] = {value, value};
    runs.push_back(run);
  }
  ComparisonRequest request;
  request.experiment = "e";
  request.metrics = {{"x", "", ""}};
  return layoutTable(*buildComparison(request, runs)).rows[0][2].text;
}

TEST(TableLayout, HasLabelsCountsMeansAndDifferences) {
  const TableLayout layout = layoutTable(*buildComparison(lossRequest(), lossRuns()));

  std::vector<std::string> titles;
  for (const LayoutColumn& column : layout.columns) {
    titles.push_back(column.title);
  }
  EXPECT_EQ(titles, (std::vector<std::string>{"loss", "n", "eval.accuracy", "Δ [95 % CI]", "p"}));
  ASSERT_EQ(layout.rows.size(), 3U);
  EXPECT_EQ(texts(layout.rows[0]),
            (std::vector<std::string>{"score", "2", "0.9100 ± 0.0141", "baseline", ""}));
  // Differences 0.04 and 0.03: mean 0.035, standard error 0.005, t(0.975, 1) = 12.706.
  EXPECT_EQ(texts(layout.rows[1]),
            (std::vector<std::string>{
                "map", "2", "0.9450 ± 0.0071", "+0.0350 [-0.0285, +0.0985]", "0.090"}));
  EXPECT_TRUE(layout.rows[1][2].is_best);
}

TEST(TableLayout, ShowsUndefinedNumbersAsDashes) {
  const TableLayout layout = layoutTable(*buildComparison(lossRequest(), lossRuns()));

  EXPECT_EQ(texts(layout.rows[2]),
            (std::vector<std::string>{"output", "1/2", "0.5000 ± –", "-0.4000 [–]", "–"}));
}

TEST(TableLayout, ChoosesDigitsByMagnitudeAndSpread) {
  EXPECT_EQ(shownValue({0.5}), "0.5000 ± –");
  EXPECT_EQ(shownValue({12.3456}), "12.35 ± –");
  EXPECT_EQ(shownValue({12345.6}), "12346 ± –");
  EXPECT_EQ(shownValue({0.5, 0.50002}), "0.50001 ± 0.00001");
  EXPECT_EQ(shownValue({3e-9}), "3.000e-09 ± –");
  EXPECT_EQ(shownValue({-2.5e9}), "-2.500e+09 ± –");
  EXPECT_EQ(shownValue({0, 0}), "0.0000 ± 0.0000");
  EXPECT_EQ(shownValue({-1e-320, 0}), "-5.000e-321 ± 7.070e-321");
}

TEST(TableLayout, GroupsColumnsWhenThereAreSeveralMetrics) {
  ComparisonRequest request = lossRequest();
  request.baseline.clear();
  request.metrics.push_back({"eval.loss", "min", "nats"});

  const TableLayout layout = layoutTable(*buildComparison(request, lossRuns()));

  ASSERT_EQ(layout.columns.size(), 4U);
  EXPECT_EQ(layout.columns[1].title, "n");
  EXPECT_EQ(layout.columns[1].group, "");
  EXPECT_EQ(layout.columns[2].group, "eval.accuracy");
  EXPECT_EQ(layout.columns[3].group, "eval.loss (nats)");
  EXPECT_EQ(layout.columns[3].title, "mean ± sd");
}

TEST(TableLayout, CountsPerColumnWhereTheCountsDiffer) {
  std::vector<ComparedRun> runs = lossRuns();
  runs[0].metrics.erase("eval.loss");
  ComparisonRequest request = lossRequest();
  request.metrics.push_back({"eval.loss", "min", ""});

  const TableLayout layout = layoutTable(*buildComparison(request, runs));

  EXPECT_EQ(layout.columns.size(), 9U);
  EXPECT_EQ(layout.rows[0][1].text, "2");
  EXPECT_EQ(layout.rows[0][5].text, "1/2");
}

TEST(TableCaption, SaysWhatTheNumbersAreAndWhatIsMissing) {
  const auto table = buildComparison(lossRequest(), lossRuns());

  EXPECT_EQ(tableCaption(*table),
            (std::vector<std::string>{
                "losses: last eval.accuracy, mean ± sample standard deviation over n runs (one per "
                "seed).",
                "Δ: mean difference to loss=score, paired by seed, with its 95 % confidence "
                "interval and the two-sided p of the paired t test.",
                "The best mean among complete cells is marked.",
                "Not counted (1): loss=output seed=2 (failed, 0000000000000005)."}));
}

TEST(TableCaption, SaysBestAndAveragedFactors) {
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(4);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].labels["freeze"] = i % 2 == 0 ? "none" : "ov";
  }
  ComparisonRequest request = lossRequest();
  request.factors.push_back("freeze");
  request.rows = {"loss"};
  request.baseline.clear();
  request.at = ValueChoice::kBest;

  EXPECT_EQ(tableCaption(*buildComparison(request, runs)).front(),
            "losses: best eval.accuracy, mean ± sample standard deviation over n runs (seeds and "
            "freeze).");
}

TEST(TableCaption, SaysWhenTheBestWasChosenOnTheSameRows) {
  const auto hasNote = [](ValueChoice at) {
    ComparisonRequest request = lossRequest();
    request.at = at;
    const auto sentences = tableCaption(*buildComparison(request, lossRuns()));
    return std::any_of(sentences.begin(), sentences.end(), [](const std::string& sentence) {
      return sentence.starts_with("Best-on-dev: each run's best evaluation");
    });
  };
  EXPECT_TRUE(hasNote(ValueChoice::kBest));
  EXPECT_FALSE(hasNote(ValueChoice::kLast));
}

TEST(TableCaption, NamesAtMostSomeRuns) {
  std::vector<ComparedRun> runs = lossRuns();
  for (ComparedRun& run : runs) {
    run.state = RunState::kQueued;
  }

  const auto sentences = tableCaption(*buildComparison(lossRequest(), runs), 2);

  EXPECT_EQ(
      sentences.back(),
      "Not counted (6): loss=score seed=1 (queued, 0000000000000000); loss=score seed=2 (queued, "
      "0000000000000001); and 4 more.");
}

TEST(TableCaption, NamesFailuresBeforeRunsThatWait) {
  std::vector<ComparedRun> runs = lossRuns();
  runs[0].state = RunState::kQueued;

  EXPECT_EQ(tableCaption(*buildComparison(lossRequest(), runs), 1).back(),
            "Not counted (2): loss=output seed=2 (failed, 0000000000000005); and 1 more.");
}

TEST(TableCaption, NamesTheMetricThatARunLacks) {
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(2);
  runs[1].metrics.erase("eval.loss");
  ComparisonRequest request = lossRequest();
  request.metrics.push_back({"eval.loss", "min", ""});

  EXPECT_EQ(tableCaption(*buildComparison(request, runs)).back(),
            "Not counted (1): loss=score seed=2 (no finite value of eval.loss, 0000000000000001).");
}

TEST(TableCaption, CountsCombinationsOutsideTheGrid) {
  std::vector<ComparedRun> runs = lossRuns();
  runs.resize(3);
  for (ComparedRun& run : runs) {
    run.labels["freeze"] = run.labels["loss"] == "map" ? "ov" : "none";
  }
  ComparisonRequest request = lossRequest();
  request.factors.push_back("freeze");
  request.columns = {"freeze"};
  request.baseline.clear();

  EXPECT_EQ(tableCaption(*buildComparison(request, runs)).back(),
            "2 combinations are not part of the grid.");
}

}  // namespace
}  // namespace retort
