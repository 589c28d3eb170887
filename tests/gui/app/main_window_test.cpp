#include "gui/app/main_window.h"

#include "core/base/file.h"
#include "gui/app/message_bar.h"
#include "gui/app/report_window.h"
#include "gui/app/sample_workspace.h"
#include "gui/models/app_context.h"
#include "gui/pages/run_table_view.h"
#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QAction>
#include <QDialog>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QToolButton>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

class Window : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    window_.reset();
    context_ = std::make_unique<AppContext>(workspace_.folder());
    session_ = std::make_unique<Session>(settings_.filePath("settings.ini"));
    window_ = std::make_unique<MainWindow>(*context_, *session_);
    window_->restoreSession();
    window_->show();
    context_->start();
  }

  void fillWorkspace() {
    ASSERT_TRUE(makeSampleWorkspace(workspace_.folder()));
    ASSERT_TRUE(waitFor([this] { return context_->runs().size() == 24; }));
  }

  [[nodiscard]] QMessageBox* question() const {
    return window_->findChild<QMessageBox*>("close_question");
  }

  void answer(const QString& text) const {
    for (QAbstractButton* button : question()->buttons()) {
      if (button->text().remove('&') == text) {
        button->click();
        return;
      }
    }
    FAIL() << "no button " << text.toStdString();
  }

  QTemporaryDir settings_;
  TestWorkspace workspace_;
  std::unique_ptr<AppContext> context_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(Window, ShowsThePagesByKeys) {
  EXPECT_EQ(window_->currentPage(), "design");
  window_->activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));

  QTest::keyClick(window_.get(), Qt::Key_2, Qt::ControlModifier);
  EXPECT_EQ(window_->currentPage(), "runs");
  QTest::keyClick(window_.get(), Qt::Key_4, Qt::ControlModifier);
  EXPECT_EQ(window_->currentPage(), "compare");
  Q_EMIT context_->pageRequested("watch");
  EXPECT_EQ(window_->currentPage(), "watch");
  window_->showPage("no such page");
  EXPECT_EQ(window_->currentPage(), "watch");
}

TEST_F(Window, ClosesWithoutAQuestionWhenNothingGoesOn) {
  EXPECT_TRUE(window_->close());
  EXPECT_EQ(question(), nullptr);
}

TEST_F(Window, U06AsksOnceBeforeItClosesWhileRunsGoOn) {
  fillWorkspace();

  EXPECT_FALSE(window_->close());
  ASSERT_NE(question(), nullptr);
  EXPECT_FALSE(window_->close());
  EXPECT_EQ(window_->findChildren<QMessageBox*>().size(), 1);

  answer("Cancel");
  EXPECT_TRUE(window_->isVisible());
}

TEST_F(Window, ClosesAndLetsTheRunsGoOn) {
  fillWorkspace();
  window_->close();

  answer("Keep running");

  EXPECT_TRUE(waitFor([this] { return !window_->isVisible(); }));
  auto store = workspace_.create();
  const auto requests = store.requests().pending();
  ASSERT_TRUE(requests);
  EXPECT_TRUE(requests->empty());
}

TEST_F(Window, TakesUpTheLastSession) {
  fillWorkspace();
  window_->showPage("runs");
  window_->findChild<QLineEdit*>("filter")->setText("seed=1");
  const std::string selected = context_->runs().front().spec.run_id;
  context_->selectRuns({selected});
  window_->close();
  answer("Keep running");
  ASSERT_TRUE(waitFor([this] { return !window_->isVisible(); }));

  open();
  ASSERT_TRUE(waitFor([this] { return !context_->selectedRuns().empty(); }));

  EXPECT_EQ(window_->currentPage(), "runs");
  EXPECT_EQ(window_->findChild<QLineEdit*>("filter")->text(), "seed=1");
  EXPECT_EQ(context_->selectedRuns(), std::vector{selected});
}

TEST_F(Window, StaysUsableAtEverySize) {
  for (const QSize size : {QSize(1, 1), QSize(1280, 720), QSize(3840, 2160), QSize(640, 480)}) {
    window_->resize(size);
    for (const char* page : {"design", "runs", "watch", "compare"}) {
      window_->showPage(QString::fromUtf8(page));
      EXPECT_FALSE(window_->grab().isNull());
    }
  }
  EXPECT_LE(window_->minimumSizeHint().width(), 1280 * 100 / 125);  // 1280 at 125 %
  EXPECT_LE(window_->minimumSizeHint().height(), 720);
}

TEST_F(Window, GivesEveryActionAnotherShortcut) {
  std::map<QString, QStringList> actions;
  for (const QAction* action : window_->findChildren<QAction*>()) {
    if (action->shortcutContext() == Qt::WindowShortcut && !action->shortcut().isEmpty()) {
      actions[action->shortcut().toString()].append(action->text());
    }
  }
  for (const auto& [keys, names] : actions) {
    EXPECT_EQ(names.size(), 1) << keys.toStdString() << ": " << names.join(", ").toStdString();
  }
}

/// "Alt+F File", for everything that is shown and reached that way.
QStringList mnemonicsOf(const QMainWindow& window) {
  QStringList found;
  const auto add = [&](const QString& text) {
    if (const QKeySequence keys = QKeySequence::mnemonic(text); !keys.isEmpty()) {
      found.append(keys.toString() + u' ' + text);
    }
  };
  for (const QAction* menu : window.menuBar()->actions()) {
    add(menu->text());
  }
  for (const auto* button : window.findChildren<QAbstractButton*>()) {
    const auto* tool = qobject_cast<const QToolButton*>(button);
    if (button->isVisible() && (tool == nullptr || tool->defaultAction() == nullptr)) {
      add(button->text());
    }
  }
  for (const auto* label : window.findChildren<QLabel*>()) {
    if (label->isVisible() && label->buddy() != nullptr) {
      add(label->text());
    }
  }
  for (const auto* tabs : window.findChildren<QTabBar*>()) {
    for (int i = 0; tabs->isVisible() && i < tabs->count(); ++i) {
      add(tabs->tabText(i));
    }
  }
  return found;
}

TEST_F(Window, GivesEachLetterOnAPageToOneThing) {
  fillWorkspace();
  for (const char* page : {"design", "runs", "watch", "compare"}) {
    window_->showPage(page);
    for (auto* tabs : window_->findChildren<QTabBar*>()) {
      for (int tab = 0; tabs->isVisible() && tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        QMap<QString, QString> owners;
        for (const QString& mnemonic : mnemonicsOf(*window_)) {
          const QString letter = mnemonic.section(u' ', 0, 0);
          EXPECT_FALSE(owners.contains(letter))
              << page << ": " << mnemonic.toStdString() << ", " << owners[letter].toStdString();
          owners[letter] = mnemonic;
        }
      }
    }
  }
}

TEST_F(Window, OpensTheReportsOfTheWorkspace) {
  const auto folder = workspace_.folder() / "report";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(writeFileAtomically(folder / "report.html", "<title>Found &amp; shown</title>"));
  QMenu* reports = nullptr;
  for (auto* menu : window_->findChildren<QMenu*>()) {
    reports = menu->title() == "Re&ports" ? menu : reports;
  }
  ASSERT_NE(reports, nullptr);
  Q_EMIT reports->aboutToShow();
  EXPECT_EQ(reports->actions().first()->text(), "Found && shown");

  reports->actions().first()->trigger();

  const auto* shown = window_->findChild<ReportWindow*>();
  ASSERT_NE(shown, nullptr);
  EXPECT_EQ(shown->file().toStdString(), (folder / "report.html").string());
}

TEST_F(Window, AsksForAnotherWorkspace) {
  QSignalSpy requested(window_.get(), &MainWindow::workspaceRequested);
  QSignalSpy raised(context_.get(), &AppContext::messageRaised);
  const auto choose = [&](const QString& folder) {
    for (QAction* action : window_->findChildren<QAction*>()) {
      if (action->text() == "Open &workspace…") {
        action->trigger();
      }
    }
    auto* dialog = window_->findChild<QFileDialog*>();
    ASSERT_NE(dialog, nullptr);
    Q_EMIT dialog->fileSelected(folder);
    dialog->close();
    ASSERT_TRUE(waitFor([&] { return window_->findChild<QFileDialog*>() == nullptr; }));
  };
  choose(QString::fromStdString(workspace_.folder().string()));
  EXPECT_EQ(requested.size(), 0);
  EXPECT_EQ(raised.size(), 1);
  const QTemporaryDir other;
  choose(other.path());
  ASSERT_EQ(requested.size(), 1);
  EXPECT_EQ(requested[0][0].toString(), other.path());
}

TEST_F(Window, ShowsItsShortcutsAndWhatItIs) {
  for (QAction* action : window_->findChildren<QAction*>()) {
    const QString text = action->text().remove('&');
    if (text == "Keyboard shortcuts" || text == "About Retort") {
      action->trigger();
    }
  }

  EXPECT_EQ(window_->findChildren<QDialog*>().size(), 2);
}

TEST_F(Window, SaysThatTheWorkspaceWentAndComesBack) {
  fillWorkspace();
  window_->showPage("runs");

  std::filesystem::rename(workspace_.folder() / "workspace.db", workspace_.folder() / "aside.db");
  for (const char* ending : {"-wal", "-shm"}) {
    std::filesystem::remove(workspace_.folder() / (std::string("workspace.db") + ending));
  }
  auto* bar = window_->findChild<MessageBar*>();
  EXPECT_TRUE(waitFor([&] { return bar->sentence().contains("workspace.db"); }));
  EXPECT_FALSE(window_->grab().isNull());

  std::filesystem::rename(workspace_.folder() / "aside.db", workspace_.folder() / "workspace.db");
  EXPECT_TRUE(waitFor([&] { return bar->sentence().isEmpty(); }));
}

}  // namespace
}  // namespace retort::gui
