#include "gui/pages/runs_page.h"

#include "gui/app/sample_workspace.h"
#include "gui/models/app_context.h"
#include "gui/pages/log_view.h"
#include "gui/pages/run_details_panel.h"
#include "gui/pages/run_table_view.h"
#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QAction>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace retort::gui {
namespace {

class RunsPageOfASample : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(makeSampleWorkspace(workspace_.folder()));
    page_ = std::make_unique<RunsPage>(context_, nullptr);
    page_->resize(1200, 800);
    page_->show();
    context_.start();
    ASSERT_TRUE(waitFor([this] { return table().model()->rowCount() == 24; }));
    ASSERT_TRUE(waitFor([this] { return columnOf("distill") >= 0; }));
  }

  [[nodiscard]] RunTableView& table() const { return *page_->findChild<RunTableView*>(); }

  [[nodiscard]] QLineEdit& filter() const { return *page_->findChild<QLineEdit*>("filter"); }

  [[nodiscard]] QAction& action(const char* name) const {
    return *page_->findChild<QAction*>(QString::fromUtf8(name));
  }

  [[nodiscard]] int columnOf(const QString& title) const {
    for (int column = 0; column < table().model()->columnCount(); ++column) {
      if (table().model()->headerData(column, Qt::Horizontal).toString() == title) {
        return column;
      }
    }
    return -1;
  }

  void typeFilter(const QString& text) const {
    filter().clear();
    QTest::keyClicks(&filter(), text);
  }

  TestWorkspace workspace_;
  AppContext context_{workspace_.folder()};
  std::unique_ptr<RunsPage> page_;
};

TEST_F(RunsPageOfASample, FiltersWhileOneTypes) {
  typeFilter("distill=map freeze=ov");

  EXPECT_EQ(table().model()->rowCount(), 3);
  EXPECT_EQ(page_->findChild<QLabel*>("count")->text(), "3 of 24 runs");
}

TEST_F(RunsPageOfASample, TellsTheProgramWhatIsSelected) {
  typeFilter("seed=1 distill=score");
  ASSERT_EQ(table().model()->rowCount(), 2);

  table().selectAll();

  EXPECT_EQ(context_.selectedRuns().size(), 2U);
  context_.selectRuns({context_.selectedRuns().back()});
  EXPECT_EQ(table().selectedRuns(), context_.selectedRuns());
}

TEST_F(RunsPageOfASample, EnablesWhatCanBeDone) {
  EXPECT_FALSE(action("stop").isEnabled());

  typeFilter("state:running");
  table().selectAll();
  EXPECT_TRUE(action("stop").isEnabled());
  EXPECT_FALSE(action("remove").isEnabled());  // its process must end first
  EXPECT_FALSE(action("resume").isEnabled());

  typeFilter("state:failed");
  table().selectAll();
  EXPECT_TRUE(action("retry").isEnabled());
  EXPECT_TRUE(action("remove").isEnabled());
  EXPECT_FALSE(action("stop").isEnabled());

  typeFilter("state:queued");
  table().selectAll();
  EXPECT_TRUE(action("pause").isEnabled());
  EXPECT_TRUE(action("up").isEnabled());
}

TEST_F(RunsPageOfASample, ShowsTheLogOfTheSelectedRun) {
  typeFilter("state:diverged");
  auto* log = page_->findChild<LogView*>();
  page_->findChild<RunDetailsPanel*>()->setCurrentWidget(log);
  table().selectAll();

  EXPECT_TRUE(waitFor([&] { return log->text().contains("step  180"); }));
}

TEST_F(RunsPageOfASample, RemembersFilterColumnsAndSorting) {
  typeFilter("seed=2");
  table().setColumnHidden(columnOf("Note"), true);
  table().setColumnWidth(columnOf("State"), 222);
  table().sortByColumn(columnOf("eval.accuracy"), Qt::DescendingOrder);
  const QJsonObject state = page_->state();

  RunsPage other(context_, nullptr);
  other.resize(page_->size());
  other.setState(state);
  other.show();
  Q_EMIT context_.runsRead();
  auto* table = other.findChild<RunTableView*>();
  const auto columns = [](const QJsonObject& of) {
    return QJsonDocument(of["columns"].toArray()).toJson().toStdString();
  };
  (void)waitFor([&] { return columns(other.state()) == columns(state); });
  EXPECT_EQ(columns(other.state()), columns(state));
  EXPECT_EQ(other.state()["filter"], state["filter"]);
  EXPECT_EQ(other.state()["sort"], state["sort"]);

  EXPECT_EQ(table->model()->rowCount(), 8);
  EXPECT_EQ(table->horizontalHeader()->sortIndicatorOrder(), Qt::DescendingOrder);
}

TEST_F(RunsPageOfASample, IgnoresAStateThatMakesNoSense) {
  const int width = table().columnWidth(0);

  page_->setState({{"columns", QJsonArray{42, QJsonObject{{"field", "gone"}, {"width", -5}}}},
                   {"division", QJsonArray{-1, "x"}},
                   {"sort", QJsonObject{}},
                   {"filter", 7}});

  EXPECT_EQ(table().columnWidth(0), width);
  EXPECT_EQ(table().model()->rowCount(), 24);
}

TEST_F(RunsPageOfASample, LetsColumnsBeChosen) {
  QMenu menu;
  table().fillColumnsMenu(menu);
  const int phase = columnOf("Phase");
  ASSERT_TRUE(table().isColumnHidden(phase));

  menu.actions().at(phase)->trigger();

  EXPECT_FALSE(table().isColumnHidden(phase));
  EXPECT_FALSE(menu.actions().at(0)->isEnabled());  // the name stays
}

TEST(RunsPage, SaysWhatToDoWhenThereAreNoRuns) {
  const TestWorkspace workspace;
  const auto store = workspace.create();
  AppContext context(workspace.folder());
  RunsPage page(context, nullptr);
  page.show();
  context.start();
  QSignalSpy asked(&context, &AppContext::pageRequested);

  auto* button = page.findChild<QPushButton*>();
  EXPECT_FALSE(button->isVisible());  // not before it is known
  ASSERT_TRUE(waitFor([&] { return button->isVisible(); }));
  button->click();

  ASSERT_EQ(asked.count(), 1);
  EXPECT_EQ(asked.first().first(), "design");
}

TEST(RunsPageWithTenThousandRuns, U08SelectsAllAtOnce) {
  const TestWorkspace workspace;
  auto store = workspace.create();
  ASSERT_TRUE(store.write([&]() -> Status {
    for (int i = 0; i < 10'000; ++i) {
      TestWorkspace::add(store, fmt::format("{:016x}", i), fmt::format("run {}", i));
    }
    return {};
  }));
  AppContext context(workspace.folder());
  RunsPage page(context, nullptr);
  page.resize(1200, 800);
  page.show();
  context.start();
  auto* table = page.findChild<RunTableView*>();
  ASSERT_TRUE(waitFor([&] { return table->model()->rowCount() == 10'000; }));

  QElapsedTimer timer;
  timer.start();
  table->selectAll();
  const qint64 elapsed_ms = timer.elapsed();

  EXPECT_EQ(context.selectedRuns().size(), 10'000U);
  EXPECT_LT(elapsed_ms, 1000);
  testing::Test::RecordProperty("select_all_ms", static_cast<int>(elapsed_ms));
}

}  // namespace
}  // namespace retort::gui
