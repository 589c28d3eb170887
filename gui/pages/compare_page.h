#pragma once

#include "gui/models/comparison_source.h"
#include "gui/models/comparison_table_model.h"

#include <QWidget>

#include <memory>

class QLabel;
class QStackedWidget;
class QTableView;
class QToolBar;

namespace retort::gui {

class AppContext;
class CompareControls;
class CompareExport;
class CompareFigures;

/// The comparison of an experiment: its table, and figures of the same groups of runs. Kept current
/// while it is in sight.
class ComparePage final : public QWidget {
  Q_OBJECT

 public:
  ComparePage(AppContext& context, QWidget* parent);

  /// Shows another experiment; one that does not exist becomes a message.
  void showExperiment(const QString& name);

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void buildTable();
  QToolBar* buildToolBar();
  QWidget* buildContent();
  void connectAll();
  void ask();
  void take(const std::shared_ptr<const ComparisonData>& comparison);
  void fail(const QString& reason);
  void showTable(const ComparisonData& comparison);
  void showSentence(const QString& sentence);

  AppContext& context_;
  ComparisonSource source_;
  ComparisonTableModel model_;
  std::shared_ptr<const ComparisonData> data_;
  bool is_stale_ = true;  ///< something has changed since the last read
  QString last_failure_;  ///< said once

  CompareControls* controls_;
  CompareFigures* figures_;
  CompareExport* export_;
  QTableView* table_;
  QLabel* caption_;
  QLabel* sentence_;
  QStackedWidget* stack_;
};

}  // namespace retort::gui
