#pragma once

#include "gui/models/background_task.h"
#include "gui/models/report_document.h"

#include <QDialog>

#include <memory>

class QComboBox;

namespace retort::gui {

class ReportBrowser;

/// A window that shows the reports of a workspace. Nothing is fetched from a network; links to the
/// web are opened in the desktop's browser when they are clicked, others not at all.
class ReportWindow final : public QDialog {
  Q_OBJECT

 public:
  ReportWindow(QString workspace, QWidget* parent);

  /// Shows a report.html, also one that is not of the workspace.
  void showReport(const QString& file);

  /// Of the report that is shown; empty: none yet.
  [[nodiscard]] QString file() const;

 private:
  void buildBar();
  void offerReports(const QString& file);
  void read();
  void take(const Result<ReportDocument>& report);
  void openInBrowser();

  QString workspace_;
  QComboBox* reports_;
  ReportBrowser* browser_;
  BackgroundTask reader_;
};

}  // namespace retort::gui
