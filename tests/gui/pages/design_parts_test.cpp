#include "gui/pages/design_alarm_dialog.h"
#include "gui/pages/design_run_dialog.h"
#include "tests/gui/design_page_fixture.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QInputDialog>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace retort::gui {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The parts of an experiment besides settings and axes, each given in the form and read in the
/// text.
class DesignParts : public DesignPageTest {
 protected:
  [[nodiscard]] QLineEdit* field(const QString& hint) const {
    for (auto* line : page_.findChildren<QLineEdit*>()) {
      if (line->placeholderText().startsWith(hint)) {
        return line;
      }
    }
    return nullptr;
  }

  void give(QLineEdit* line, const QString& value) {
    ASSERT_NE(line, nullptr);
    line->clear();
    QTest::keyClicks(line, value);
    QTest::keyClick(line, Qt::Key_Return);
  }

  void choose(QComboBox* box, const QString& text) {
    ASSERT_NE(box, nullptr);
    const int index = box->findText(text);
    ASSERT_GE(index, 0) << text.toStdString();
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
  }

  /// The box beside a text that stands for leaving it open.
  [[nodiscard]] QComboBox* boxWith(const QString& first) const {
    for (auto* box : page_.findChildren<QComboBox*>()) {
      if (box->itemText(0) == first) {
        return box;
      }
    }
    return nullptr;
  }

  void answerName(const QString& name) {
    auto* dialog = page_.findChild<QInputDialog*>();
    ASSERT_NE(dialog, nullptr);
    dialog->setTextValue(name);
    dialog->accept();
    ASSERT_TRUE(waitUntil([&] { return page_.findChild<QInputDialog*>() == nullptr; }));
  }

  [[nodiscard]] QComboBox* section() const { return named<QComboBox>("Whose settings"); }
};

TEST_F(DesignParts, NamesTheExperimentAndItsTrainer) {
  auto* name = field("of the experiment");
  EXPECT_EQ(name->text(), "sample");
  give(name, "attention losses: 2");
  EXPECT_THAT(text(), HasSubstr("experiment: \"attention losses: 2\"\n"));
  give(field("retort-train"), "fake");
  EXPECT_THAT(text(), HasSubstr("trainer: fake\n"));
  give(field("retort-train"), "");
  EXPECT_THAT(text(), Not(HasSubstr("trainer")));
}

TEST_F(DesignParts, GivesResources) {
  give(field("1 unless given"), "2");
  give(field("for example 2GiB"), "1.5GiB");
  give(field("for example 1h30m"), "2h");
  give(field("0; higher"), "-3");
  EXPECT_THAT(text(), HasSubstr("resources:\n  threads: 2\n  memory: 1.5GiB\n  time: 2h\n"));
  EXPECT_THAT(text(), HasSubstr("priority: -3\n"));
  settle();
  EXPECT_EQ(field("1 unless given")->text(), "2");
  EXPECT_EQ(field("0; higher")->text(), "-3");
  EXPECT_TRUE(field("for example 2GiB")->toolTip().isEmpty());
  give(field("for example 2GiB"), "much");
  ASSERT_TRUE(waitUntil([&] { return !field("for example 2GiB")->toolTip().isEmpty(); }));
  EXPECT_THAT(field("for example 2GiB")->toolTip().toStdString(), HasSubstr("resources.memory"));
}

TEST_F(DesignParts, GivesTheReport) {
  auto* metric = boxWith("eval.accuracy");
  ASSERT_NE(metric, nullptr);
  choose(metric, "eval.accuracy");
  choose(boxWith("(as the trainer says)"), "max");
  choose(boxWith("(at the last evaluation)"), "best");
  EXPECT_THAT(text(), HasSubstr("report:\n  metric: eval.accuracy\n  better: max\n  at: best\n"));
  settle();
  auto* axes = named<QListView>("Axes of the report")->model();
  ASSERT_EQ(axes->rowCount(), 2);
  EXPECT_TRUE(axes->setData(axes->index(1, 0), Qt::Checked, Qt::CheckStateRole));
  EXPECT_THAT(text(), HasSubstr("  at: best\n  by: [train.batch]\n"));
  choose(boxWith("(as the trainer says)"), "(as the trainer says)");
  EXPECT_THAT(text(),
              HasSubstr("report:\n  metric: eval.accuracy\n  at: best\n  by: [train.batch]\n"));
}

TEST_F(DesignParts, FollowsTheTextOfTheReport) {
  view()->moveCursor(QTextCursor::End);
  view()->insertPlainText("report: {metric: train.loss, better: min, by: [train.batch]}\n");
  ASSERT_TRUE(waitUntil([&] { return boxWith("(as the trainer says)")->currentText() == "min"; }));
  EXPECT_EQ(boxWith("eval.accuracy")->currentText(), "train.loss");
  const auto* axes = named<QListView>("Axes of the report")->model();
  EXPECT_EQ(axes->index(1, 0).data(Qt::CheckStateRole), Qt::Checked);
}

TEST_F(DesignParts, AddsChangesAndRemovesAlarms) {
  named<QPushButton>("Add (Alarms)")->click();
  auto* dialog = page_.findChild<DesignAlarmDialog*>();
  ASSERT_NE(dialog, nullptr);
  dialog->findChild<QComboBox*>()->setCurrentText("grad_*");
  for (auto* line : dialog->findChildren<QLineEdit*>()) {
    if (line->placeholderText() == "no upper limit") {
      line->setText("1e3");
    }
  }
  dialog->findChild<QSpinBox*>()->setValue(3);
  dialog->accept();
  EXPECT_THAT(text(),
              HasSubstr("alarms:\n  - {metric: \"grad_*\", above: 1e3, for: 3, do: warn}\n"));
  settle();
  auto* list = named<QListWidget>("Alarms");
  ASSERT_EQ(list->count(), 1);
  EXPECT_EQ(list->item(0)->text(), "grad_* above 1e3, 3 points in a row: warn");
  list->setCurrentRow(0);
  ASSERT_TRUE(waitUntil([&] { return page_.findChild<DesignAlarmDialog*>() == nullptr; }));
  named<QPushButton>("Change (Alarms)")->click();
  dialog = page_.findChild<DesignAlarmDialog*>();
  ASSERT_NE(dialog, nullptr);
  dialog->findChild<QSpinBox*>()->setValue(1);
  dialog->accept();
  EXPECT_THAT(text(), HasSubstr("  - {metric: \"grad_*\", above: 1e3, do: warn}\n"));
  settle();
  named<QPushButton>("Remove (Alarms)")->click();
  EXPECT_EQ(text(), kSampleText);
}

TEST_F(DesignParts, AddsAndRemovesRunsBesidesTheGrid) {
  named<QPushButton>("Add (Runs besides the grid)")->click();
  auto* dialog = page_.findChild<DesignRunDialog*>();
  ASSERT_NE(dialog, nullptr);
  dialog->findChild<QPlainTextEdit*>()->setPlainText("train.batch: 64\ntrain.epochs: 5");
  dialog->accept();
  EXPECT_THAT(text(), HasSubstr("include:\n  - {train.batch: 64, train.epochs: 5}\n"));
  auto* runs = named<QTableView>("Runs of the experiment")->model();
  ASSERT_TRUE(waitUntil([&] { return runs->rowCount() == 10; }));  // with two seeds
  auto* list = named<QListWidget>("Runs besides the grid");
  ASSERT_EQ(list->count(), 1);
  EXPECT_EQ(list->item(0)->text(), "train.batch: 64, train.epochs: 5");
  list->setCurrentRow(0);
  list->actions().front()->trigger();
  EXPECT_EQ(text(), kSampleText);
}

TEST_F(DesignParts, AddsRenamesAndRemovesNeededRuns) {
  action("&Add a needed run …")->trigger();
  answerName("teacher");
  EXPECT_THAT(text(), HasSubstr("needs:\n  teacher: {}\n"));
  ASSERT_TRUE(waitUntil([&] { return section()->currentData() == "teacher"; }));
  type("phase", "finetune");
  type("model.init", "random");
  EXPECT_THAT(text(),
              HasSubstr("needs:\n  teacher:\n    phase: finetune\n    model.init: random\n"));
  section()->setCurrentIndex(0);
  Q_EMIT section()->activated(0);
  type("phase", "kd_qat");
  EXPECT_EQ(setting("model.teacher").data(SettingsFormModel::kReferencesRole).toStringList(),
            QStringList("${needs.teacher}"));
  type("model.teacher", "${needs.teacher}");
  section()->setCurrentIndex(1);
  Q_EMIT section()->activated(1);
  action("&Rename …")->trigger();
  answerName("expert");
  EXPECT_THAT(text(), HasSubstr("  expert:\n    phase: finetune\n"));
  EXPECT_THAT(text(), HasSubstr("\"${needs.expert}\""));
  ASSERT_TRUE(waitUntil([&] { return section()->currentData() == "expert"; }));
  QSignalSpy raised(&context_, &AppContext::messageRaised);
  action("Re&move")->trigger();
  ASSERT_EQ(raised.size(), 1);
  EXPECT_THAT(raised[0][0].toString().toStdString(), HasSubstr("base.model.teacher still refers"));
}

TEST_F(DesignParts, ANeededRunTakesAWholeGroupFromAllRuns) {
  action("&Add a needed run …")->trigger();
  answerName("teacher");
  ASSERT_TRUE(waitUntil([&] { return section()->currentData() == "teacher"; }));
  auto* tree = named<QTreeView>("Settings");
  tree->setCurrentIndex(setting("train.epochs"));
  action("Group as in all runs")->trigger();
  EXPECT_THAT(text(), HasSubstr("  teacher:\n    train: \"${train}\"\n"));
  ASSERT_TRUE(waitUntil(
      [&] { return setting("train.epochs").data(SettingsFormModel::kIsOfGroupRole).toBool(); }));
  EXPECT_FALSE(tree->model()->flags(setting("train.epochs")) & Qt::ItemIsEditable);
  EXPECT_TRUE(tree->model()->flags(setting("data.task")) & Qt::ItemIsEditable);
  tree->setCurrentIndex(setting("train.epochs"));
  button("Reset")->click();
  EXPECT_THAT(text(), Not(HasSubstr("${train}")));
}

TEST_F(DesignParts, ReturnInTheSearchEditsWhatItFound) {
  page_.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&page_));
  QTest::keyClick(&page_, Qt::Key_F, Qt::ControlModifier);
  QTest::keyClicks(QApplication::focusWidget(), "train.epochs");
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
  auto* line = qobject_cast<QLineEdit*>(QApplication::focusWidget());
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->accessibleName(), "train.epochs");
  line->selectAll();
  QTest::keyClicks(line, "9");
  QTest::keyClick(line, Qt::Key_Return);
  EXPECT_TRUE(waitUntil([&] { return text().find("train.epochs: 9\n") != std::string::npos; }));
}

TEST_F(DesignParts, AxesAreDraggedToAnotherPlace) {
  auto* axes = named<QTableView>("Axes of the grid")->model();
  const std::unique_ptr<QMimeData> first(axes->mimeData({axes->index(0, 0)}));
  EXPECT_TRUE(axes->canDropMimeData(first.get(), Qt::MoveAction, 2, 0, {}));
  EXPECT_FALSE(axes->canDropMimeData(first.get(), Qt::CopyAction, 2, 0, {}));
  EXPECT_FALSE(axes->canDropMimeData(first.get(), Qt::MoveAction, 3, 0, {}));
  const QMimeData foreign;
  EXPECT_FALSE(axes->dropMimeData(&foreign, Qt::MoveAction, 2, 0, {}));
  EXPECT_TRUE(axes->dropMimeData(first.get(), Qt::MoveAction, 1, 0, {}));  // where it is
  EXPECT_EQ(text(), kSampleText);
  EXPECT_TRUE(axes->dropMimeData(first.get(), Qt::MoveAction, -1, -1, {}));  // below the last
  EXPECT_THAT(text(),
              HasSubstr("grid:\n  train.batch: [8, 16]\n  train.learning_rate: [1e-3, 2e-3]\n"));
  ASSERT_TRUE(waitUntil([&] { return axes->index(0, 0).data() == "train.batch"; }));
  settle();
  EXPECT_TRUE(axes->dropMimeData(first.get(), Qt::MoveAction, 0, 0, {}));
  EXPECT_EQ(text(), kSampleText);
}

TEST_F(DesignParts, ProblemsOfItemsStandAtThem) {
  view()->moveCursor(QTextCursor::End);
  view()->insertPlainText("alarms:\n  - {metric: grad_norm, above: 1}\n  - {metric: x}\n");
  auto* list = named<QListWidget>("Alarms");
  ASSERT_TRUE(waitUntil([&] { return list->count() == 2 && problems()->count() > 0; }));
  ASSERT_TRUE(waitUntil([&] { return list->item(1)->data(Qt::ForegroundRole).isValid(); }));
  EXPECT_FALSE(list->item(0)->data(Qt::ForegroundRole).isValid());
  EXPECT_THAT(list->item(1)->toolTip().toStdString(), HasSubstr("needs a metric"));
}

}  // namespace
}  // namespace retort::gui
