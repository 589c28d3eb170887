#pragma once

#include "gui/models/comparison_data.h"

#include <QWidget>

#include <memory>

class QCheckBox;
class QComboBox;
class QStackedWidget;
class QTabBar;

namespace retort::gui {

class CurvePlot;
class GroupBarPlot;
class PlotWidget;

/// Figures of the groups of a comparison: every run's value, mean curves, profiles over the layers.
class CompareFigures final : public QWidget {
  Q_OBJECT

 public:
  explicit CompareFigures(QWidget* parent);

  /// Shows the figure that the data hold; data of a figure that is no longer chosen are left out.
  void showData(const ComparisonData& comparison);

  [[nodiscard]] FigureRequest request() const;

  /// The figure in sight, for export.
  [[nodiscard]] PlotWidget& plot() const;

  /// How tall that figure must be on paper for all of its names, at the usual size of letters.
  [[nodiscard]] double neededHeightMm() const;

 Q_SIGNALS:
  void edited();  ///< `request` is another
  void exportRequested();

 private:
  void buildControls();
  void connectAll();
  void chooseKind(int index);
  void showMetrics(const ComparisonData& comparison);
  [[nodiscard]] FigureKind kind() const;

  QTabBar* kinds_;
  QComboBox* metrics_;
  QComboBox* spreads_;
  QComboBox* looks_;
  QComboBox* profile_values_;
  QCheckBox* is_log_;
  QStackedWidget* plots_;
  GroupBarPlot* values_;
  CurvePlot* curves_;
  CurvePlot* profiles_;
  std::string chosen_[3];  ///< by the user, for each kind; empty: the first that there is
};

}  // namespace retort::gui
