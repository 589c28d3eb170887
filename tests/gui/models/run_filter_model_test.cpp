#include "gui/models/run_filter_model.h"

#include "gui/models/run_table_model.h"
#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QAbstractItemModelTester>

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace retort::gui {
namespace {

class ShownRuns : public testing::Test {
 protected:
  void sortBy(const char* field, Qt::SortOrder order) {
    shown_.sort(runs_.columnOf(QString::fromUtf8(field)), order);
  }

  [[nodiscard]] std::string names() const {
    std::string names;
    for (int row = 0; row < shown_.rowCount(); ++row) {
      names += shown_.index(row, 0).data().toString().toStdString();
    }
    return names;
  }

  RunTableModel runs_;
  RunFilterModel shown_{runs_};
  QAbstractItemModelTester tester_{&shown_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

RunRecord withSteps(const char* id, const char* name, std::int64_t step) {
  RunRecord run = makeRun(id, name, RunState::kRunning);
  run.step = step;
  run.total_steps = step < 0 ? 0 : 100;
  return run;
}

TEST_F(ShownRuns, SortsNumbersByValueAndWhatIsMissingLast) {
  runs_.setRuns(shareRuns({withSteps("00000000000000aa", "a", 9),
                           withSteps("00000000000000bb", "b", -1),
                           withSteps("00000000000000cc", "c", 80)}));

  EXPECT_EQ(names(), "abc");
  sortBy("progress", Qt::AscendingOrder);
  EXPECT_EQ(names(), "acb");
  sortBy("progress", Qt::DescendingOrder);
  EXPECT_EQ(names(), "cab");
}

TEST_F(ShownRuns, SortsTextsWithoutCase) {
  runs_.setRuns(shareRuns({withSteps("00000000000000aa", "b", 1),
                           withSteps("00000000000000bb", "A", 1),
                           withSteps("00000000000000cc", "C", 1)}));

  sortBy("name", Qt::AscendingOrder);

  EXPECT_EQ(names(), "AbC");
}

TEST_F(ShownRuns, ShowsOnlyWhatIsSearchedFor) {
  runs_.setRuns(shareRuns(
      {withSteps("00000000000000aa", "one", 1), withSteps("00000000000000bb", "two", 1)}));

  shown_.setFilterText("tw");
  EXPECT_EQ(names(), "two");
  EXPECT_EQ(shown_.runIdAt(0), "00000000000000bb");
  shown_.setFilterText("");
  EXPECT_EQ(names(), "onetwo");
}

TEST_F(ShownRuns, FollowsRunsThatChange) {
  RunRecord run = makeRun("00000000000000aa", "one", RunState::kQueued);
  runs_.setRuns(shareRuns({run}));
  shown_.setFilterText("state:running");
  EXPECT_EQ(names(), "");

  run.state = RunState::kRunning;
  runs_.setRuns(shareRuns({run}));

  EXPECT_EQ(names(), "one");
}

// How long this takes is what page_bench measures.
TEST(RunListWithTenThousandRuns, U08SortsAndFilters) {
  RunTableModel runs;
  RunFilterModel shown(runs);
  std::vector<RunRecord> records;
  for (int i = 0; i < 10'000; ++i) {
    RunRecord run = makeRun(fmt::format("{:016x}", i),
                            fmt::format("distill={} seed={}", i % 7, i),
                            i % 3 == 0 ? RunState::kFinished : RunState::kQueued);
    run.step = (i * 7919) % 1000;
    run.total_steps = 1000;
    records.push_back(std::move(run));
  }
  const auto nameAt = [&](int row) {
    return shown.index(row, runs.columnOf("name")).data().toString();
  };

  runs.setRuns(shareRuns(records));
  ASSERT_TRUE(waitFor([&] { return runs.isCaughtUp(); }));
  shown.sort(runs.columnOf("name"), Qt::DescendingOrder);
  ASSERT_TRUE(waitFor([&] { return shown.sortColumn() == runs.columnOf("name"); }));
  EXPECT_TRUE(nameAt(0).startsWith(QStringLiteral("distill=6"))) << nameAt(0).toStdString();
  shown.setFilterText("distill=3 finished");
  EXPECT_EQ(shown.rowCount(), 477);  // i = 3 mod 7 and 0 mod 3: 3, 24, 45 …
  EXPECT_TRUE(nameAt(476).startsWith(QStringLiteral("distill=3"))) << nameAt(476).toStdString();
  shown.setFilterText("");
  EXPECT_EQ(shown.rowCount(), 10'000);
}

}  // namespace
}  // namespace retort::gui
