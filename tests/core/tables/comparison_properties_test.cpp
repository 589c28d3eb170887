// What must hold for every table, on many random grids.
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/tables/comparison_table.h"
#include "core/tables/render.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace retort {
namespace {

/// A random grid of two or three factors, some runs of which failed, diverged or are not there.
struct RandomGrid {
  explicit RandomGrid(unsigned seed) : random(seed) {
    const int losses = draw(1, 4);
    const int freezes = draw(1, 3);
    const int seeds = draw(1, 4);
    request.experiment = "random";
    request.factors = {"loss", "freeze"};
    request.metrics = {{"accuracy", draw(0, 1) == 0 ? "max" : "min", ""}, {"time", "", "s"}};
    for (int loss = 0; loss < losses; ++loss) {
      for (int freeze = 0; freeze < freezes; ++freeze) {
        for (int run_seed = 1; run_seed <= seeds; ++run_seed) {
          if (draw(0, 9) > 0) {
            addRun(std::to_string(loss), std::to_string(freeze), run_seed);
          }
        }
      }
    }
    if (!runs.empty()) {
      request.baseline = {{"loss", runs.front().labels.at("loss")}};
    }
  }

  int draw(int least, int greatest) {
    return std::uniform_int_distribution<int>(least, greatest)(random);
  }

  void addRun(const std::string& loss, const std::string& freeze, int seed) {
    ComparedRun run;
    run.run_id = std::to_string(runs.size());
    run.name = "loss=" + loss + " freeze=" + freeze + " seed=" + std::to_string(seed);
    run.labels = {{"loss", loss}, {"freeze", freeze}};
    run.seed = seed;
    const int fate = draw(0, 9);
    run.state = fate == 0   ? RunState::kFailed
                : fate == 1 ? RunState::kDiverged
                : fate == 2 ? RunState::kRunning
                            : RunState::kFinished;
    const double value = std::normal_distribution<double>(0.5, 0.1)(random);
    run.metrics["accuracy"] = {fate == 3 ? std::nan("") : value, value};
    run.metrics["time"] = {value * 100, value * 100};
    runs.push_back(run);
  }

  std::mt19937 random;
  ComparisonRequest request;
  std::vector<ComparedRun> runs;
};

class RandomTables : public ::testing::TestWithParam<unsigned> {
 protected:
  RandomGrid grid_{GetParam()};
};

TEST_P(RandomTables, CountEveryRunOnceInEachMetric) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);

  std::size_t expected = 0;
  std::size_t present = 0;
  std::size_t absent = 0;
  for (const ComparisonRow& row : table.rows) {
    expected += row.cells[0].expected;
    present += row.cells[0].values.size();
    absent += row.cells[0].absent.size();
    EXPECT_EQ(row.cells[0].expected, row.cells[0].values.size() + row.cells[0].absent.size());
    EXPECT_EQ(row.cells[0].summary.n, row.cells[0].values.size());
  }
  EXPECT_EQ(expected, grid_.runs.size());
  EXPECT_EQ(present + absent, grid_.runs.size());
}

TEST_P(RandomTables, HaveTheMeanOfTheirValues) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);

  for (const ComparisonRow& row : table.rows) {
    for (const ComparisonCell& cell : row.cells) {
      double sum = 0;
      for (const CellValue& value : cell.values) {
        EXPECT_TRUE(std::isfinite(value.value));
        sum += value.value;
      }
      EXPECT_EQ(cell.summary.mean.has_value(), !cell.values.empty());
      EXPECT_EQ(cell.summary.standard_deviation.has_value(), cell.values.size() >= 2);
      if (cell.summary.mean) {
        EXPECT_NEAR(*cell.summary.mean, sum / static_cast<double>(cell.values.size()), 1e-9);
      }
    }
  }
}

TEST_P(RandomTables, DoNotDependOnTheOrderOfSeeds) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);
  std::vector<ComparedRun> reversed(grid_.runs.rbegin(), grid_.runs.rend());
  const ComparisonTable other = *buildComparison(grid_.request, reversed);

  for (const ComparisonRow& row : table.rows) {
    const auto same =
        std::find_if(other.rows.begin(), other.rows.end(), [&](const auto& candidate) {
          return candidate.labels == row.labels;
        });
    ASSERT_NE(same, other.rows.end());
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      EXPECT_EQ(same->cells[i].expected, row.cells[i].expected);
      EXPECT_EQ(same->cells[i].is_best, row.cells[i].is_best);
      EXPECT_EQ(same->cells[i].difference.has_value(), row.cells[i].difference.has_value());
      if (row.cells[i].difference) {
        EXPECT_NEAR(same->cells[i].difference->mean, row.cells[i].difference->mean, 1e-9);
      }
    }
  }
}

TEST_P(RandomTables, MarkNoCellThatAnotherCompleteOneBeats) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);
  const double sign = table.columns[0].metric.better == "min" ? -1 : 1;

  for (const ComparisonRow& best : table.rows) {
    if (best.cells[0].is_best) {
      EXPECT_TRUE(best.cells[0].absent.empty());
      for (const ComparisonRow& row : table.rows) {
        if (row.cells[0].absent.empty()) {
          EXPECT_LE(sign * *row.cells[0].summary.mean, sign * *best.cells[0].summary.mean + 1e-9);
        }
      }
    }
    EXPECT_FALSE(best.cells[1].is_best);  // neither direction of time is better
  }
}

TEST_P(RandomTables, PairOnlyWhatBothSidesHave) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);

  for (const ComparisonRow& row : table.rows) {
    const ComparisonCell& cell = row.cells[0];
    if (cell.is_baseline) {
      EXPECT_FALSE(cell.difference.has_value());
    } else if (cell.difference) {
      EXPECT_LE(cell.difference->n, cell.values.size());
      EXPECT_EQ(cell.difference->low.has_value(), cell.difference->n >= 2);
      if (cell.difference->low) {
        EXPECT_LE(*cell.difference->low, cell.difference->mean);
        EXPECT_GE(*cell.difference->high, cell.difference->mean);
      }
    }
  }
}

TEST_P(RandomTables, NameEveryAbsentRunWithItsReason) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);

  for (const ComparisonRow& row : table.rows) {
    for (const AbsentRun& absent : row.cells[0].absent) {
      const auto run =
          std::find_if(grid_.runs.begin(), grid_.runs.end(), [&](const auto& candidate) {
            return candidate.run_id == absent.run_id;
          });
      ASSERT_NE(run, grid_.runs.end());
      EXPECT_EQ(absent.name, run->name);
      EXPECT_EQ(absent.reason,
                run->state == RunState::kFinished ? std::string(kNoFiniteValue)
                                                  : std::string(runStateName(*run->state)));
    }
  }
}

TEST_P(RandomTables, SwapTheSignOfADifferenceWithTheBaseline) {
  ComparisonRequest request = grid_.request;
  std::vector<std::string> losses;
  for (const ComparedRun& run : grid_.runs) {
    if (std::find(losses.begin(), losses.end(), run.labels.at("loss")) == losses.end()) {
      losses.push_back(run.labels.at("loss"));
    }
  }
  if (losses.size() < 2) {
    return;  // nothing to compare with
  }
  const auto differences = [&](const std::string& baseline, const std::string& other) {
    request.baseline = {{"loss", baseline}};
    std::map<std::string, std::optional<PairedDifference>> result;
    const ComparisonTable table = *buildComparison(request, grid_.runs);
    for (const ComparisonRow& row : table.rows) {
      if (row.labels[0] == other) {
        result[row.labels[1]] = row.cells[0].difference;
      }
    }
    return result;
  };

  const auto forward = differences(losses[0], losses[1]);
  const auto backward = differences(losses[1], losses[0]);

  for (const auto& [freeze, difference] : forward) {
    const auto other = backward.find(freeze);
    if (difference && other != backward.end()) {
      ASSERT_TRUE(other->second.has_value());
      EXPECT_EQ(other->second->n, difference->n);
      EXPECT_NEAR(other->second->mean, -difference->mean, 1e-9);
      if (difference->p) {
        EXPECT_NEAR(*other->second->p, *difference->p, 1e-9);
      }
    }
  }
}

TEST_P(RandomTables, CanBeDrawnInEveryFormat) {
  const ComparisonTable table = *buildComparison(grid_.request, grid_.runs);

  EXPECT_TRUE(parseJson(renderJson(table)).has_value());
  EXPECT_TRUE(isValidUtf8(renderText(table, {})));
  EXPECT_EQ(splitString(renderCsv(table), '\n').size(), 2 * table.rows.size() + 2);
  for (const TableFormat format : {TableFormat::kText,
                                   TableFormat::kMarkdown,
                                   TableFormat::kLatex,
                                   TableFormat::kCsv,
                                   TableFormat::kHtml}) {
    EXPECT_EQ(renderTable(table, format).find("nan"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Grids, RandomTables, ::testing::Range(1U, 41U));

}  // namespace
}  // namespace retort
