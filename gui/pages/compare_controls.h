#pragma once

#include "gui/models/check_list_model.h"
#include "gui/models/comparison_data.h"
#include "gui/models/comparison_factor_model.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QTableView;

namespace retort::gui {

/// What a comparison is made of: experiment, rows, columns, baseline, metrics, which value of a
/// run, confidence.
class CompareControls final : public QWidget {
  Q_OBJECT

 public:
  explicit CompareControls(QWidget* parent);

  /// Shows what the data were made with. Keeps what the user has chosen when there is no table.
  void showData(const ComparisonData& comparison);

  [[nodiscard]] QString experiment() const;
  [[nodiscard]] ComparisonOptions options() const;

 Q_SIGNALS:
  void experimentChosen(const QString& name);
  void edited();  ///< `options` are others

 private:
  void buildFactors();
  void buildMetrics();
  void connectAll();
  void moveFactor(int by);
  void addCurve();
  void showExperiments(const ComparisonData& comparison);
  void showFactors(const ComparisonData& comparison);
  void showMetrics(const ComparisonData& comparison);

  ComparisonFactorModel factors_;
  CheckListModel metrics_;
  QComboBox* experiments_;
  QTableView* factor_view_;
  QComboBox* curves_;
  QComboBox* at_;
  QDoubleSpinBox* confidence_;
};

}  // namespace retort::gui
