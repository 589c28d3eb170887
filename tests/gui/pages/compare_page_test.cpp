#include "gui/pages/compare_page.h"

#include "core/base/file.h"
#include "gui/models/app_context.h"
#include "gui/models/comparison_factor_model.h"
#include "gui/pages/compare_figures.h"
#include "gui/pages/empty_state.h"
#include "gui/plots/comparison_figures.h"
#include "gui/plots/curve_plot.h"
#include "tests/gui/comparison_workspace.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class Compare : public testing::Test {
 protected:
  void open() {
    page_.resize(1200, 800);
    page_.show();
    ASSERT_TRUE(QTest::qWaitFor([this] { return table().rowCount() > 0; }, 10'000));
  }

  [[nodiscard]] QAbstractItemModel& table() const { return *view(tr("Comparison")).model(); }

  [[nodiscard]] QAbstractItemModel& factors() const { return *view(tr("Factors")).model(); }

  [[nodiscard]] QTableView& view(const QString& name) const {
    for (auto* candidate : page_.findChildren<QTableView*>()) {
      if (candidate->accessibleName() == name) {
        return *candidate;
      }
    }
    ADD_FAILURE() << "no table " << name.toStdString();
    return *page_.findChild<QTableView*>();
  }

  static QString tr(const char* text) { return QString::fromUtf8(text); }

  bool waitFor(const std::function<bool()>& condition) {
    return QTest::qWaitFor(condition, 10'000);
  }

  ComparisonWorkspace workspace_;
  AppContext context_{workspace_.folder()};
  ComparePage page_{context_, nullptr};
};

TEST(ComparePage, SaysWhatToDoWhenThereIsNothing) {
  const TestWorkspace workspace;
  const auto store = workspace.create();
  AppContext context(workspace.folder());
  ComparePage page(context, nullptr);

  page.show();
  QTest::qWait(200);

  const auto* stack = page.findChild<QStackedWidget*>();
  const auto* empty = qobject_cast<EmptyState*>(stack->currentWidget());
  ASSERT_NE(empty, nullptr);
  EXPECT_TRUE(empty->sentence().contains("Open a template"));
}

TEST(ComparePage, TakesAWorkspaceThatIsNotThereYetForNoMistake) {
  const TestWorkspace workspace;
  AppContext context(workspace.folder() / "absent");
  ComparePage page(context, nullptr);

  page.show();
  QTest::qWait(200);

  const auto* empty = page.findChild<EmptyState*>();
  EXPECT_TRUE(empty->isVisible());
  EXPECT_FALSE(empty->sentence().contains("missing"));
}

TEST_F(Compare, OffersTheReportAboutTheExperiment) {
  open();
  QToolButton* button = nullptr;
  for (auto* candidate : page_.findChildren<QToolButton*>()) {
    button = candidate->text() == tr("Re&port…") ? candidate : button;
  }
  ASSERT_NE(button, nullptr);
  EXPECT_FALSE(button->isVisible());

  std::filesystem::create_directories(workspace_.folder() / "report");
  const auto file = workspace_.folder() / "report" / "report.html";
  ASSERT_TRUE(writeFileAtomically(file, "<title>losses</title>"));
  page_.hide();
  page_.show();
  ASSERT_TRUE(waitFor([&] { return button->isVisible(); }));
  QSignalSpy requested(&page_, &ComparePage::reportRequested);
  button->click();

  ASSERT_EQ(requested.size(), 1);
  EXPECT_EQ(requested.first().first().toString().toStdString(), file.string());
}

TEST_F(Compare, ShowsTheTableOfTheReport) {
  open();

  EXPECT_EQ(table().rowCount(), 4);
  EXPECT_EQ(table().index(0, 0).data().toString(), "score");
  EXPECT_EQ(factors().index(0, 1).data(Qt::CheckStateRole).toInt(), Qt::Checked);
  EXPECT_EQ(factors().index(0, 3).data().toString(), "score");
}

TEST_F(Compare, PutsAFactorIntoColumns) {
  open();

  factors().setData(factors().index(1, 2), Qt::Checked, Qt::CheckStateRole);

  EXPECT_TRUE(waitFor([this] { return table().rowCount() == 2; }));
  EXPECT_EQ(factors().index(1, 2).data(Qt::CheckStateRole).toInt(), Qt::Checked);
}

TEST_F(Compare, FollowsTheRuns) {
  open();
  context_.start();
  const QModelIndex failed = table().index(3, 3);
  const QString before = failed.data().toString();

  workspace_.finish(12, 11);

  EXPECT_TRUE(waitFor([&] { return table().index(3, 3).data().toString() != before; }));
}

TEST_F(Compare, ShowsFiguresOfTheSameGroups) {
  open();
  auto* figures = page_.findChild<CompareFigures*>();
  const auto* bars = page_.findChild<GroupBarPlot*>();
  EXPECT_TRUE(waitFor([&] { return bars->groups().size() == 4; }));

  figures->findChild<QTabBar*>()->setCurrentIndex(1);

  const auto& curves = dynamic_cast<CurvePlot&>(figures->plot());
  EXPECT_TRUE(waitFor([&] { return curves.curves().size() == 4; }));
}

TEST_F(Compare, SaysWhatIsWrongAndKeepsTheChoices) {
  open();
  QComboBox* curves = nullptr;
  for (auto* box : page_.findChildren<QComboBox*>()) {
    curves = box->accessibleName() == "One curve of a metric" ? box : curves;
  }
  ASSERT_NE(curves, nullptr);

  curves->setEditText("grad_norm[layer=9,projection=q]");
  QTest::keyClick(curves, Qt::Key_Return);

  EXPECT_TRUE(waitFor([this] { return table().rowCount() == 0; }));
  EXPECT_EQ(factors().rowCount(), 2);
}

}  // namespace
}  // namespace retort::gui
