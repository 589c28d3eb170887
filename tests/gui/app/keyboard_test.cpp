#include "gui/app/main_window.h"
#include "gui/app/sample_workspace.h"
#include "gui/models/app_context.h"
#include "tests/gui/test_workspace.h"
#include "tests/gui/wait_for.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QTabBar>

#include <gtest/gtest.h>

namespace retort::gui {
namespace {

/// The four pages with runs, by keys alone and through the eyes of a screen reader.
class Keyboard : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(makeSampleWorkspace(workspace_.folder()));
    window_.resize(1280, 800);
    window_.show();
    context_.start();
    ASSERT_TRUE(waitFor([this] { return context_.runs().size() == 24; }));
    context_.selectRuns({context_.runs().front().spec.run_id});
    window_.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window_));
  }

  /// Calls `look` on every page with every tab.
  void onEveryTab(const std::function<void(const std::string&)>& look) {
    for (const char* page : {"design", "runs", "watch", "compare"}) {
      window_.showPage(page);
      QTest::qWait(300);  // for reads in the background
      for (auto* tabs : window_.findChildren<QTabBar*>()) {
        for (int tab = 0; tabs->isVisible() && tab < tabs->count(); ++tab) {
          tabs->setCurrentIndex(tab);
          QTest::qWait(50);
          look(std::string(page) + ", " + tabs->tabText(tab).remove('&').toStdString());
        }
      }
    }
  }

  /// What the Tab key is to come to; the line within a box or a spin box is one with it.
  [[nodiscard]] QList<QWidget*> stops() const {
    QList<QWidget*> found;
    for (auto* widget : window_.findChildren<QWidget*>()) {
      const bool is_part = qobject_cast<QComboBox*>(widget->parentWidget()) != nullptr ||
                           qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) != nullptr;
      if (widget->isVisible() && widget->isEnabled() && !is_part &&
          (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr) {
        found.append(widget);
      }
    }
    return found;
  }

  static std::string describe(const QWidget& widget) {
    const auto* button = qobject_cast<const QAbstractButton*>(&widget);
    return std::string(widget.metaObject()->className()) + " " +
           widget.accessibleName().toStdString() +
           (button == nullptr ? "" : button->text().toStdString());
  }

  QTemporaryDir settings_;
  TestWorkspace workspace_;
  AppContext context_{workspace_.folder()};
  Session session_{settings_.filePath("settings.ini")};
  MainWindow window_{context_, session_};
};

TEST_F(Keyboard, NamesEverythingForScreenReaders) {
  onEveryTab([this](const std::string& place) {
    for (QWidget* widget : stops()) {
      QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
      ASSERT_NE(interface, nullptr);
      EXPECT_FALSE(interface->text(QAccessible::Name).trimmed().isEmpty())
          << place << ": " << describe(*widget) << " in " << describe(*widget->parentWidget());
    }
  });
}

TEST_F(Keyboard, ReachesEverythingByTab) {
  onEveryTab([this](const std::string& place) {
    const QList<QWidget*> wanted = stops();
    ASSERT_FALSE(wanted.isEmpty());
    wanted.first()->setFocus(Qt::TabFocusReason);
    QSet<QWidget*> reached;
    for (qsizetype i = 0; i < 3 * wanted.size(); ++i) {
      QWidget* now = QApplication::focusWidget();
      ASSERT_NE(now, nullptr) << place;
      reached.insert(now);
      if (qobject_cast<QPlainTextEdit*>(now) != nullptr) {
        QTest::keyClick(now, Qt::Key_Escape);  // Tab indents there otherwise
      }
      QTest::keyClick(now, Qt::Key_Tab);
    }
    for (QWidget* widget : wanted) {
      EXPECT_TRUE(reached.contains(widget)) << place << ": " << describe(*widget);
    }
  });
}

}  // namespace
}  // namespace retort::gui
