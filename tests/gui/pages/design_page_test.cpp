#include "gui/pages/design_page.h"

#include "gui/models/app_context.h"
#include "gui/models/settings_form.h"
#include "gui/pages/design_axis_dialog.h"
#include "gui/pages/design_question_bar.h"
#include "gui/pages/design_yaml_view.h"
#include "tests/gui/design_page_fixture.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTreeView>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retort::gui {
namespace {

using ::testing::HasSubstr;

TEST_F(DesignPageTest, ShowsAFileWithFormAndRuns) {
  EXPECT_EQ(text(), kSampleText);
  EXPECT_FALSE(page_.hasUnsavedChanges());
  EXPECT_EQ(setting("phase").data().toString(), "finetune");
  EXPECT_EQ(named<QTableView>("Runs of the experiment")->model()->rowCount(), 8);
  EXPECT_EQ(named<QTableView>("Axes of the grid")->model()->rowCount(), 2);
}

TEST_F(DesignPageTest, TheTextFollowsTheFormAndUndoRestoresBoth) {
  type("train.epochs", "7");
  EXPECT_THAT(text(), HasSubstr("  train.epochs: 7\n"));
  EXPECT_TRUE(page_.hasUnsavedChanges());
  EXPECT_EQ(setting("train.epochs").data().toString(), "7");
  view()->undo();
  EXPECT_EQ(text(), kSampleText);
  EXPECT_TRUE(waitUntil([&] { return setting("train.epochs").data().toString() == "3"; }));
  EXPECT_FALSE(page_.hasUnsavedChanges());
  view()->redo();
  EXPECT_TRUE(waitUntil([&] { return setting("train.epochs").data().toString() == "7"; }));
}

TEST_F(DesignPageTest, TheFormFollowsTheText) {
  QTextCursor cursor = view()->document()->find("finetune");
  cursor.insertText("kd_qat");
  EXPECT_TRUE(waitUntil([&] { return setting("phase").data().toString() == "kd_qat"; }));
  EXPECT_TRUE(waitUntil([&] { return problems()->count() > 0; }));  // a teacher is missing
  EXPECT_FALSE(start()->isEnabled());
  EXPECT_THAT(start()->toolTip().toStdString(), HasSubstr("Line"));
}

TEST_F(DesignPageTest, ShowsProblemsAtTheirLine) {
  view()->setPlainText("experiment: e\nbase:\n  train: {epochs: 0, batch: 8}\n");
  ASSERT_TRUE(waitUntil([&] { return problems()->count() > 0; }));
  EXPECT_THAT(problems()->item(0)->text().toStdString(), HasSubstr("Line"));
  EXPECT_TRUE(waitUntil([&] {
    return !setting("train.epochs").data(SettingsFormModel::kProblemRole).toString().isEmpty();
  }));
  EXPECT_GT(view()->extraSelections().size(), 1);
  Q_EMIT problems()->itemClicked(problems()->item(0));
  EXPECT_EQ(view()->textCursor().blockNumber() + 1,
            problems()->item(0)->data(Qt::UserRole).toInt());
}

TEST_F(DesignPageTest, AClickOnARunTakesItsCellOut) {
  QAbstractItemModel* runs = named<QTableView>("Runs of the experiment")->model();
  EXPECT_TRUE(runs->setData(runs->index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
  EXPECT_THAT(text(), HasSubstr("exclude:\n  - {train.learning_rate: 1e-3, train.batch: 8}\n"));
  ASSERT_TRUE(waitUntil([&] { return runs->rowCount() == 7; }));
  EXPECT_EQ(runs->index(0, 1).data().toString(), "excluded");
  EXPECT_TRUE(runs->setData(runs->index(0, 0), Qt::Checked, Qt::CheckStateRole));
  EXPECT_EQ(text(), kSampleText);
}

TEST_F(DesignPageTest, MovesAndRemovesAxes) {
  auto* axes = named<QTableView>("Axes of the grid");
  axes->selectRow(1);
  action("Up")->trigger();
  EXPECT_THAT(text(),
              HasSubstr("grid:\n  train.batch: [8, 16]\n  train.learning_rate: [1e-3, 2e-3]\n"));
  ASSERT_TRUE(waitUntil([&] { return axes->model()->index(0, 0).data() == "train.batch"; }));
  axes->selectRow(0);
  action("Remove")->trigger();
  EXPECT_THAT(text(), HasSubstr("grid:\n  train.learning_rate: [1e-3, 2e-3]\nseeds: 2\n"));
  ASSERT_TRUE(waitUntil([&] { return axes->model()->rowCount() == 1; }));
}

TEST_F(DesignPageTest, ZipsAxes) {
  auto* axes = named<QTableView>("Axes of the grid");
  axes->selectAll();
  EXPECT_FALSE(action("Unzip")->isEnabled());
  action("Zip")->trigger();
  EXPECT_THAT(text(),
              HasSubstr("zip:\n  - {train.learning_rate: [1e-3, 2e-3], train.batch: [8, 16]}\n"));
  ASSERT_TRUE(waitUntil([&] { return axes->model()->index(0, 4).data() == "zip 1"; }));
  axes->clearSelection();
  axes->selectRow(0);
  EXPECT_FALSE(action("Zip")->isEnabled());
  action("Unzip")->trigger();
  EXPECT_EQ(text(), kSampleText);
}

TEST_F(DesignPageTest, AddsReadyAxes) {
  for (QAction* candidate : page_.findChildren<QAction*>()) {
    if (candidate->text() == "freeze: none, ov") {
      candidate->trigger();
      break;
    }
  }
  EXPECT_THAT(text(), HasSubstr("  train.batch: [8, 16]\n  freeze: [none, ov]\nseeds: 2\n"));
}

TEST_F(DesignPageTest, SetsSeedsAndTheBaseline) {
  QLineEdit* seeds = nullptr;
  for (QLineEdit* line : page_.findChildren<QLineEdit*>()) {
    seeds = line->placeholderText().startsWith("how many") ? line : seeds;
  }
  ASSERT_NE(seeds, nullptr);
  EXPECT_EQ(seeds->text(), "2");
  seeds->clear();
  QTest::keyClicks(seeds, "11, 12, 13");
  QTest::keyClick(seeds, Qt::Key_Return);
  EXPECT_THAT(text(), HasSubstr("seeds: [11, 12, 13]\n"));
  auto* batch = named<QComboBox>("Baseline: train.batch");
  ASSERT_NE(batch, nullptr);
  batch->setCurrentIndex(2);
  Q_EMIT batch->activated(2);
  EXPECT_THAT(text(), HasSubstr("baseline: {train.batch: 16}\n"));
  auto* rate = named<QComboBox>("Baseline: train.learning_rate");
  rate->setCurrentIndex(1);
  Q_EMIT rate->activated(1);
  EXPECT_THAT(text(), HasSubstr("baseline: {train.batch: 16, train.learning_rate: 1e-3}\n"));
}

TEST_F(DesignPageTest, ChangesAnAxisInItsDialog) {
  auto* axes = named<QTableView>("Axes of the grid");
  axes->selectRow(1);
  action("Change …")->trigger();
  auto* dialog = page_.findChild<DesignAxisDialog*>();
  ASSERT_NE(dialog, nullptr);
  auto* values = dialog->findChild<QPlainTextEdit*>();
  EXPECT_EQ(values->toPlainText(), "8\n16");
  values->setPlainText("8\n16\n32");
  dialog->findChild<QLineEdit*>("when")->setText("train.learning_rate: 1e-3");
  dialog->accept();
  EXPECT_THAT(text(), HasSubstr("  train.batch: [8, 16, 32]\n"));
  EXPECT_THAT(text(), HasSubstr("when:\n  train.batch: {train.learning_rate: 1e-3}\n"));
}

TEST_F(DesignPageTest, AsksBeforeChangesAreLost) {
  view()->insertPlainText("# mine\n");
  page_.newExperiment();
  EXPECT_THAT(text(), ::testing::StartsWith("# mine"));
  ASSERT_NE(button("Cancel"), nullptr);
  button("Cancel")->click();
  EXPECT_THAT(text(), ::testing::StartsWith("# mine"));
  page_.newExperiment();
  button("Discard them")->click();
  EXPECT_THAT(text(), ::testing::StartsWith("experiment: untitled"));
}

TEST_F(DesignPageTest, AsksBeforeItOverwritesWhatOthersWrote) {
  view()->insertPlainText("# mine\n");
  ASSERT_TRUE(writeFileAtomically(file(), "experiment: theirs\n"));
  QTest::keyClick(view(), Qt::Key_S, Qt::ControlModifier);
  EXPECT_EQ(*readFile(file(), 10000), "experiment: theirs\n");
  ASSERT_NE(button("Overwrite it"), nullptr);
  button("Overwrite it")->click();
  EXPECT_THAT(*readFile(file(), 10000), ::testing::StartsWith("# mine\n"));
  EXPECT_FALSE(page_.hasUnsavedChanges());
}

TEST_F(DesignPageTest, TakesLimitsWhileTyping) {
  auto* tree = named<QTreeView>("Settings");
  tree->setCurrentIndex(setting("train.epochs"));
  tree->edit(setting("train.epochs"));
  auto* line = tree->findChild<QLineEdit*>("");
  for (QLineEdit* candidate : tree->findChildren<QLineEdit*>()) {
    line = candidate;
  }
  ASSERT_NE(line, nullptr);
  line->selectAll();
  QTest::keyClicks(line, "1x00");
  EXPECT_EQ(line->text(), "100");
  QTest::keyClicks(line, "05");  // more than 1000
  EXPECT_EQ(line->text(), "1000");
}

TEST_F(DesignPageTest, MessagesNameWhatCannotBeOpened) {
  QSignalSpy raised(&context_, &AppContext::messageRaised);
  page_.openFile("/nowhere/x.yaml");
  ASSERT_EQ(raised.size(), 1);
  EXPECT_THAT(raised[0][0].toString().toStdString(), HasSubstr("/nowhere/x.yaml"));
  EXPECT_EQ(text(), kSampleText);
}

TEST(DesignAxisDialog, SaysWhatIsWrongWhileItIsWritten) {
  DesignAxisDialog dialog(sharedSample(), {}, nullptr);
  auto* key = dialog.findChild<QComboBox*>();
  auto* values = dialog.findChild<QPlainTextEdit*>();
  const auto is_ready = [&] {
    for (auto* candidate : dialog.findChildren<QPushButton*>()) {
      if (candidate->text().contains("OK")) {
        return candidate->isEnabled();
      }
    }
    return false;
  };
  EXPECT_FALSE(is_ready());
  key->setCurrentText("train.epochs");
  values->setPlainText("1\n0");
  EXPECT_FALSE(is_ready());
  values->setPlainText("1\n2");
  EXPECT_TRUE(is_ready());
  EXPECT_EQ(dialog.axis().key, "train.epochs");
  EXPECT_EQ(dialog.axis().values.items.size(), 2U);
}

}  // namespace
}  // namespace retort::gui
