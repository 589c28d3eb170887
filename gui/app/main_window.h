#pragma once

#include "gui/models/session.h"

#include <QMainWindow>
#include <QPointer>

class QAction;
class QMenu;
class QStackedWidget;

namespace retort::gui {

class AppContext;
class DesignPage;
class MessageBar;
class ReportWindow;
class RunsPage;
class WatchPage;

/// The window: a bar to choose one of four pages, the page, and a line for messages.
class MainWindow final : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(AppContext& context, Session& session, QWidget* parent = nullptr);

  /// "design", "runs", "watch" or "compare"; other names are ignored.
  void showPage(const QString& name);
  [[nodiscard]] QString currentPage() const;

  /// Shows a report.html in a window of its own, the same for all.
  void openReport(const QString& file);

  /// Shows an experiment file in the design page.
  void openFile(const QString& file);

  /// Takes up the last session with this workspace: place, page, list of runs, selection and file.
  void restoreSession();

 Q_SIGNALS:
  /// The user wants to see another workspace, in a window of its own.
  void workspaceRequested(const QString& folder);

 protected:
  /// Asks once when runs are going on or changes are not saved.
  void closeEvent(QCloseEvent* event) override;

 private:
  void buildPages();
  void addPage(const QString& name, const QString& title, QWidget* page);
  void buildFileMenu();
  void addDesignActions(QMenu& menu, const QList<QKeySequence>& keys);
  void buildViewMenu();
  void buildHelpMenu();
  void fillRecentFiles();
  void fillTemplates(QMenu* menu);
  void fillReports();
  void chooseReport();
  void chooseFile();
  void chooseWorkspace();
  void refreshTitle();
  void stopRunsAndClose();
  void saveSession();
  void takeRuns();

  AppContext& context_;
  Session& session_;
  MessageBar* messages_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  DesignPage* design_ = nullptr;
  RunsPage* runs_ = nullptr;
  WatchPage* watch_ = nullptr;
  QMenu* recent_ = nullptr;
  QMenu* reports_ = nullptr;
  QPointer<ReportWindow> report_window_;
  QList<QAction*> page_actions_;
  QString open_file_;
  QString read_problem_;          ///< shown until the workspace can be read again
  QStringList wanted_selection_;  ///< of the last session, until the runs are there
  bool is_closing_ = false;       ///< the question was answered
};

}  // namespace retort::gui
