#include "gui/app/main_window.h"

#include "core/plan/run_requests.h"
#include "gui/app/close_question.h"
#include "gui/app/help_dialogs.h"
#include "gui/app/message_bar.h"
#include "gui/app/report_window.h"
#include "gui/app/templates.h"
#include "gui/app/theme.h"
#include "gui/models/app_context.h"
#include "gui/models/icons.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/design_page.h"
#include "gui/pages/runs_page.h"
#include "gui/pages/watch_page.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QFileDialog>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace retort::gui {
namespace {

constexpr QSize kFirstSize(1280, 800);
constexpr int kWidestTitle = 480;

/// Text of a file name for a menu: "&" would be a mnemonic.
QString menuText(QString text) {
  return text.replace(QLatin1Char('&'), QLatin1String("&&"));
}

QString workspacePath(const AppContext& context) {
  return QDir(QString::fromStdString(context.workspace().string())).absolutePath();
}

}  // namespace

MainWindow::MainWindow(AppContext& context, Session& session, QWidget* parent)
    : QMainWindow(parent),
      context_(context),
      session_(session) {
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
  buildFileMenu();
  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  addDesignActions(*edit, {QKeySequence::Undo, QKeySequence::Redo});
  buildViewMenu();
  buildHelpMenu();
  connect(&context_, &AppContext::messageRaised, messages_, &MessageBar::showSentence);
  connect(&context_, &AppContext::pageRequested, this, &MainWindow::showPage);
  connect(&context_, &AppContext::runsRead, this, &MainWindow::takeRuns);
  connect(&context_, &AppContext::readFailed, this, [this](const QString& reason) {
    // Before there is a workspace the pages say so themselves.
    if (!context_.runs().empty()) {
      read_problem_ = reason;
      messages_->showSentence(reason, true);
    }
  });
  connect(design_, &DesignPage::fileOpened, this, [this](const QString& file) {
    open_file_ = file;
    session_.addRecentFile(file);
  });
  resize(kFirstSize);
  refreshTitle();
}

void MainWindow::buildPages() {
  design_ = new DesignPage(context_, pages_);
  runs_ = new RunsPage(context_, pages_);
  addPage(QStringLiteral("design"), tr("Design"), design_);
  addPage(QStringLiteral("runs"), tr("Runs"), runs_);
  watch_ = new WatchPage(context_, pages_);
  addPage(QStringLiteral("watch"), tr("Watch"), watch_);
  auto* compare = new ComparePage(context_, pages_);
  connect(compare, &ComparePage::reportRequested, this, &MainWindow::openReport);
  addPage(QStringLiteral("compare"), tr("Compare"), compare);

  auto* bar = new QToolBar(tr("Pages"), this);
  bar->setObjectName(QStringLiteral("pages"));
  bar->setMovable(false);
  bar->setContextMenuPolicy(Qt::PreventContextMenu);
  bar->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  bar->setIconSize(QSize(26, 26));
  auto* group = new QActionGroup(this);
  int width = 0;
  for (QAction* action : page_actions_) {
    group->addAction(action);
    bar->addAction(action);
    width = std::max(width, bar->widgetForAction(action)->sizeHint().width());
  }
  for (QAction* action : page_actions_) {
    bar->widgetForAction(action)->setFixedWidth(width);
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
  action->setToolTip(
      QStringLiteral("%1 (%2)").arg(title, action->shortcut().toString(QKeySequence::NativeText)));
  connect(action, &QAction::triggered, this, [this, page] { pages_->setCurrentWidget(page); });
  page_actions_.append(action);
}

void MainWindow::buildFileMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&File"));
  const auto add = [&](const QString& name, const QString& text, const QKeySequence& keys) {
    QAction* action = menu->addAction(icon(name), text);
    action->setShortcut(keys);
    return action;
  };
  connect(add(QStringLiteral("new"), tr("&New experiment"), QKeySequence::New),
          &QAction::triggered,
          this,
          [this] {
            showPage(QStringLiteral("design"));
            design_->newExperiment();
          });
  connect(add(QStringLiteral("open"), tr("&Open…"), QKeySequence::Open),
          &QAction::triggered,
          this,
          &MainWindow::chooseFile);
  connect(add(QStringLiteral("runs"),
              tr("Open &workspace…"),
              QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)),
          &QAction::triggered,
          this,
          &MainWindow::chooseWorkspace);
  recent_ = menu->addMenu(tr("Open &recent"));
  connect(recent_, &QMenu::aboutToShow, this, &MainWindow::fillRecentFiles);
  QMenu* templates = menu->addMenu(icon(QStringLiteral("template")), tr("&Templates"));
  fillTemplates(templates);
  reports_ = menu->addMenu(icon(QStringLiteral("note")), tr("Re&ports"));
  connect(reports_, &QMenu::aboutToShow, this, &MainWindow::fillReports);
  menu->addSeparator();
  addDesignActions(*menu, {QKeySequence::Save, QKeySequence::SaveAs});
  menu->addSeparator();
  connect(add(QStringLiteral("quit"), tr("&Quit"), QKeySequence::Quit),
          &QAction::triggered,
          this,
          &QWidget::close);
}

void MainWindow::addDesignActions(QMenu& menu, const QList<QKeySequence>& keys) {
  for (QAction* action : design_->actions()) {
    if (keys.contains(action->shortcut())) {
      menu.addAction(action);
    }
  }
}

void MainWindow::buildViewMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&View"));
  menu->addActions(page_actions_);
  menu->addSeparator();
  QMenu* themes = menu->addMenu(tr("&Theme"));
  auto* group = new QActionGroup(this);
  for (const auto& [name, text] : {std::pair("system", tr("&As the system")),
                                   std::pair("light", tr("&Light")),
                                   std::pair("dark", tr("&Dark"))}) {
    const QString theme = QLatin1String(name);
    QAction* action = themes->addAction(text);
    action->setCheckable(true);
    action->setChecked(session_.theme() == theme);
    group->addAction(action);
    connect(action, &QAction::triggered, this, [this, theme] {
      session_.setTheme(theme);
      applyTheme(theme);
    });
  }
}

void MainWindow::buildHelpMenu() {
  QMenu* menu = menuBar()->addMenu(tr("&Help"));
  QAction* shortcuts = menu->addAction(icon(QStringLiteral("help")), tr("&Keyboard shortcuts"));
  shortcuts->setShortcut(QKeySequence::HelpContents);
  connect(shortcuts, &QAction::triggered, this, [this] { openShortcutsDialog(*this); });
  connect(menu->addAction(icon(QStringLiteral("info")), tr("&About Retort")),
          &QAction::triggered,
          this,
          [this] { openAboutDialog(*this); });
}

void MainWindow::fillRecentFiles() {
  recent_->clear();
  for (const QString& file : session_.recentFiles()) {
    connect(recent_->addAction(menuText(file)), &QAction::triggered, this, [this, file] {
      openFile(file);
    });
  }
  if (recent_->isEmpty()) {
    recent_->addAction(tr("No files yet"))->setEnabled(false);
  }
}

void MainWindow::fillTemplates(QMenu* menu) {
  const QDir folder(templatesFolder());
  for (const QString& name :
       folder.entryList({QStringLiteral("*.yaml")}, QDir::Files, QDir::Name)) {
    const QString file = folder.absoluteFilePath(name);
    connect(menu->addAction(menuText(name.chopped(5))), &QAction::triggered, this, [this, file] {
      showPage(QStringLiteral("design"));
      design_->openTemplate(file);
    });
  }
  menu->setEnabled(!menu->isEmpty());
}

void MainWindow::fillReports() {
  reports_->clear();
  for (const ReportPlace& report : findReports(workspacePath(context_))) {
    const QString title = fontMetrics().elidedText(report.title, Qt::ElideMiddle, kWidestTitle);
    connect(reports_->addAction(menuText(title)), &QAction::triggered, this, [this, report] {
      openReport(report.file);
    });
  }
  if (reports_->isEmpty()) {
    reports_->addAction(tr("None yet: \"retort reproduce\" and \"retort report\" write them"))
        ->setEnabled(false);
  }
  reports_->addSeparator();
  connect(reports_->addAction(tr("&Another report…")),
          &QAction::triggered,
          this,
          &MainWindow::chooseReport);
}

void MainWindow::chooseReport() {
  auto* dialog = new QFileDialog(this, tr("Open a report"), workspacePath(context_));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setNameFilters({tr("Reports (*.html)"), tr("All files (*)")});
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openReport);
  dialog->open();
}

void MainWindow::openReport(const QString& file) {
  if (report_window_ == nullptr) {
    report_window_ = new ReportWindow(workspacePath(context_), this);
    report_window_->setAttribute(Qt::WA_DeleteOnClose);
  }
  report_window_->showReport(file);
  report_window_->show();
  report_window_->raise();
  report_window_->activateWindow();
}

void MainWindow::chooseFile() {
  // Not modal to the program and without a nested event loop.
  auto* dialog = new QFileDialog(this, tr("Open an experiment"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  dialog->setNameFilters({tr("Experiments (*.yaml *.yml)"), tr("All files (*)")});
  const QStringList recent = session_.recentFiles();
  if (!recent.isEmpty()) {
    dialog->setDirectory(QFileInfo(recent.first()).absolutePath());
  }
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
  dialog->open();
}

void MainWindow::chooseWorkspace() {
  auto* dialog = new QFileDialog(this, tr("Open a workspace in another window"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  dialog->setDirectory(QFileInfo(workspacePath(context_)).absolutePath());
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
    if (QDir(folder) == QDir(workspacePath(context_))) {
      context_.showMessage(tr("This window shows %1 already.").arg(folder));
    } else {
      Q_EMIT workspaceRequested(folder);
    }
  });
  dialog->open();
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
  design_->openFile(QFileInfo(file).absoluteFilePath());
}

void MainWindow::refreshTitle() {
  setWindowTitle(tr("%1 – Retort").arg(QFileInfo(workspacePath(context_)).fileName()));
  setWindowFilePath(QString());
}

void MainWindow::restoreSession() {
  const SessionState state = session_.load(workspacePath(context_));
  restoreGeometry(state.geometry);
  QList<QRect> screens;
  for (const QScreen* screen : QGuiApplication::screens()) {
    screens.append(screen->availableGeometry());
  }
  if (!isMaximized() && !isFullScreen()) {
    setGeometry(fitToScreens(geometry(), screens));
  }
  runs_->setState(state.runs);
  watch_->setState(state.watch);
  wanted_selection_ = state.selected_runs;
  showPage(state.page);
  if (QFileInfo(state.open_file).isFile()) {
    const QString page = currentPage();
    openFile(state.open_file);
    showPage(page);
  }
}

void MainWindow::takeRuns() {
  if (!read_problem_.isEmpty()) {
    messages_->takeBack(std::exchange(read_problem_, {}));
  }
  if (wanted_selection_.isEmpty() || !context_.selectedRuns().empty()) {
    return;
  }
  std::vector<std::string> run_ids;
  for (const QString& run_id : std::exchange(wanted_selection_, {})) {
    if (context_.findRun(run_id.toStdString()) != nullptr) {
      run_ids.push_back(run_id.toStdString());
    }
  }
  context_.selectRuns(std::move(run_ids));
}

void MainWindow::saveSession() {
  SessionState state;
  state.geometry = saveGeometry();
  state.page = currentPage();
  state.runs = runs_->state();
  state.watch = watch_->state();
  for (const std::string& run_id : context_.selectedRuns()) {
    state.selected_runs.append(QString::fromStdString(run_id));
  }
  state.open_file = open_file_;
  session_.save(workspacePath(context_), state);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  const auto is_going_on = [](const RunRecord& run) {
    return isActive(run.state) || run.state == RunState::kQueued;
  };
  const auto count = std::ranges::count_if(context_.runs(), is_going_on);
  if (is_closing_ || (count == 0 && !design_->hasUnsavedChanges())) {
    saveSession();
    event->accept();
    return;
  }
  event->ignore();
  CloseQuestion question;
  question.runs_going_on = static_cast<std::size_t>(count);
  question.has_unsaved_changes = design_->hasUnsavedChanges();
  openCloseQuestion(*this, question, [this](CloseAnswer answer) {
    if (answer == CloseAnswer::kStopRuns) {
      stopRunsAndClose();
    } else if (answer == CloseAnswer::kKeepRunning) {
      is_closing_ = true;
      close();
    }
  });
}

void MainWindow::stopRunsAndClose() {
  Json run_ids = Json::array();
  for (const RunRecord& run : context_.runs()) {
    if (!isTerminal(run.state)) {
      run_ids.push_back(run.spec.run_id);
    }
  }
  context_.showMessage(tr("Stopping the runs; the window closes when the agent knows."));
  context_.request("stop", {{"run_ids", run_ids}}, [this](bool is_done) {
    if (is_done) {
      is_closing_ = true;
      close();
    }
  });
}

}  // namespace retort::gui
