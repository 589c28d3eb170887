#pragma once

#include "gui/models/background_task.h"
#include "gui/models/comparison_source.h"
#include "gui/models/comparison_table_model.h"

#include <QSize>
#include <QTimer>
#include <QWidget>

#include <memory>

class QAction;
class QLabel;
class QStackedWidget;
class QTableView;
class QToolBar;

namespace retort::gui {

class AppContext;
class CompareControls;
class CompareExport;
class CompareFigures;
class EmptyState;

/// The comparison of an experiment: its table, and figures of the same groups of runs. Kept current
/// while it is in sight.
class ComparePage final : public QWidget {
  Q_OBJECT

 public:
  ComparePage(AppContext& context, QWidget* parent);

  /// Shows another experiment; one that does not exist becomes a message.
  void showExperiment(const QString& name);

 Q_SIGNALS:
  /// The user wants to see a report that shows the experiment.
  void reportRequested(const QString& file);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void buildTable();
  QToolBar* buildToolBar();
  void addReportButton(QToolBar& bar);
  QWidget* buildContent();
  void connectAll();
  void findReport();
  void ask();
  void take(const std::shared_ptr<const ComparisonData>& comparison);
  void showNextPart();
  void fail(const QString& reason);
  void showTable(const ComparisonData& comparison);
  void fitColumns();
  void showCaption();

  /// What of `data_` is shown next.
  enum class Part { kControls, kTable, kColumns, kFigures, kPage };

  AppContext& context_;
  ComparisonSource source_;
  ComparisonTableModel model_;
  std::shared_ptr<const ComparisonData> data_;
  QSize fitted_;  ///< columns and rows of the table whose columns have their widths
  Part next_part_ = Part::kControls;
  QTimer show_timer_;
  bool is_stale_ = true;  ///< something has changed since the last read
  QString last_failure_;  ///< said once

  CompareControls* controls_;
  CompareFigures* figures_;
  CompareExport* export_;
  QTableView* table_;
  QLabel* caption_;
  EmptyState* empty_;
  QStackedWidget* stack_;
  QAction* report_ = nullptr;  ///< its button; shown where there is a report
  QString report_file_;
  BackgroundTask report_finder_;
};

}  // namespace retort::gui
