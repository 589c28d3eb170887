#include "core/tables/comparison_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retort {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

ComparedRun run(const Labels& labels, std::int64_t seed, double accuracy) {
  ComparedRun result;
  result.labels = labels;
  result.seed = seed;
  for (const auto& [factor, label] : labels) {
    result.name += factor + "=" + label + " ";
  }
  result.name += "seed=" + std::to_string(seed);
  result.run_id = result.name;
  result.state = RunState::kFinished;
  result.metrics["accuracy"] = {accuracy, accuracy + 0.01};
  return result;
}

ComparedRun unfinished(const Labels& labels, std::int64_t seed, RunState state) {
  ComparedRun result = run(labels, seed, 0);
  result.state = state;
  result.metrics.clear();
  return result;
}

ComparisonRequest request(std::vector<std::string> factors) {
  ComparisonRequest result;
  result.experiment = "losses";
  result.factors = std::move(factors);
  result.metrics = {{"accuracy", "max", ""}};
  return result;
}

/// The cell of the first column in the row with these labels.
const ComparisonCell& cell(const ComparisonTable& table, const std::vector<std::string>& labels) {
  for (const ComparisonRow& row : table.rows) {
    if (row.labels == labels) {
      return row.cells.front();
    }
  }
  throw std::out_of_range("no such row");
}

TEST(ComparisonTable, GroupsRunsOfOneConfigurationOverSeeds) {
  const auto table = buildComparison(request({"loss"}),
                                     {run({{"loss", "score"}}, 1, 0.5),
                                      run({{"loss", "score"}}, 2, 0.7),
                                      run({{"loss", "map"}}, 1, 0.9)});

  ASSERT_TRUE(table.has_value());
  ASSERT_EQ(table->rows.size(), 2U);
  EXPECT_EQ(table->rows[0].labels, std::vector<std::string>{"score"});
  const ComparisonCell& score = cell(*table, {"score"});
  EXPECT_EQ(score.expected, 2U);
  EXPECT_DOUBLE_EQ(*score.summary.mean, 0.6);
  EXPECT_NEAR(*score.summary.standard_deviation, std::sqrt(0.02), 1e-15);
  EXPECT_FALSE(cell(*table, {"map"}).summary.standard_deviation.has_value());
  EXPECT_FALSE(table->has_differences);
}

TEST(ComparisonTable, PairsDifferencesBySeedWhateverTheOrder) {
  ComparisonRequest asked = request({"loss"});
  asked.baseline = {{"loss", "score"}};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}}, 1, 0.5),
                                      run({{"loss", "score"}}, 2, 0.9),
                                      run({{"loss", "map"}}, 2, 1.0),
                                      run({{"loss", "map"}}, 1, 0.7),
                                      run({{"loss", "map"}}, 3, 0.1)});

  const ComparisonCell& map = cell(*table, {"map"});
  ASSERT_TRUE(map.difference.has_value());
  EXPECT_EQ(map.difference->n, 2U);  // seed 3 has no partner
  EXPECT_NEAR(map.difference->mean, 0.15, 1e-15);
  EXPECT_TRUE(cell(*table, {"score"}).is_baseline);
  EXPECT_FALSE(cell(*table, {"score"}).difference.has_value());
}

TEST(ComparisonTable, ComparesWithinTheOtherFactorsWhenTheBaselineNamesOne) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.baseline = {{"loss", "score"}};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}, {"freeze", "none"}}, 1, 0.1),
                                      run({{"loss", "score"}, {"freeze", "ov"}}, 1, 0.2),
                                      run({{"loss", "map"}, {"freeze", "none"}}, 1, 0.4),
                                      run({{"loss", "map"}, {"freeze", "ov"}}, 1, 0.9)});

  EXPECT_NEAR(cell(*table, {"map", "none"}).difference->mean, 0.3, 1e-15);
  EXPECT_NEAR(cell(*table, {"map", "ov"}).difference->mean, 0.7, 1e-15);
  EXPECT_TRUE(cell(*table, {"score", "ov"}).is_baseline);
}

TEST(ComparisonTable, ComparesWithOneConfigurationWhenTheBaselineNamesAllFactors) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.baseline = {{"loss", "score"}, {"freeze", "none"}};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}, {"freeze", "none"}}, 1, 0.1),
                                      run({{"loss", "score"}, {"freeze", "ov"}}, 1, 0.2),
                                      run({{"loss", "map"}, {"freeze", "ov"}}, 1, 0.9)});

  EXPECT_NEAR(cell(*table, {"map", "ov"}).difference->mean, 0.8, 1e-15);
  EXPECT_NEAR(cell(*table, {"score", "ov"}).difference->mean, 0.1, 1e-15);
}

TEST(ComparisonTable, AveragesOverFactorsThatAreNotAskedFor) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.rows = {"loss"};
  asked.baseline = {{"loss", "score"}, {"freeze", "none"}};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}, {"freeze", "none"}}, 1, 0.1),
                                      run({{"loss", "score"}, {"freeze", "ov"}}, 1, 0.5),
                                      run({{"loss", "map"}, {"freeze", "none"}}, 1, 0.2),
                                      run({{"loss", "map"}, {"freeze", "ov"}}, 1, 0.8)});

  EXPECT_EQ(table->averaged_factors, std::vector<std::string>{"freeze"});
  EXPECT_EQ(table->baseline, (Labels{{"loss", "score"}}));
  const ComparisonCell& map = cell(*table, {"map"});
  EXPECT_EQ(map.summary.n, 2U);
  EXPECT_EQ(map.difference->n, 2U);  // none with none, ov with ov
  EXPECT_NEAR(map.difference->mean, 0.2, 1e-15);
}

TEST(ComparisonTable, PairsAcrossAFactorThatTheBaselineDoesNotHave) {
  ComparisonRequest asked = request({"loss", "temperature"});
  asked.baseline = {{"loss", "score"}};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}, {"temperature", "-"}}, 1, 0.1),
                                      run({{"loss", "logits"}, {"temperature", "2"}}, 1, 0.3),
                                      run({{"loss", "logits"}, {"temperature", "4"}}, 1, 0.4)});

  EXPECT_NEAR(cell(*table, {"logits", "2"}).difference->mean, 0.2, 1e-15);
  EXPECT_NEAR(cell(*table, {"logits", "4"}).difference->mean, 0.3, 1e-15);
}

TEST(ComparisonTable, SpreadsAColumnFactorOverColumns) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.columns = {"freeze"};
  asked.metrics.push_back({"loss", "min", ""});

  const auto table = buildComparison(asked,
                                     {run({{"loss", "score"}, {"freeze", "none"}}, 1, 0.1),
                                      run({{"loss", "map"}, {"freeze", "ov"}}, 1, 0.9)});

  ASSERT_EQ(table->columns.size(), 4U);
  EXPECT_EQ(table->columns[1].labels, std::vector<std::string>{"none"});
  EXPECT_EQ(table->columns[1].metric.name, "loss");
  EXPECT_EQ(table->columns[2].labels, std::vector<std::string>{"ov"});
  EXPECT_EQ(table->row_factors, std::vector<std::string>{"loss"});
  EXPECT_EQ(table->rows[0].cells[2].expected, 0U);  // score with ov is not in the grid
  EXPECT_EQ(table->rows[1].cells[2].summary.n, 1U);
}

TEST(ComparisonTable, NamesRunsWithoutValueInsteadOfAveragingThem) {
  ComparedRun not_finite = run({{"loss", "map"}}, 4, kNan);
  ComparedRun removed = unfinished({{"loss", "map"}}, 5, RunState::kQueued);
  removed.state.reset();

  const auto table = buildComparison(request({"loss"}),
                                     {run({{"loss", "map"}}, 1, 0.5),
                                      unfinished({{"loss", "map"}}, 2, RunState::kFailed),
                                      unfinished({{"loss", "map"}}, 3, RunState::kDiverged),
                                      not_finite,
                                      removed});

  const ComparisonCell& map = cell(*table, {"map"});
  EXPECT_EQ(map.expected, 5U);
  EXPECT_EQ(map.summary.n, 1U);
  EXPECT_DOUBLE_EQ(*map.summary.mean, 0.5);
  std::vector<std::string> reasons;
  for (const AbsentRun& absent : map.absent) {
    reasons.push_back(absent.reason);
  }
  EXPECT_EQ(reasons,
            (std::vector<std::string>{"failed", "diverged", "no finite value", "removed"}));
}

TEST(ComparisonTable, DoesNotTakeTheNumbersOfAnUnfinishedRun) {
  ComparedRun running = run({{"loss", "map"}}, 1, 0.9);
  running.state = RunState::kRunning;

  const auto table = buildComparison(request({"loss"}), {running});

  EXPECT_FALSE(cell(*table, {"map"}).summary.mean.has_value());
}

TEST(ComparisonTable, MarksTheBestCompleteCellAndTies) {
  const auto table =
      buildComparison(request({"loss"}),
                      {run({{"loss", "a"}}, 1, 0.7),
                       run({{"loss", "b"}}, 1, 0.1 + 0.2 + 0.4),  // 0.7 but for rounding
                       run({{"loss", "c"}}, 1, 0.2),
                       run({{"loss", "d"}}, 1, 0.99),
                       unfinished({{"loss", "d"}}, 2, RunState::kFailed)});

  EXPECT_TRUE(cell(*table, {"a"}).is_best);
  EXPECT_TRUE(cell(*table, {"b"}).is_best);
  EXPECT_FALSE(cell(*table, {"c"}).is_best);
  EXPECT_FALSE(cell(*table, {"d"}).is_best);
}

TEST(ComparisonTable, MarksTheLeastWhereLessIsBetterAndNothingWhereNeitherIs) {
  ComparisonRequest asked = request({"loss"});
  asked.metrics[0].better = "min";
  const std::vector<ComparedRun> runs{run({{"loss", "a"}}, 1, 0.7), run({{"loss", "b"}}, 1, 0.2)};

  EXPECT_TRUE(cell(*buildComparison(asked, runs), {"b"}).is_best);
  asked.metrics[0].better = "";
  EXPECT_FALSE(cell(*buildComparison(asked, runs), {"b"}).is_best);
}

TEST(ComparisonTable, TakesTheBestValueWhenAsked) {
  ComparisonRequest asked = request({"loss"});
  asked.at = ValueChoice::kBest;

  const auto table = buildComparison(asked, {run({{"loss", "a"}}, 1, 0.5)});

  EXPECT_DOUBLE_EQ(*cell(*table, {"a"}).summary.mean, 0.51);
}

TEST(ComparisonTable, OrdersRowsByTheFirstAppearanceOfLabels) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.rows = {"freeze", "loss"};

  const auto table = buildComparison(asked,
                                     {run({{"loss", "z"}, {"freeze", "none"}}, 1, 0),
                                      run({{"loss", "z"}, {"freeze", "a"}}, 1, 0),
                                      run({{"loss", "b"}, {"freeze", "none"}}, 1, 0),
                                      run({{"loss", "b"}, {"freeze", "a"}}, 1, 0)});

  std::vector<std::vector<std::string>> order;
  for (const ComparisonRow& row : table->rows) {
    order.push_back(row.labels);
  }
  EXPECT_EQ(order,
            (std::vector<std::vector<std::string>>{
                {"none", "z"}, {"none", "b"}, {"a", "z"}, {"a", "b"}}));
}

TEST(ComparisonTable, OfAnExperimentWithoutFactorsIsOneRow) {
  const auto table = buildComparison(request({}), {run({}, 1, 0.5), run({}, 2, 0.7)});

  ASSERT_EQ(table->rows.size(), 1U);
  EXPECT_DOUBLE_EQ(*table->rows[0].cells[0].summary.mean, 0.6);
}

TEST(ComparisonTable, RefusesUnknownFactorsAndNamesTheKnown) {
  ComparisonRequest asked = request({"loss", "freeze"});
  asked.rows = {"lss"};
  const auto table = buildComparison(asked, {});
  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().code, ErrorCode::kUsage);
  EXPECT_EQ(table.error().message, "experiment 'losses' has no factor 'lss'; it has loss, freeze");

  asked.rows = {"loss"};
  asked.columns = {"loss"};
  EXPECT_FALSE(buildComparison(asked, {}).has_value());
}

TEST(ComparisonTable, RefusesABaselineThatNoRunHas) {
  ComparisonRequest asked = request({"loss"});
  asked.baseline = {{"loss", "scor"}};

  const auto table = buildComparison(asked, {run({{"loss", "score"}}, 1, 0)});

  ASSERT_FALSE(table.has_value());
  EXPECT_EQ(table.error().message,
            "no run has the baseline's label 'scor' of factor 'loss'; known: score");
}

TEST(ComparisonTable, HoldsTenThousandRuns) {
  ComparisonRequest asked = request({"a", "b"});
  asked.baseline = {{"a", "0"}};
  std::vector<ComparedRun> runs;
  for (int a = 0; a < 100; ++a) {
    for (int b = 0; b < 20; ++b) {
      for (int seed = 1; seed <= 5; ++seed) {
        runs.push_back(run({{"a", std::to_string(a)}, {"b", std::to_string(b)}}, seed, a + 1));
      }
    }
  }

  const auto table = buildComparison(asked, runs);

  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->rows.size(), 2000U);
  EXPECT_NEAR(cell(*table, {"99", "19"}).difference->mean, 99, 1e-9);
}

}  // namespace
}  // namespace retort
