#include "gui/app/main_window.h"

#include "gui/app/message_bar.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/design_page.h"
#include "gui/pages/runs_page.h"
#include "gui/pages/watch_page.h"

#include <QAction>
#include <QActionGroup>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

namespace retort::gui {

MainWindow::MainWindow(AppContext& context, QWidget* parent)
    : QMainWindow(parent),
      context_(context) {
  auto* center = new QWidget(this);
  auto* layout = new QVBoxLayout(center);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  messages_ = new MessageBar(center);
  pages_ = new QStackedWidget(center);
  layout->addWidget(messages_);
  layout->addWidget(pages_, 1);
  setCentralWidget(center);
  buildPages();

  connect(&context_, &AppContext::messageRaised, messages_, &MessageBar::showSentence);
  connect(&context_, &AppContext::pageRequested, this, &MainWindow::showPage);
  setWindowTitle(tr("Retort: %1").arg(QString::fromStdString(context_.workspace().string())));
}

void MainWindow::buildPages() {
  design_ = new DesignPage(context_, pages_);
  addPage(QStringLiteral("design"), tr("Design"), design_);
  addPage(QStringLiteral("runs"), tr("Runs"), new RunsPage(context_, pages_));
  addPage(QStringLiteral("watch"), tr("Watch"), new WatchPage(context_, pages_));
  addPage(QStringLiteral("compare"), tr("Compare"), new ComparePage(context_, pages_));

  auto* bar = new QToolBar(tr("Pages"), this);
  bar->setObjectName(QStringLiteral("pages"));
  bar->setMovable(false);
  bar->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  auto* group = new QActionGroup(this);
  for (QAction* action : page_actions_) {
    group->addAction(action);
    bar->addAction(action);
  }
  addToolBar(Qt::LeftToolBarArea, bar);
  page_actions_.first()->setChecked(true);
}

void MainWindow::addPage(const QString& name, const QString& title, QWidget* page) {
  page->setObjectName(name);
  page->setAccessibleName(title);
  pages_->addWidget(page);
  auto* action = new QAction(icon(name), title, this);
  action->setObjectName(name);
  action->setCheckable(true);
  action->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(pages_->count())));
  connect(action, &QAction::triggered, this, [this, page] { pages_->setCurrentWidget(page); });
  page_actions_.append(action);
}

void MainWindow::showPage(const QString& name) {
  for (QAction* action : page_actions_) {
    if (action->objectName() == name) {
      action->trigger();
    }
  }
}

QString MainWindow::currentPage() const {
  return pages_->currentWidget()->objectName();
}

void MainWindow::openFile(const QString& file) {
  showPage(QStringLiteral("design"));
  design_->openFile(file);
}

}  // namespace retort::gui
