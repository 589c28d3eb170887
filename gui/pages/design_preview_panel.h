#pragma once

#include "gui/models/background_query.h"
#include "gui/models/grid_preview.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace retort::gui {

class AppContext;
class ExperimentEditor;
struct TimeEstimate;

/// The runs that the experiment asks for: what is done, how many there are, how long they will
/// take; a click on a run's box takes its cell out or in.
class DesignPreviewPanel final : public QWidget {
  Q_OBJECT

 public:
  DesignPreviewPanel(AppContext& context, ExperimentEditor& editor, QWidget* parent = nullptr);

  [[nodiscard]] GridPreviewModel::Counts counts() const { return model_.counts(); }

 Q_SIGNALS:
  void failed(const QString& reason);
  /// Which cells are excluded by an entry that names more: the line of `exclude:`.
  void placeRequested(int line);

 private:
  void buildTable();
  void showPlan();
  void showRuns();
  void showSummary();
  void askPastRuns();
  void toggle(int row);
  [[nodiscard]] static QString estimateText(const TimeEstimate& estimate, std::size_t planned);
  [[nodiscard]] QString countsText() const;

  AppContext& context_;
  ExperimentEditor& editor_;
  GridPreviewModel model_;
  BackgroundQuery query_;
  QLabel* summary_ = nullptr;
  QLabel* notes_ = nullptr;
  QTableView* table_ = nullptr;
  QString estimate_;
  std::size_t asked_done_ = 0;
};

}  // namespace retort::gui
